#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver none --device connectx,absent_ms=1000,starting_ms=1000 --device connectx
#
# Firmware that takes its time: after power-on, and after each reset, registers do not answer for a while, and then they say
# that firmware is starting. A driver touches nothing until it has started, and does not wait for what has left the bus.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
bdf=${bdfs[0]} other=${bdfs[1]}
driver=/sys/bus/pci/drivers/auxcore_mlx5
serves() { local dev; dev=$(fwctl_of "$bdf") && [ -n "$dev" ] && works "$dev"; }
bind() { echo "$1" >"$driver/bind"; }
unbind() { echo "$1" >"$driver/unbind"; }
resets() { model 0 'commands 1000' | grep -c 'function reset'; }
was_reset() { [ "$(resets)" -gt "$1" ]; }
ends() { ! kill -0 "$1" 2>/dev/null; }

stacks=(ours)
if has_stack upstream; then stacks=(upstream ours); fi
plan $((10 + 3 * ${#stacks[@]}))
for stack in "${stacks[@]}"; do
	took load "$stack"
	check "$stack: firmware that takes two seconds to start is waited for" serves
	check "$stack: for as long as it takes" test "$elapsed" -ge 2000
	equal "$stack: and nothing was written before" 0 "$(number_of 0 total_violations)"
	if [ "$stack" = upstream ]; then unload "$stack"; fi
done

before=$(resets)
log_mark
model 0 health fatal
check "dead firmware is reset" within 30 was_reset "$before"
check "and waited for again" within 30 serves
says "in one recovery" recovered log
equal "which did not fail once" "" "$(log | grep 'recovery failed\|given up')"

before=$(resets)
model 0 set starting_ms=100000
model 0 health fatal
check "firmware that takes long is being waited for" within 30 was_reset "$before"
sleep 0.5
took unbind "$bdf"
below "which an unbind ends" 3000 "$elapsed"

unbind "$other"
model 1 set starting_ms=100000
echo 1 >"$PCI/$other/reset"
bind "$other" 2>/dev/null &
binder=$!
sleep 1
check "so is a function that is bound" kill -0 "$binder"
begin=$(now_ms)
model 1 die >/dev/null 2>&1
check "which ends when the function leaves the bus" within 30 ends "$binder"
below "at once" 3000 $(($(now_ms) - begin))
equal "and it has no driver" none "$(bound "$PCI/$other")"
finish
