#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx
#
# Firmware that is healthy and answers nothing does not hold up the consumer's unbind.

. tests/selftests/lib.sh

bdf=$(functions)
child=$(fwctl_child ours)
consumer=$(readlink -f "$AUX/$child/driver")

unbind() { echo "$child" >"$consumer/unbind"; }

plan 16
check "64 files open" start_load storm load --threads 64
check "firmware stalls" model 0 set stall=1
load_go storm
check "64 requests hang" within 60 hanging storm 64
begin=$(now_ms)
unbind
elapsed=$(($(now_ms) - begin))
echo "# unbind took $elapsed ms"
below "the consumer unbinds in less than 100 ms" 100 "$elapsed"
check "every request ended with ENODEV" load_reads storm 30 '64 requests: 64 ENODEV;*'
equal "there is no fwctl device" 0 "$(fwctl_count)"
check "the files close while firmware is stalled" load_end storm
equal "the contexts live on while firmware is stalled" 64 "$(contexts 0)"
check "firmware goes on" model 0 set stall=0
check "all contexts are destroyed" within 30 no_contexts 0
equal "no protocol violation" 0 "$(number_of 0 total_violations)"
check "the consumer binds again" tee "$consumer/bind" <<<"$child"
udevadm settle --timeout=60
check "fwctl works again" works "$(fwctl_of "$bdf")"
check "64 requests at a time succeed again" grep -q '64 requests: 64 OK;' <<<"$(fwctl-probe --device "/dev/fwctl/$(fwctl_of "$bdf")" load --threads 64)"
check "nothing of level error is in the log" no_error_logged
check "the stack unloads" unload ours
finish
