#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# long
# host: guests
#
# A new vendor inside of the tree (a copy of it): generated, built with all other modules, tested and run without a line of
# anybody's own.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash
. tests/selftests/vendors/vendor.bash

tree=$work/tree
# The tree as git knows it, since the rules are about the files of a repository.
copy_tree() {
	mkdir "$tree"
	git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
		if [ -e "$file" ]; then printf '%s\0' "$file"; fi
	done | xargs -0 cp -p --parents -t "$tree"
	git -C "$tree" init -q
}

keeps_rules() { tools/check/run --tree "$tree" --quick && tools/check/run --tree "$tree" --only rustfmt; }
suites() { "$tree/tests/run" --list; }
pure_tests() {
	tools/enter cargo test --locked --offline --manifest-path "/host$tree/Cargo.toml" -p auxcore-pure yota
}

plan 9
check "the tree is copied" copy_tree
check "a vendor is written into it" vendor_is_written_in "$tree" yota
says "tests/run finds its guest test" '^yota/firmware \[eight\]$' suites
says "cargo finds the tests of its pure files" 'yota_command::tests::.* ok' pure_tests
check "it is built with all modules, boots, and its firmware answers" guest_passes "$tree" yota 1
check "it has maintainers, and keeps every other rule that is quickly checked" keeps_rules
check "the kernel runs its unit tests with the others" units_pass "$tree" yota
refuse "a second vendor of that name is refused" vendor_is_written_in "$tree" yota
check "a second vendor of another name stands beside it" vendor_is_written_in "$tree" iota
echo "# from the first command to firmware's answer: 2 commands, $elapsed s"
finish
