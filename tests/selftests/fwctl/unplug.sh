#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --device connectx
# guest[upstream]: --device connectx
#
# The device goes, or the consumer's module, while 64 open files each have a request under way. Ours ends them at once with
# ENODEV; upstream lets firmware answer them first. Either way nobody hangs, and nothing is left.

. tests/selftests/lib.sh

stack=$1
bdf=$(functions)
# A request takes this long, and some wait for a slot before.
delay_us=$([ "$stack" = ours ] && slowly 3000000 || slowly 1500000)
ended=$([ "$stack" = ours ] && echo '64 requests: 64 ENODEV;*' || echo '64 requests: 64 OK;*')

remove_function() { echo 1 >"$PCI/$bdf/remove"; }
back_remove_function() { echo 1 >/sys/bus/pci/rescan; }
remove_consumer() { rmmod "$(fwctl_driver "$stack")"; }
back_remove_consumer() { modprobe "$(fwctl_driver "$stack")"; }

plan 23
check "the stack loads" load "$stack"
for way in remove_function remove_consumer; do
	node=/dev/fwctl/$(fwctl_of "$bdf")
	check "$way: 64 files open" start_load files --device "$node" load --threads 64 --linger
	check "$way: a request takes long" model 0 set "delay_us=0x100:$delay_us"
	load_go files
	check "$way: 64 requests are under way" within 60 hanging files 64
	took check "$way: it ends" "$way"
	echo "# $way took $elapsed ms with 64 requests under way"
	check "$way: all 64 end as they should" load_reads files 60 "$ended"
	load_reads files 60 'done'
	load_go files
	check "$way: every later request says ENODEV" load_reads files 60 '64 afterwards: 64 ENODEV;*'
	check "$way: the files close" load_end files
	check "$way: firmware is quick again" model 0 set delay_us=0
	"back_$way"
	come_up "$stack"
	check "$way: the device comes back and works" eval 'within 30 works "$(fwctl_of "$bdf")"'
	check "$way: no context is left" within 30 no_contexts 0
done
check "the stack unloads" unload "$stack"
check "nothing is left in the device" within 20 device_clean 0
finish
