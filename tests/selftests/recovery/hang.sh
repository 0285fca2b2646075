#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx
#
# Firmware that stops in the middle of things, with nothing but its counter to tell: a reset of the function mends it.
# And firmware that goes mad.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash

bdf=$(functions)

plan 13
mark
check "firmware hangs" model 0 health hang
check "the poll sees it" within 15 logged 'its health counter stands still'
check "the function comes back" within 30 back "$bdf"
check "firmware found nothing to complain of" no_violation 0

check "eight files open" start_load waiters --device "/dev/fwctl/$(fwctl_of "$bdf")" load --threads 8
model 0 health hang
load_go waiters
check "who waits is told" load_reads waiters 30 '8 requests: 8 ENXIO;*'
below "after four seconds" 5000 "$(load_longest waiters)"
load_end waiters
check "the function comes back" within 30 back "$bdf"

mark
check "firmware sends events without end" model 0 event storm 1000000000
check "it is silenced" within 20 logged 'it sends more events than it may'
check "the function comes back" within 30 back "$bdf"
check "firmware found nothing to complain of" no_violation 0
check "the modules unload" unload ours
finish
