# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the suites of this directory share: a place to work in, and the steps of a newcomer. Those that boot guests read
# tests/selftests/runner/run.bash first.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
elapsed=0

# vendor_is_written NAME DIR, vendor_is_written_in TREE NAME: the first command.
vendor_is_written() { make -s new-vendor NAME="$1" DIR="$2"; }
vendor_is_written_in() { make -s -C "$1" new-vendor NAME="$2"; }

# guest_passes DIR NAME FUNCTIONS: the second command; every check of the vendor's own test holds. Adds the time it takes.
guest_passes() {
	local dir=$1 name=$2 devices=() i start=$SECONDS
	for ((i = 0; i < $3; i++)); do devices+=(--device edu); done
	boot 300 --modules "$dir" "${devices[@]}" --mem 256M --append kunit.enable=1 -- \
		bash "$dir/tests/selftests/$name/firmware.sh"
	elapsed=$((elapsed + SECONDS - start))
	[ "$STATUS" = 0 ] && grep -q '^ok 17 ' <<<"$OUT" && ! grep '# SKIP' <<<"$OUT" && return
	echo "$OUT"
	tail -n 30 <<<"$ERR"
	return 1
}

# units_pass TREE NAME: the kernel runs the unit tests of a tree, those of this vendor among them, and no suite of its
# sources is missing.
units_pass() {
	boot 300 --modules "$1" --append kunit.enable=1 -- sh -c "cd '$1' && exec bash tests/selftests/kunit/kunit.sh"
	[ "$STATUS" = 0 ] && grep -q "the suite $2_command has run" <<<"$OUT" && return
	grep -v "^ok" <<<"$OUT"
	tail -n 30 <<<"$ERR"
	return 1
}

# code FILE...: lines that are neither empty nor a comment nor a test.
code() {
	awk '/^#\[cfg_attr\(auxcore_kunit/ { nextfile } !/^ *(\/\/|$)/ { n++ } END { print n }' "$@"
}

# The limit is what Documentation/driver-api/writing-a-vendor.rst says.
small_enough() {
	local lines
	# shellcheck disable=SC2046
	lines=$(code $(find "$1/core" "$1/consumers" -name '*.rs'))
	echo "$lines lines"
	[ "$lines" -le 550 ]
}

only_ffi_is_unsafe() {
	! grep -rlw unsafe "$1" --include='*.rs' | grep -v '/ffi\.rs$' | xargs -r grep -nw unsafe | grep -v 'forbid(unsafe_code)\|//'
}

# pure_tests_pass FILE...
pure_tests_pass() {
	local file
	for file; do
		tools/enter sh -c "rustc --edition 2021 --test -A dead_code --check-cfg 'cfg(auxcore_kunit)' -o /tmp/pure '/host$file' && /tmp/pure" || return
	done
}

# kernel_make DIR: kbuild on a directory without AUXCORE.
kernel_make() {
	# A name that goes on after the kernel's is another kernel's; what follows is a hash.
	# shellcheck disable=SC2016
	tools/enter sh -c 'for k in "/cache/kernel-$1-"[0-9a-f]*; do
		make -C "$k/build" M="/host$0" LLVM=1 modules
	done' "$1" "${AUXCORE_TEST_KERNEL:-default}"
}
