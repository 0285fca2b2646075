#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx
#
# Somebody resets a function that is bound, through its file in sysfs: its generation ends before, another one begins
# after, and nothing of the old one is left. It is no recovery, and one that runs gives way to it.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash

bdf=$(functions)

reset_function() { echo 1 >"$PCI/$bdf/reset"; }
twice_at_once() {
	reset_function &
	local other=$!
	reset_function && wait "$other"
}
node() { echo "/dev/fwctl/$(fwctl_of "$bdf")"; }
child() { stat -c %i "$AUX/$(fwctl_child ours)/"; }
another_child() { [ "$(child)" != "$before" ]; }
starts() { accepted 0 INIT_HCA; }
stale() { load_reads old 30 "done" && load_go old && load_reads old 30 '1 afterwards: 1 ENODEV;*'; }
# recovering: firmware died, and its next start takes seconds.
recovering() {
	model 0 set "delay_us=$(slowly 200000)" && model 0 health fatal &&
		within 15 logged 'firmware is dead' && within 15 busy
}
busy() { [ "$(model 0 commands 3 | grep -cE 'QUERY_ISSI|QUERY_PAGES|MANAGE_PAGES|QUERY_HCA_CAP')" -gt 0 ]; }

plan 29
check "a file is open" start_load old --device "$(node)" load --threads 1 --linger
load_go old
check "and works" load_reads old 30 '1 requests: 1 OK;*'
before=$(child) started=$(starts)
mark
check "the function is reset" reset_function
check "its driver made way" logged 'down for a reset' 1
check "and came back" logged 'up again' 1
equal "firmware was started once more" $((started + 1)) "$(starts)"
check "the child is another one" another_child
check "it works" within 30 back "$bdf"
equal "the device is up" up "$(state "$bdf")"
check "the file that was open says ENODEV" stale
check "and closes" load_end old

check "eight files are open" start_load waiters --device "$(node)" load --threads 8
before=$(child) started=$(starts)
model 0 set "delay_us=QUERY_HCA_CAP:$(slowly 3000000)"
load_go waiters
check "eight programs wait for firmware" within 30 hanging waiters 8
model 0 set delay_us=0
mark
check "the function is reset twice at once" twice_at_once
check "every program is told ENODEV" load_reads waiters 30 '8 requests: 8 ENODEV;*'
check "the files close" load_end waiters
check "one reset came after the other" logged 'up again' 2
equal "firmware was started twice more" $((started + 2)) "$(starts)"
check "the child is another one yet" another_child
check "it works too" within 30 back "$bdf"
equal "the device is up still" up "$(state "$bdf")"

mark
check "a recovery runs" recovering
check "the function is reset meanwhile" reset_function
model 0 set delay_us=0
refuse "the recovery does not go on" logged ': recovered'
check "the function works" within 30 back "$bdf"
equal "the device is up after all" up "$(state "$bdf")"
equal "no reset counts as a recovery" 0 "$(sed -n 's/^recoveries //p' "/sys/kernel/debug/auxcore/$bdf/health")"
check "firmware found nothing to complain of" no_violation 0
check "the modules unload" unload ours
finish
