#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host: guests
#
# A new vendor outside of the tree, from its first command to firmware's answer to a program in a guest.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash
. tests/selftests/vendors/vendor.bash

dir=$work/zeta
plan 9
check "a vendor is written outside of the tree" vendor_is_written zeta "$dir"
refuse "no word of the template's name is left" grep -ri acme "$dir"
check "it has the size that its documentation tells" small_enough "$dir"
check "no file but ffi.rs has unsafe code" only_ffi_is_unsafe "$dir"
check "its pure files are tested on the host" pure_tests_pass "$dir/core/zeta/command.rs" "$dir/consumers/calc/zeta/line.rs"
check "it is built against this tree, boots, and its firmware answers" guest_passes "$dir" zeta 1
check "eight of its functions work in one guest" guest_passes "$dir" zeta 8
equal "building leaves nothing in its directory" "" "$(find "$dir" -name '*.o' -o -name '*.ko' -o -name 'Module.symvers')"
says "without AUXCORE the build ends with one clear sentence" 'AUXCORE=/path/to/auxcore is needed' kernel_make "$dir"
echo "# from the first command to firmware's answer: 2 commands, $elapsed s"
finish
