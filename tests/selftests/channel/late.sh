#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx
#
# A late reply never satisfies another command: neither one that comes to a slot whose waiter has left, nor one that firmware
# writes again into a slot which the next command has.

. tests/selftests/lib.sh

bdf=$(functions)
child=$(fwctl_child ours)
consumer=$(readlink -f "$AUX/$child/driver")
file=/sys/kernel/debug/auxcore/$bdf/commands

node() { echo "/dev/fwctl/$(fwctl_of "$bdf")"; }
# Alternating commands with replies of different lengths and contents.
answers() { fwctl-probe --mask-uid --device "$(node)" dump 2>&1; }
late() { [ "$(sed -n 's/^opcode=0x0100 .* late=\([0-9]*\).*/\1/p' "$file")" = "$1" ]; }

plan 16
truth=$(answers)
check "the device answers" test "$(wc -l <<<"$truth")" -gt 50

check "the device answers with stale replies first" model 0 set mutate=stale-reply
equal "each command gets its own reply" "$truth" "$(answers)"
says "so it does from eight threads" '400 requests: 400 OK;' fwctl-probe --device "$(node)" load --threads 8 --repeat 50
check "the device answers once again" model 0 set mutate=none
equal "and each command gets its own reply" "$truth" "$(answers)"

check "eight files open" start_load storm --device "$(node)" load --threads 8
check "firmware is slow" model 0 set "delay_us=QUERY_HCA_CAP:$(slowly 4000000)"
load_go storm
check "eight requests hang" within 60 hanging storm 8
echo "$child" >"$consumer/unbind"
check "they end with the consumer" load_reads storm 30 '8 requests: 8 ENODEV;*'
check "the files close" load_end storm
model 0 set delay_us=0
echo "$child" >"$consumer/bind"
come_up ours
for _ in 1 2 3 4 5 6 7 8; do answers; done | sort | uniq -c | awk '$1 % 8' >/tmp/odd
equal "commands meanwhile get their own replies" "" "$(cat /tmp/odd)"
check "the late replies come" within 30 late 8
equal "no protocol violation" 0 "$(number_of 0 total_violations)"
says "64 requests at a time succeed" '64 requests: 64 OK;' fwctl-probe --device "$(node)" load --threads 64
check "the stack unloads" unload ours
finish
