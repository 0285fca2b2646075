#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# long
# host:
#
# A new vendor inside of the tree (a copy of it): generated, built with all other modules, tested and run without a line of
# anybody's own.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/ktap.sh
. tests/selftests/vendors/vendor.bash

tree=$work/tree
copy_tree() {
	local place
	mkdir "$tree"
	for place in Kbuild crates.mk Makefile Cargo.toml Cargo.lock aux core fwctl uapi consumers tests tools; do
		[ ! -e "$place" ] || cp -a "$place" "$tree/"
	done
	find "$tree" \( -name '*.o' -o -name '*.ko' -o -name '*.rmeta' -o -name '.*.cmd' \) -delete
}

suites() { "$tree/tests/run" --list; }
pure_tests() {
	tools/enter cargo test --locked --offline --manifest-path "/host$tree/Cargo.toml" -p auxcore-pure yota
}

plan 7
check "the tree is copied" copy_tree
check "a vendor is written into it" vendor_is_written_in "$tree" yota
says "tests/run finds its guest test" '^yota/firmware \[eight\]$' suites
says "cargo finds the tests of its pure files" 'yota_command::tests::.* ok' pure_tests
check "it is built with all modules, boots, and its firmware answers" guest_passes "$tree" yota 1
refuse "a second vendor of that name is refused" vendor_is_written_in "$tree" yota
check "a second vendor of another name stands beside it" vendor_is_written_in "$tree" iota
echo "# from the first command to firmware's answer: 2 commands, $elapsed s"
finish
