#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tests/bench/children.sh STACK: 4096 children added and removed, by ours or by the bus's own calls in a loop of C.

. tests/selftests/lib.sh

cat /proc/kallsyms >"$AUXCORE_SCRATCH/kallsyms"
# Nobody listens: what udev does with the events is not the drivers' cost.
udevadm control --exit
case $1 in
ours)
	for dev in "$PCI"/*; do
		# QEMU's edu device.
		if [ "$(cat "$dev/vendor" "$dev/device" | xargs)" = "0x1234 0x11e8" ]; then bdf=$(basename "$dev"); fi
	done
	modprobe auxcore_test_many
	echo auxcore_test_many >"$PCI/$bdf/driver_override"
	driver=/sys/bus/pci/drivers/auxcore_test_many
	bench-guest --name children --count 3 run -- sh -c "echo $bdf >$driver/bind && echo $bdf >$driver/unbind"
	;;
upstream)
	modprobe bench_children
	bench-guest --name children --count 3 run -- sh -c "echo 4096 >/sys/module/bench_children/parameters/run"
	;;
esac
