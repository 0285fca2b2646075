#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device cxl-type3
#
# Random calls on a CXL memory device end in ways the interface knows, and change nothing in it.

. tests/selftests/lib.sh
. tests/selftests/cxl/cxl.bash

bdf=$(memory_devices)
# many_ways N: calls ended in so many ways.
many_ways() { [ "$(grep -cE '^[0-9]+ [A-Z0-9]+$' /tmp/fuzz.1)" = "$1" ]; }

plan 12
check "our plugin loads with a claim of the device" modprobe auxcore_cxl "claim=$bdf"
check "a fwctl device comes" within 30 has_node
values=$(through_ours values)
for seed in 1 2; do
	fwctl-probe --times fuzz --taint --seed $seed --count 3000 >/tmp/fuzz.$seed
	equal "every result is known, seed $seed" 0 $?
	sed 's/^/# /' /tmp/fuzz.$seed
done
check "calls ended in every way the interface knows" many_ways 8
share=$(sed -n 's/.* reached firmware, \([0-9]*\) %/\1/p' /tmp/fuzz.1)
check "at least 30 % of the requests reached firmware" test "${share:-0}" -ge 30
fwctl-probe fuzz --taint --seed 1 --count 3000 >/tmp/fuzz.again
check "the same calls end in the same ways" diff <(grep -v 'per minute' /tmp/fuzz.1) /tmp/fuzz.again
equal "every value is as it was" "$values" "$(through_ours values)"
equal "the journal is empty" 0 "$(grep -c '^seq=' "/sys/kernel/debug/auxcore/$bdf/journal")"
check "every name of our modules fits in a backtrace" names_fit
check "nothing of level error is in the log" no_error_logged
check "our modules unload" rmmod auxcore_fwctl auxcore_cxl auxcore auxbus
finish
