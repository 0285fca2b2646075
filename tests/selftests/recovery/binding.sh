#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx
#
# Firmware dies while consumers bind and unbind: one of the orders happens, and the function works after it.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash

bdf=$(functions)
model 0 set delay_us=2000

consumers_come_and_go() {
	local n
	for ((n = 0; n < 12; n++)); do
		rmmod auxcore_fwctl
		modprobe auxcore_fwctl
	done
}

round() {
	consumers_come_and_go 2>/dev/null &
	local storm=$!
	sleep "0.$((RANDOM % 5))"
	model 0 health fatal
	wait "$storm"
	modprobe auxcore_fwctl
	within 30 back "$bdf"
}

plan 6
mark
for n in 1 2 3; do
	check "death $n among binds is recovered" round
done
check "nothing was given up" eval '! log | grep "given up"'
check "no state outlived its generation" eval '! log | grep "still in use"'
check "the modules unload" unload ours
finish
