# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the suites of this directory share: a place to work in, and the steps of a newcomer.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
elapsed=0

# vendor_is_written NAME DIR, vendor_is_written_in TREE NAME: the first command.
vendor_is_written() { make -s new-vendor NAME="$1" DIR="$2"; }
vendor_is_written_in() { make -s -C "$1" new-vendor NAME="$2"; }

# guest_passes DIR NAME FUNCTIONS: the second command; every check of the vendor's own test holds. Adds the time it takes.
guest_passes() {
	local dir=$1 name=$2 devices=() i start=$SECONDS status said
	for ((i = 0; i < $3; i++)); do devices+=(--device edu); done
	said=$(tools/guest --modules "$dir" "${devices[@]}" --mem 256M -- bash "$dir/tests/selftests/$name/firmware.sh" 2>"$work/stderr")
	status=$?
	elapsed=$((elapsed + SECONDS - start))
	[ "$status" = 0 ] && grep -q '^ok 15 ' <<<"$said" && return
	echo "$said"
	tail -n 30 "$work/stderr"
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
	# shellcheck disable=SC2016
	tools/enter sh -c 'for k in /cache/kernel-default-*; do make -C "$k/build" M="/host$0" LLVM=1 modules; done' "$1"
}
