#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --device connectx
# guest[upstream]: --device connectx
#
# Files that are open when the device goes: every later call says ENODEV, and nothing of them holds the device up.

. tests/selftests/lib.sh

stack=$1
bdf=$(functions)
pci_driver=/sys/bus/pci/drivers/$(core_driver "$stack")

unbind_core() { echo "$bdf" >"$pci_driver/unbind"; }
back_unbind_core() { echo "$bdf" >"$pci_driver/bind"; }
unbind_consumer() {
	child=$(fwctl_child "$stack")
	consumer=$(readlink -f "$AUX/$child/driver")
	echo "$child" >"$consumer/unbind"
}
back_unbind_consumer() { echo "$child" >"$consumer/bind"; }
remove_function() { echo 1 >"$PCI/$bdf/remove"; }
back_remove_function() { echo 1 >/sys/bus/pci/rescan; }
remove_modules() { unload "$stack"; }
back_remove_modules() { load "$stack"; }


plan 33
check "the stack loads" load "$stack"
for way in unbind_consumer unbind_core remove_function remove_modules; do
	node=/dev/fwctl/$(fwctl_of "$bdf")
	check "$way: eight files open" start_load files --device "$node" load --threads 8 --linger
	load_go files
	check "$way: requests on all of them succeed before" load_reads files 60 '8 requests: 8 OK;*'
	load_reads files 60 'done'
	check "$way: it ends with the files open" "$way"
	check "$way: the contexts of the open files are destroyed" within 20 no_contexts 0
	load_go files
	check "$way: every request says ENODEV afterwards" load_reads files 60 '8 afterwards: 8 ENODEV;*'
	refuse "$way: the old node does not open" eval "exec 9<>$node"
	check "$way: the files close" load_end files
	"back_$way"
	udevadm settle --timeout=60
	check "$way: the device comes back and works" works "$(fwctl_of "$bdf")"
done
finish
