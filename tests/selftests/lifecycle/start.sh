#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver none --device connectx,absent_ms=1000,starting_ms=1000 --device connectx
#
# Firmware that takes its time: after power-on, and after each reset, registers do not answer for a while, and then they say
# that firmware is starting. A driver touches nothing until it has started, and does not wait for what has left the bus.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash

mapfile -t bdfs < <(functions)
bdf=${bdfs[0]} other=${bdfs[1]}
starts() { load "$1" && within 30 back "$bdf"; }
ends() { ! kill -0 "$1" 2>/dev/null; }

stacks=(ours)
if has_stack upstream; then stacks=(upstream ours); fi
plan $((11 + 3 * ${#stacks[@]}))
for stack in "${stacks[@]}"; do
	took starts "$stack"
	check "$stack: firmware that takes two seconds to start is waited for" back "$bdf"
	check "$stack: for as long as it takes" test "$elapsed" -ge 2000
	equal "$stack: and nothing was written before" 0 "$(number_of 0 total_violations)"
	if [ "$stack" = upstream ]; then
		unload "$stack"
		echo 1 >"$PCI/$bdf/reset"
	fi
done

log_mark
model 0 health fatal
check "firmware dies" within 30 logged "firmware is dead"
check "and is waited for again" within 30 back "$bdf"
check "in one recovery" within 30 logged recovered 1
equal "which did not fail once" "" "$(log | grep 'recovery failed\|given up')"

model 0 set starting_ms=100000
log_mark
model 0 health fatal
check "firmware dies that will take long" within 30 logged "firmware is dead"
sleep 4
equal "and is being recovered" recovering "$(state "$bdf")"
took unbind "$bdf"
below "an unbind does not wait for it" 3000 "$elapsed"

unbind "$other"
model 1 set starting_ms=100000
echo 1 >"$PCI/$other/reset"
bind "$other" 2>/dev/null &
binder=$!
sleep 1
check "a function that is bound is waited for" kill -0 "$binder"
begin=$(now_ms)
model 1 die >/dev/null 2>&1
check "which ends when the function leaves the bus" within 30 ends "$binder"
below "at once" 3000 $(($(now_ms) - begin))
equal "and it has no driver" none "$(bound "$PCI/$other")"
finish
