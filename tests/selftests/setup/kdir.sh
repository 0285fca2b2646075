#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host:
#
# The modules against a kernel tree of the caller's own: both ways to build them, a kernel that lacks an option, and what
# modules know of each other by a hash. A copy of the sources is built inside the toolchain root, whose compilers stand for
# the caller's.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash
. tools/setup/all.sh

need_kernel default
mkdir -p "$TREE_CACHE"
work=$(mktemp -d "$TREE_CACHE/kdir.XXXXXX")
trap 'rm -rf "$work"' EXIT
copy=$(seen_inside "$work")
kernel=$(seen_inside "$KERNEL")/build
{
	module_files
	echo Makefile
} >"$work/files"
inside rsync -a --files-from="$copy/files" /src/ "$copy/tree/" || exit

modules=(auxbus auxcore auxcore_mlx5 auxcore_fwctl)

have_modules() {
	local name
	for name in "${modules[@]}"; do
		[ -e "$work/tree/$name.ko" ] || { echo "$name.ko is missing"; return 1; }
	done
}

have_none() {
	[ -z "$(find "$work/tree" -name '*.ko' -o -name '*.o' -o -name '*.rmeta')" ]
}

by_makefile() {
	run inside make -C "$copy/tree" KDIR="$kernel" AUXCORE_FWCTL_POLICY=rdma
	ended 0 && have_modules
}

# changed EXPRESSION FILE COMMAND...: run a command while a file of the tree is changed like this, and no other.
changed() {
	local status
	cp "$work/tree/$2" "$work/before"
	sed -i "$1" "$work/tree/$2"
	! cmp -s "$work/before" "$work/tree/$2" || return
	"${@:3}"
	status=$?
	cp "$work/before" "$work/tree/$2"
	return "$status"
}

# make_target TARGET
make_target() {
	run inside make -C "$kernel" M="$copy/tree" LLVM=1 "$1"
	ended 0
}

# hash_built: what modules built against the bus refer to it by, as it was built last; hash_now: as its sources are.
hash_built() {
	sed -n 's/.*EXPORT_SYMBOL_GPL(auxcore_meta_auxbus_\([0-9a-f]\{16\}\)).*/\1/p' "$work/tree/aux/auxbus_exports.c"
}
hash_now() { make_target aux/auxbus_exports.o && hash_built; }

# A private field more: the bus gives the same symbols, with other metadata.
field='s/^    class: &.static CStr,$/&\n    _planted: u8,/
	s/Self { modname, class }/Self { modname, class, _planted: 0 }/'

# In a guest, which has the modules from its standard input: what becomes of a module beside another bus than the one it
# was built against, and the policy of a function that was told none.
in_guest='. tests/selftests/lib.sh
	bdf=$(functions) policy=$PCI/$bdf/auxcore/fwctl_policy
	tar -x -C /tmp || exit
	log_mark
	insmod /tmp/other/auxbus.ko && ! insmod /tmp/auxcore.ko &&
		log | sed -n "s/.*auxcore: Unknown symbol \(auxcore_meta_[0-9a-z_]*\) .*/refused for \1/p" | sort -u
	rmmod auxbus
	insmod /tmp/auxbus.ko && insmod /tmp/auxcore.ko && insmod /tmp/auxcore_mlx5.ko claim=$bdf || exit
	within 30 test -e $policy && echo policy $(cat $policy) $(fwctl_child ours)'
# guest_says: with the modules as they were built, and with the bus of another build.
guest_says() {
	local name
	mkdir -p "$work/boot/other"
	for name in auxbus auxcore auxcore_mlx5; do
		inside llvm-strip --strip-debug -o "$copy/boot/$name.ko" "$copy/tree/$name.ko" || return
	done
	changed "$field" aux/name.rs make_target auxbus.ko || return
	inside llvm-strip --strip-debug -o "$copy/boot/other/auxbus.ko" "$copy/tree/auxbus.ko" || return
	tar -c -C "$work/boot" . | tools/guest --device connectx --driver none --stdin --timeout 120 -- bash -c "$in_guest"
}

# A vendor elsewhere needs of this tree what is installed, and no more.
against_installed() {
	make -s new-vendor NAME=iota DIR="$work/iota" >/dev/null || return
	run inside make -C "$copy/tree" KDIR="$kernel" metadata_install INSTALL_METADATA_PATH="$copy/installed"
	ended 0 && [ -z "$(find "$work/installed" -name '*.rs')" ] || return
	mv "$work/tree" "$work/away"
	run inside make -C "$kernel" M="$copy/iota" LLVM=1 AUXCORE="$copy/installed"
	mv "$work/away" "$work/tree"
	ended 0 && [ -e "$work/iota/auxcore_iota.ko" ] && [ -e "$work/iota/auxcore_calc_iota.ko" ]
}

clean() {
	run inside make -C "$copy/tree" KDIR="$kernel" clean
	ended 0 && have_none
}

by_kbuild() {
	run inside make -C "$kernel" M="$copy/tree" LLVM=1
	ended 0 && have_modules
}

with_output_directory() {
	run inside make -C "$copy/tree" KDIR="$(seen_inside "$KERNEL_SOURCE")/linux" O="$kernel"
	ended 0 && have_modules
}

# without LINE...: a kernel like ours without these lines of its configuration.
without() {
	local line
	rm -rf "$work/kernel"
	inside cp -as "$kernel" "$copy/kernel"
	rm "$work/kernel/include/config/auto.conf"
	cp "$KERNEL/build/include/config/auto.conf" "$work/kernel/include/config/auto.conf"
	for line in "$@"; do
		sed -i "/^$line\$/d" "$work/kernel/include/config/auto.conf"
	done
	run inside make -C "$copy/kernel" KBUILD_OUTPUT="$copy/kernel" M="$copy/tree" LLVM=1
}

names_missing() {
	without "$1=y"
	[ "$STATUS" -ne 0 ] && [[ $ERR == *"$1=y"* ]] && [ "$(grep -c "\*\*\* .*$1" <<<"$ERR")" -eq 1 ] ||
		{ printf 'status %d:\n%s\n' "$STATUS" "$ERR"; return 1; }
}

# fwctl_built VARIABLE=VALUE...: in the tree as it is built, with the consumer left to be built or not.
fwctl_built() {
	rm -f "$work/tree/auxcore_fwctl.ko"
	run inside make -C "$kernel" M="$copy/tree" LLVM=1 "$@"
	ended 0 && [ -e "$work/tree/auxcore_fwctl.ko" ]
}
fwctl_not_built() {
	fwctl_built "$@"
	[ "$STATUS" -eq 0 ] && [ ! -e "$work/tree/auxcore_fwctl.ko" ] && [ -e "$work/tree/auxcore_mlx5.ko" ]
}

# refuses_value VARIABLE: one error names the variable and the value.
refuses_value() {
	run inside make -C "$kernel" M="$copy/tree" LLVM=1 "$1=sometimes"
	[ "$STATUS" -ne 0 ] && [ "$(grep -c "\*\*\* $1 is 'sometimes'" <<<"$ERR")" -eq 1 ] ||
		{ printf 'status %d:\n%s\n' "$STATUS" "$ERR"; return 1; }
}

no_kernel_there() {
	run make KDIR=/nonexistent
	ended 2 "no configured kernel in /nonexistent"
}

plan 18
check "make KDIR= builds every module" by_makefile
first=$(hash_built)
said=$(guest_says 2>/dev/null)
equal "the core does not load beside a bus of another build, and the log names what is missing" \
	"refused for auxcore_meta_auxbus_$first" "$(grep '^refused' <<<"$said")"
equal "AUXCORE_FWCTL_POLICY is the policy of functions that are told none: this one offers no fwctl" \
	"policy rdma" "$(grep '^policy' <<<"$said")"
check "a vendor elsewhere is built against the metadata that is installed" against_installed
check "make KDIR= clean leaves nothing behind" clean
check "plain make -C KDIR M= builds every module" by_kbuild
check "make KDIR= O= builds against a separate build directory" with_output_directory
check "AUXCORE_FWCTL=auto builds the fwctl consumer for a kernel with RDMA" fwctl_built AUXCORE_FWCTL=auto
check "and for one without RDMA, vDPA, NVMe and CXL does not" \
	fwctl_not_built AUXCORE_FWCTL=auto CONFIG_INFINIBAND= CONFIG_VDPA= CONFIG_NVME_CORE= CONFIG_CXL_BUS=
check "AUXCORE_FWCTL=n never does" fwctl_not_built AUXCORE_FWCTL=n
for variable in AUXCORE_FWCTL AUXCORE_FWCTL_POLICY; do
	check "a value that $variable cannot have is named in one error" refuses_value "$variable"
done
for option in CONFIG_RUST CONFIG_FWCTL CONFIG_RUST_FWCTL_ABSTRACTIONS; do
	check "a kernel without $option is named in one error" names_missing "$option"
done
check "a directory without a kernel is named" no_kernel_there

built=$(hash_now)
other=$(changed "$field" aux/name.rs hash_now)
# Two methods of one signature change places.
order=$(changed '/^pub trait Consumer/,/^}/{s/fn unbind</fn planted</; s/fn shutdown</fn unbind</; s/fn planted</fn shutdown</}' \
	aux/consumer.rs hash_now)
again=$(hash_now)
different() { printf '%s\n' "$@" | grep -E '^[0-9a-f]{16}$' | sort -u | wc -l; }
equal "a private field of a type and the order of a trait's methods are part of the hash that modules refer to" 3 \
	"$(different "$built" "$other" "$order")"
equal "the same sources have the same" "$built" "$again"
finish
