#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx,pages.boot=8,pages.init=32
#
# Firmware that refuses one step of bring-up or of tear-down, or answers one with what cannot be: a clean failure, nothing left
# behind, and a function that works again afterwards.

. tests/selftests/lib.sh

bdf=$(functions)
BAD_PARAM=3

# probe, unbind: give the function to the driver, and take it away.
probe() { echo "$bdf" >/sys/bus/pci/drivers_probe; }
unbind() { echo "$bdf" >/sys/bus/pci/drivers/auxcore_mlx5/unbind; }

# let_go: nobody has the function any more, nor enabled.
let_go() { [ "$(bound "$PCI/$bdf")" = none ] && [ "$(cat "$PCI/$bdf/enable")" = 0 ]; }

# refused_up OPCODE: bring-up without this command ends unbound, and leaves firmware as it was.
refused_up() {
	model 0 "set fail=$1:$BAD_PARAM"
	probe 2>/dev/null
	model 0 "set fail=$1:0"
	let_go && device_clean 0
}

# no_doorbells PAGE: bring-up with a doorbell page that is none ends unbound, says so once, and writes nothing there.
no_doorbells() {
	log_mark
	model 0 "set uar.next=$1"
	probe 2>/dev/null
	let_go && device_clean 0 && [ "$(log | grep -c "page $1 of BAR 0 has no doorbells")" = 1 ]
}

# refused_down OPCODE: tear-down without this command ends, quickly, and asks for nothing that builds on it. A reset of
# the function makes it usable again.
refused_down() {
	probe || return
	model 0 "set fail=$1:$BAD_PARAM"
	took unbind || return
	model 0 "set fail=$1:0"
	let_go && [ "$elapsed" -lt "$(slowly 2000)" ] && [ "$(number_of 0 total_violations)" = 0 ] &&
		echo 1 >"$PCI/$bdf/reset" && device_clean 0
}

up="ENABLE_HCA:0x104 SET_ISSI:0x10b QUERY_PAGES:0x107 MANAGE_PAGES:0x108 ACCESS_REG:0x805 QUERY_HCA_CAP:0x100
	SET_HCA_CAP:0x109 INIT_HCA:0x102 ALLOC_UAR:0x802 CREATE_EQ:0x301 QUERY_ADAPTER:0x101"
down="DESTROY_EQ:0x302 DEALLOC_UAR:0x803 TEARDOWN_HCA:0x103 MANAGE_PAGES:0x108 DISABLE_HCA:0x105"

plan 22
modprobe auxcore_mlx5
echo auxcore_mlx5 >"$PCI/$bdf/driver_override"
for step in $up; do
	check "bring-up without ${step%:*} fails clean" refused_up "${step#*:}"
done
for page in 0 2 8192; do
	check "bring-up with doorbell page $page, which is none, fails clean" no_doorbells "$page"
done
model 0 "set fail=0x10a:$BAD_PARAM"
probe
model 0 "set fail=0x10a:0"
equal "firmware from before QUERY_ISSI is brought up" auxcore_mlx5 "$(bound "$PCI/$bdf")"
unbind
for step in $down; do
	check "tear-down without ${step%:*} ends clean" refused_down "${step#*:}"
done
probe
udevadm settle --timeout=60
equal "the function is bound again" auxcore_mlx5 "$(bound "$PCI/$bdf")"
check "and works" works "$(fwctl_of "$bdf")"
finish
