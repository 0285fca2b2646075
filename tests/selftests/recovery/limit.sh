#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx
#
# A function that dies again and again is given up, until it is bound anew.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash

bdf=$(functions)

dies_and_returns() {
	mark
	model 0 health fatal && within 15 logged 'firmware is dead' && within 30 back "$bdf"
}

plan 16
equal "it is healthy" up "$(state "$bdf")"
for n in 1 2 3; do
	check "death $n is recovered" dies_and_returns
done
equal "three recoveries are counted" 3 "$(sed -n 's/^recoveries //p' "/sys/kernel/debug/auxcore/$bdf/health")"
mark
check "the fourth death comes" model 0 health fatal
check "it is given up" within 15 logged 'given up: more than 3 recoveries in 600 s'
sleep 3
check "it has no children" no_children "$bdf"
equal "its health says so" "given up" "$(state "$bdf")"
equal "it is still bound" auxcore_mlx5 "$(bound "$PCI/$bdf")"
check "somebody resets it" tee "$PCI/$bdf/reset" <<<1
equal "that changes nothing" "given up" "$(state "$bdf")"
took unbind "$bdf"
below "it unbinds at once" 3000 "$elapsed"
check "it is bound anew" bind "$bdf"
check "and works" within 30 back "$bdf"
check "the modules unload" unload ours
finish
