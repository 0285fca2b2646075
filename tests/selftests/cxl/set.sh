#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device cxl-type3
#
# A feature that may be set is set, in the scope that its effects need, and journaled. The module is the plugin without the
# list of features that are the kernel's alone, and with parts of one byte, so that each value is a transfer of several.

. tests/selftests/lib.sh
. tests/selftests/cxl/cxl.bash

bdf=$(memory_devices)
journal=/sys/kernel/debug/auxcore/$bdf/journal
journaled() { grep -c '^seq=' "$journal"; }

plan 23
modprobe auxcore_test_cxl
check "the plugin for tests has the device" give "$bdf" auxcore_test_cxl
check "a fwctl device comes" within 30 has_node
says "patrol scrub is shown as changeable, at once" "$SCRUB .* set=2 flags=0x1 .* effects=0x0202" through_ours features
equal "its cycle is twelve hours" 030c0100 "$(through_ours get "$SCRUB")"
for scope in 0 1 2; do
	equal "scope $scope does not set it" EINVAL "$(through_ours --scope $scope set "$SCRUB" --hex 1801)"
done
equal "what was refused is not there" 030c0100 "$(through_ours get "$SCRUB")"
equal "nor in the journal" 0 "$(journaled)"
equal "scope 3 sets it" OK "$(through_ours --scope 3 set "$SCRUB" --hex 1801)"
equal "the device has the new value" 03180101 "$(through_ours get "$SCRUB")"
says "the journal has the request" "scope=debug_write_full command=SET_FEATURE/$SCRUB status=0x0 errno=0" tail -n 1 "$journal"
says "a version that the device does not know is its refusal" 'return code 0x' \
	through_ours --scope 3 set "$SCRUB" --hex 0600 --version 77
says "which is in the journal, too" "command=SET_FEATURE/$SCRUB status=0x[1-9a-f]" tail -n 1 "$journal"
number=$(journaled)
equal "a request that is cut short is not sent" EINVAL "$(through_ours --scope 3 raw --opcode 502 --hex "${SCRUB//-/}" | tail -n 1)"
equal "and not in the journal" "$number" "$(journaled)"
equal "the value stays, and a transfer that was refused at its beginning holds nobody up" 03180101 "$(through_ours get "$SCRUB")"
equal "bytes that no feature has are not sent" EINVAL "$(through_ours --scope 3 set "$SCRUB" --hex 0600 --offset 65535 | tail -n 1)"
equal "and not in the journal either" "$number" "$(journaled)"
says "a transfer that goes beyond the feature is refused on its way" 'return code 0x' \
	through_ours --scope 3 set "$SCRUB" --hex 060000
equal "and aborted: the value stays" 03180101 "$(through_ours get "$SCRUB")"

take "$bdf"
echo >"$PCI/$bdf/driver_override"
rmmod auxcore_fwctl auxcore_test_cxl auxcore auxbus
check "the in-tree driver loads" load_theirs
equal "and finds the new value in the device" 03180101 "$(through_theirs get "$SCRUB")"
finish
