#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx --device connectx --device connectx,drop=1 --device connectx,delay_us=20000 --timeout 400
# violation left_enabled: a function whose firmware swallows a command is given up without being disabled
#
# Commands that firmware swallows or answers late: who waits learns it at the documented deadline, and nobody else is
# touched. The deadlines are 60 s, so the cases run side by side.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
pci_driver=/sys/bus/pci/drivers/auxcore_mlx5

claim_by_override() {
	echo auxcore_mlx5 >"$PCI/$1/driver_override"
	echo "$1" >/sys/bus/pci/drivers_probe
}

timed() {
	local name=$1 begin
	shift
	begin=$(now_ms)
	"$@" >"/tmp/$name.out" 2>&1
	echo "$(($(now_ms) - begin)) $?" >"/tmp/$name"
}
milliseconds() { cut -d' ' -f1 "/tmp/$1"; }
between() { [ "$3" -ge "$1" ] && [ "$3" -lt "$2" ]; }

plan 17
check "the module loads" modprobe auxcore_mlx5
for i in 0 1 3; do claim_by_override "${bdfs[i]}"; done
udevadm settle --timeout=60
node=/dev/fwctl/$(fwctl_of "${bdfs[0]}")
equal "three functions come up, one of them slow" 3 "$(fwctl_count)"

# A swallowed bring-up.
timed bringup claim_by_override "${bdfs[2]}" &
bringup=$!
# A swallowed command, and then the unbind of the core.
check "a file opens on the second function" start_load lost1 --device "/dev/fwctl/$(fwctl_of "${bdfs[1]}")" load --threads 1
model 1 set drop=1
load_go lost1
check "its request hangs" within 20 hanging lost1 1
timed teardown eval "echo ${bdfs[1]} >$pci_driver/unbind" &
teardown=$!
check "the unbind ends it with ENODEV" load_reads lost1 30 '1 requests: 1 ENODEV;*'

# A swallowed command that is waited for.
check "a file opens on the first function" start_load lost0 --device "$node" load --threads 1
model 0 set drop=1
load_go lost0
check "its request hangs, too" within 20 hanging lost0 1
check "others go on beside it" grep -q '640 requests: 640 OK;' <<<"$(fwctl-probe --device "$node" load --threads 16 --repeat 40)"
# It wakes to look after the device, so that one look may meet it running.
check "it still hangs: no other reply was taken for its own" within 5 hanging lost0 1

slow=/dev/fwctl/$(fwctl_of "${bdfs[3]}")
check "a slow firmware serves 32 requests" grep -q '32 requests: 32 OK;' <<<"$(fwctl-probe --device "$slow" load --threads 32)"

check "the lost request ends with ETIMEDOUT" load_reads lost0 90 '1 requests: 1 ETIMEDOUT;*'
check "after 60 seconds" between 60000 $((60000 + $(slowly 5000))) "$(load_longest lost0)"
check "the function works on after it" works "$(basename "$node")"
wait "$bringup" "$teardown"
check "a bring-up whose command is lost ends after 60 seconds" between 59000 $((60000 + $(slowly 6000))) "$(milliseconds bringup)"
equal "and leaves the function alone" none "$(bound "$PCI/${bdfs[2]}")"
check "a tear-down behind a lost command ends after 60 seconds" between 1 $((60000 + $(slowly 6000))) "$(milliseconds teardown)"
load_end lost0
load_end lost1
# The first function still waits for its lost command; a device that is gone ends that.
model 0 die >/dev/null 2>&1
check "the modules unload" unload ours
finish
