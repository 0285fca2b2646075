#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver none --device connectx --device connectx
#
# The commands of user programs never hold more than half of firmware's 32 slots: while firmware returns none of them,
# commands of the core and of a driver get through at once.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash
. tests/selftests/channel/other.bash

programs=48
half=16

node() { echo "/dev/fwctl/$(fwctl_of "$pf")"; }
query() { cat /sys/kernel/debug/auxcore_test_vf/query; }
# kept: how many commands of the programs firmware took and does not return.
kept() { model 0 commands 100 | grep -c ' uid [1-9][0-9]* QUERY_HCA_CAP(0x100) .*-> dropped'; }
keeps_half() { [ "$(kept)" -ge "$half" ]; }
destroyed() { [ "$(accepted 0 DESTROY_UCTX)" = "$1" ]; }

plan 20
check "the core driver takes one function" load ours "$pf"
check "a driver of the other one uses its channel" load_other
check "and binds" vf_driver bind
check "$programs programs have files open" start_load many --device "$(node)" load --threads "$programs"
check "and one more" start_load one --device "$(node)" load --threads 1
check "firmware keeps what programs ask" model 0 set drop=QUERY_HCA_CAP:1000
load_go many
check "all programs wait" within 30 hanging many "$programs"
check "firmware holds commands of theirs" within 30 keeps_half
sleep 0.5
equal "of half of its slots and no more" "$half" "$(kept)"

took eval 'said=$(query)'
equal "a driver's command is executed" "status 0" "$said"
below "at once" 3000 "$elapsed"
gone=$(($(accepted 0 DESTROY_UCTX) + 1))
kill "${load_pid[one]}"
wait "${load_pid[one]}" 2>/dev/null
took within 5 destroyed "$gone"
equal "and so is the core's, when a file closes" "$gone" "$(accepted 0 DESTROY_UCTX)"
below "at once too" 3000 "$elapsed"

model 0 set drop=0
check "firmware dies" model 0 health fatal
check "every program is told ENXIO" load_reads many 30 "$programs requests: $programs ENXIO;*"
check "the files close" load_end many
check "the function comes back" within 30 back "$pf"
check "firmware found nothing to complain of" no_violation 0
vf_driver unbind
check "the driver unloads" rmmod auxcore_test_vf
check "the stack unloads" unload ours
finish
