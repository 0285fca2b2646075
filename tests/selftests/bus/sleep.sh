#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx,cap.general.eth_net_offloads=1,cap.general.nic_flow_table=1
#
# The sleep of the machine: consumers first, then the function; a new generation with new children afterwards. And a reset
# by the administrator, which is the same without the consumers' part.

. tests/selftests/lib.sh

bdf=$(functions)

# sleep_until STAGE: go to sleep, and wake up at once after the stage.
sleep_until() { echo "$1" >/sys/power/pm_test && echo freeze >/sys/power/state; }
back() { [ -n "$(fwctl_of "$bdf")" ] && consumers_bound ours; }
# told: what the netdev consumer was told since the mark.
told() { log | sed -n 's/.*auxcore_test_netdev[^:]*: \([a-z ]*\)$/\1/p' | xargs -d '\n'; }

plan 26
check "the stack loads" load ours
check "a netdev consumer loads" modprobe auxcore_test_netdev
echo 1 >/sys/module/suspend/parameters/pm_test_delay

log_mark
check "the machine freezes and thaws" sleep_until freezer
equal "no consumer is told" "" "$(told)"
equal "the function was not touched" 1 "$(accepted 0 INIT_HCA)"

node=/dev/fwctl/$(fwctl_of "$bdf")
check "files open before the machine sleeps" start_load files --device "$node" load --threads 4 --linger
load_go files
check "requests succeed" load_reads files 60 '4 requests: 4 OK;*'
load_reads files 60 'done'
log_mark
check "the machine sleeps and wakes up" sleep_until devices
equal "firmware was stopped and started again" "1 2" "$(accepted 0 TEARDOWN_HCA) $(accepted 0 INIT_HCA)"
check "the children come back" within 30 back
check "the consumer is told to sleep, is unbound, and bound again" within 20 eval '[ "$(told)" = "suspended unbound bound" ]'
equal "no child is added while the machine sleeps" "" "$(log | grep 'should not be sleeping')"
load_go files
check "requests on the files from before say ENODEV" load_reads files 60 '4 afterwards: 4 ENODEV;*'
check "the files close" load_end files
check "fwctl works after the sleep" works "$(fwctl_of "$bdf")"
check "the machine sleeps and wakes up again" sleep_until devices
check "the children come back again" within 30 back
check "fwctl works again" works "$(fwctl_of "$bdf")"

log_mark
if [ -e "$PCI/$bdf/reset" ]; then
	check "the administrator resets the function" eval 'echo 1 >"$PCI/$bdf/reset"'
else
	pass "the administrator resets the function # SKIP the model has no reset"
fi
check "the children come back after the reset" within 30 back
check "fwctl works after the reset" works "$(fwctl_of "$bdf")"
check "the consumer goes and comes with the generation" within 20 eval '[ "$(told)" = "unbound bound" ]'

check "the consumer unloads" rmmod auxcore_test_netdev
check "the stack unloads" unload ours
check "nothing is left in the device" device_clean 0
check "nothing of level error is in the log" no_error_logged
finish
