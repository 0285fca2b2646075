#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# long
# guest[ours]: --devices 16 connectx,delay_us=20000 --timeout 200
# guest[upstream]: --devices 16 connectx,delay_us=20000 --timeout 300
#
# How long 16 functions with slow firmware take to come up, against one.

. tests/selftests/lib.sh

stack=$1
mapfile -t bdfs < <(functions)
driver=$(core_driver "$stack")

all_bound() {
	local bdf
	for bdf in "$@"; do [ "$(bound "$PCI/$bdf")" = "$driver" ] || return; done
}
# come_up_with BDF...: load the driver for these functions alone.
come_up_with() {
	local bdf
	for bdf in "${bdfs[@]}"; do echo none >"$PCI/$bdf/driver_override"; done
	for bdf in "$@"; do echo "$driver" >"$PCI/$bdf/driver_override"; done
	modprobe "$driver" && within 100 all_bound "$@"
}

plan 3
took come_up_with "${bdfs[0]}"
one=$elapsed
check "one function is bound" all_bound "${bdfs[0]}"
udevadm settle --timeout=60
check "the stack unloads" unload "$stack"
took come_up_with "${bdfs[@]}"
check "sixteen functions are bound" all_bound "${bdfs[@]}"
echo "# one function: $one ms; sixteen: $elapsed ms"
finish
