#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --device connectx
# guest[upstream]: --device connectx
#
# Loading and unloading, binding and unbinding, as often as one likes.

. tests/selftests/lib.sh

stack=$1
bdf=$(functions)
driver=/sys/bus/pci/drivers/$(core_driver "$stack")

works_alone() { [ "$(fwctl_count)" = 1 ] && works "$(fwctl_of "$bdf")"; }

ten_times() {
	local i
	for i in 1 2 3 4 5 6 7 8 9 10; do
		"$@" || { echo "round $i fails"; return 1; }
	done
}

load_and_unload() { load "$stack" && works "$(fwctl_of "$bdf")" && unload "$stack" && [ "$(fwctl_count)" = 0 ]; }

unbind_and_bind() {
	echo "$bdf" >"$driver/unbind" && [ "$(fwctl_count)" = 0 ] &&
		echo "$bdf" >"$driver/bind" && udevadm settle --timeout=60 && works "$(fwctl_of "$bdf")"
}

unbind_and_bind_consumer() {
	local child consumer
	child=$(fwctl_child "$stack")
	consumer=$(readlink -f "$AUX/$child/driver")
	echo "$child" >"$consumer/unbind" && [ "$(fwctl_count)" = 0 ] &&
		echo "$child" >"$consumer/bind" && udevadm settle --timeout=60 && works "$(fwctl_of "$bdf")"
}

remove_and_rescan() {
	echo 1 >"$PCI/$bdf/remove" && [ ! -e "$PCI/$bdf" ] && [ "$(fwctl_count)" = 0 ] &&
		echo 1 >/sys/bus/pci/rescan && udevadm settle --timeout=60 && works "$(fwctl_of "$bdf")"
}

plan 9
check "the modules load and unload ten times" ten_times load_and_unload
check "unloading leaves nothing in the device" device_clean 0
equal "and nobody has the function enabled" 0 "$(cat "$PCI/$bdf/enable")"
check "the stack loads again" load "$stack"
check "the function unbinds and binds ten times" ten_times unbind_and_bind
check "the consumer unbinds and binds ten times" ten_times unbind_and_bind_consumer
check "the function is removed and found again ten times" ten_times remove_and_rescan
check "nothing of level error is in the log" no_error_logged
check "the stack unloads and leaves nothing in the device" eval "unload $stack && device_clean 0"
finish
