#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# long
# host:
#
# Every check of `make check` is shown to fail: a violation is planted in a copy of the tree, and the check that is to see it
# turns red and names the place.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash

work=$(mktemp -d)
copy=$work/tree
mkdir "$copy"
# Build products of a checkout lie below its own directory of the cache, see tools/setup/lib.sh.
trees=${AUXCORE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/auxcore}/trees
tree_id() { printf '%s' "$1" | sha256sum | cut -c1-12; }
own=$(tree_id "$(pwd -P)")
copy_cache=$trees/$(tree_id "$(cd "$copy" && pwd -P)")
trap 'rm -rf "$work" "$copy_cache"' EXIT
# What is built of the copy is built beside what is built of the tree, so that little is built at all.
export AUXCORE_CHECK_TARGET=/cache/trees/$own/target AUXCORE_CHECK_COPY=$trees/$own/check-planted

git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
	if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | xargs -0 cp -p --parents -t "$copy"
in_copy() { git -C "$copy" -c user.name=planted -c user.email=planted@auxcore.invalid -c core.hooksPath=/dev/null "$@"; }
in_copy init -q
in_copy add -A
in_copy commit -q -m planted

red() { grep -oE '^not ok [0-9]+ [a-z-]+' <<<"$OUT" | sed 's/.* //' | paste -sd ' '; }

# planted CHECK PLACE COMMAND...: run the command in the copy; CHECK then finds something at PLACE.
planted() {
	local name=$1 place=$2
	shift 2
	in_copy reset -q --hard
	in_copy clean -qfd
	(cd "$copy" && "$@") || return 1
	run tools/check/run --tree "$copy" --only "$name"
	if [ "$(red)" != "$name" ] || ! grep -F -e "$place" <<<"$OUT" | grep -q '^# '; then
		printf 'red are [%s], not [%s]; or nothing is said of %s:\n%s\n%s\n' "$(red)" "$name" "$place" "$OUT" "$ERR"
		return 1
	fi
}

# append FILE LINE...: lines at the end of a file.
append() { printf '%s\n' "${@:2}" >>"$1"; }
# replace FILE EXPRESSION: sed on a file; it must change something.
replace() {
	cp "$1" "$work/old"
	sed -i "$2" "$1"
	! cmp -s "$1" "$work/old"
}
# new FILE LINE...: a file with a licence line.
new() {
	mkdir -p "$(dirname "$1")"
	printf '%s\n' "${@:2}" >"$1"
}
licence='// SPDX-License-Identifier: GPL-2.0'
forbid='#![forbid(unsafe_code)]'

plan 51
check "the bus may not import the core" planted layers aux/id.rs append aux/id.rs 'use auxcore as _;'
check "the bus may not name PCI" planted layers aux/id.rs append aux/id.rs 'use kernel::pci as _;'
check "the core may not name a vendor" planted layers core/deadline.rs append core/deadline.rs 'struct Mlx5Deadline;'
check "only core/pci names PCI" planted layers core/deadline.rs append core/deadline.rs 'use kernel::pci as _;'
check "a vendor may not import a consumer" planted layers core/mlx5/bits.rs append core/mlx5/bits.rs 'use auxcore_fwctl as _;'
check "a consumer may not import a vendor" planted layers fwctl/policy.rs append fwctl/policy.rs 'use auxcore_mlx5 as _;'
check "a consumer may not name registers" planted layers fwctl/policy.rs append fwctl/policy.rs 'use kernel::io as _;'
check "a consumer may not name DMA" planted layers fwctl/policy.rs append fwctl/policy.rs 'use kernel::dma as _;'
check "neither the kernel's nor the core's" planted layers fwctl/policy.rs \
	append fwctl/policy.rs 'use auxcore::dma::DmaBuf as _;'
half=consumers/calc/mlx5/auxcore_calc_mlx5.rs
check "a consumer's half for a vendor may not name C's PCI" planted layers "$half:" \
	new "$half" "$licence" '//! Planted.' '' "$forbid" 'use kernel::bindings::pci_dev as _;'
check "a vendor may not ask for a capability" planted layers "core/mlx5/ffi.rs:" append core/mlx5/ffi.rs \
	'extern "C" { fn capable(cap: i32) -> bool; }'
check "a vendor's C may not taint the kernel" planted layers "core/mlx5/params.c:" append core/mlx5/params.c \
	'void planted(void) { add_taint(TAINT_FWCTL, LOCKDEP_STILL_OK); }'
check "nor may a consumer's half for a vendor" planted layers "$half:" \
	new "$half" "$licence" '//! Planted.' '' "$forbid" 'use kernel::bindings::TAINT_FWCTL as _;'
check "crates.mk may not allow what the layers forbid" planted layers crates.mk: replace crates.mk 's/^uses-auxbus :=$/uses-auxbus := auxcore/'
check "a public function needs a user" planted public "auxcore::deadline::nobody" append core/deadline.rs 'pub fn nobody() {}'
check "a public method needs a user" planted public "Name::nobody" append aux/name.rs 'impl Name { pub fn nobody(&self) {} }'
check "a file forbids unsafe code" planted forbid core/deadline.rs replace core/deadline.rs '/forbid(unsafe_code)/d'
check "a root of a crate holds none" planted forbid core/auxcore.rs append core/auxcore.rs '// SAFETY: None.' 'unsafe impl Send for Library {}'
check "the document of permitted commands is the table's" planted scopes Documentation/userspace-api/fwctl-mlx5-scopes.rst \
	replace Documentation/userspace-api/fwctl-mlx5-scopes.rst '/QUERY_UCTX/d'
check "and that of CXL is its tables'" planted scopes Documentation/userspace-api/fwctl-cxl-scopes.rst \
	replace Documentation/userspace-api/fwctl-cxl-scopes.rst 's/^bit 6 .*denied/bit 6  no scope/'
check "the syzkaller description has the headers' numbers" planted syzkaller tests/syzkaller/fwctl.txt.const \
	replace tests/syzkaller/fwctl.txt.const 's/^FWCTL_RPC = .*/FWCTL_RPC = 1/'
check "and every field of the structures" planted syzkaller "fwctl_info is not 20 bytes long" \
	replace tests/syzkaller/fwctl.txt '/^\tflags\t\t\tconst/d'
check "a lock of the core has a name that all modules share" planted locks "core/journal.rs:77: new_mutex! is not" \
	replace core/journal.rs 's/^    lock::new_mutex,$/    new_mutex,/'
check "an unsafe block has a reason" planted safety core/ffi.rs append core/ffi.rs 'fn nobody() { unsafe { nothing() } }'
check "an unsafe function has a contract" planted safety core/ffi.rs append core/ffi.rs 'unsafe fn nobody() {}'
check "unsafe code in a macro is seen too" planted safety core/ffi.rs append core/ffi.rs 'macro_rules! nobody { () => { unsafe { nothing() } } }'
long() { printf '// Long.\n%.0s' {1..331} >>core/deadline.rs; }
check "a file is not too long" planted length core/deadline.rs long
check "an ABI entry has a contact" planted abi Documentation/ABI/testing/sysfs-planted new Documentation/ABI/testing/sysfs-planted \
	'# SPDX-License-Identifier: GPL-2.0' '' $'What:\t\t/sys/planted' $'Date:\t\tNovember 2026' $'Description:\tNone.'
check "a user interface has an entry in ACKS" planted acks uapi/src/planted.rs new uapi/src/planted.rs "$licence" '//! Planted.' '' "$forbid"
check "an entry of ACKS is whole" planted acks uapi/ACKS replace uapi/ACKS '0,/^Acknowledged/{/^Acknowledged/d}'
check "a proof that is gone is found" planted requirements "no suite" replace Documentation/requirements.rst '0,/``suite:[a-z/_]*/s//``suite:no\/such/'
check "a row that is gone is found" planted requirements "row 20" replace Documentation/requirements.rst 's/^Row 20:/Row twenty:/'
check "a row that claims to be done has a proof" planted requirements "nothing proves it" replace Documentation/requirements.rst '/^Row 9:/,/^Row 10:/{/^:Proof:/d}'
check "a document is no test of what is done" planted requirements "no test proves it" \
	replace Documentation/requirements.rst '/^Row 9:/,/^Row 10:/s/^:Proof:.*/:Proof: ``file:README``/'
check "a proof that make test leaves out says so" planted requirements "belongs \`(long)\`" \
	replace Documentation/requirements.rst 's/ (long)$//'
check "a file says its licence" planted spdx fwctl/planted.rs new fwctl/planted.rs '//! Planted.' '' "$forbid"
check "a directory has maintainers" planted maintainers planted/notes.rst new planted/notes.rst '.. SPDX-License-Identifier: GPL-2.0'
check "what is shared has a group" planted maintainers "not a group" replace MAINTAINERS '/^M:.*fwctl@/d'
check "MAINTAINERS names roles" planted maintainers "not a role" replace MAINTAINERS 's/^M:.*mlx5@auxcore.invalid>/M:\tSome Body <some@body.example>/'
check "a misspelling is found" planted spelling README:1 replace README '1s/.*/recieve/'
check "a word against the glossary is found" planted spelling core/deadline.rs append core/deadline.rs '// A sub-function.'
check "a planted fault that does not apply any more is found" planted mutations "does not apply" \
	replace tests/mutations/driver/caps-not-set.patch 's/^-\( .*\)/-planted\1/'
check "C code passes checkpatch" planted checkpatch core/mlx5/params.c append core/mlx5/params.c 'int planted(void) {return 0;}'
check "host Rust is formatted" planted rustfmt tools/wire/src/lib.rs append tools/wire/src/lib.rs 'fn  planted( ) { }'
check "kernel Rust is formatted" planted rustfmt core/mlx5/rpc.rs append core/mlx5/rpc.rs 'fn  planted( ) { }'
check "clippy reads the host crates" planted clippy-host tools/wire/src/lib.rs append tools/wire/src/lib.rs \
	'/// Planted.' 'pub fn planted(all: &[u8]) -> u8 {' '    all[0]' '}'
check "clippy reads the kernel crates" planted clippy-kernel fwctl/policy.rs append fwctl/policy.rs \
	'pub(crate) fn planted(all: u8) -> u64 {' '    all as u64' '}'
check "an item nobody uses is an error in the kernel crates" planted clippy-kernel fwctl/policy.rs append fwctl/policy.rs 'fn planted() {}'
check "shellcheck reads the scripts" planted shellcheck tests/demo append tests/demo 'planted=1'
check "a document refers to what exists" planted docs glossary append Documentation/glossary.rst '' ':doc:`nosuch`'

all_planted() {
	local name
	tools/check/run --list | while read -r name; do
		grep -q " planted $name " "$0" || echo "no violation of $name is planted"
	done | grep . && return 1
	return 0
}
check "every check has such a test" all_planted
finish
