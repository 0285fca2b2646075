#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tests/bench/sixteen.sh STACK: how long 16 functions with slow firmware take to come up, against one.

. tests/selftests/lib.sh

stack=$1
driver=$(core_driver "$stack")
mapfile -t bdfs < <(functions)

# come_up_with NAME BDF...: load the driver for these functions alone, with all that it uses loaded before.
come_up_with() {
	local name=$1 bdf
	shift
	for bdf in "${bdfs[@]}"; do echo none >"$PCI/$bdf/driver_override"; done
	modprobe "$driver"
	modprobe "$(fwctl_driver "$stack")"
	rmmod "$(fwctl_driver "$stack")" "$driver"
	for bdf in "$@"; do echo "$driver" >"$PCI/$bdf/driver_override"; done
	bench-guest --name "$name" --count 1 up --driver "$driver" --functions $# -- modprobe "$driver"
}

one=$(come_up_with sixteen-one "${bdfs[0]}" | awk '$1 == "ns" { print int($2 / 1000000) }')
udevadm settle --timeout=60
unload "$stack"
all=$(come_up_with sixteen-all "${bdfs[@]}" | awk '$1 == "ns" { print int($2 / 1000000) }')
echo "fact sixteen.one $one"
echo "fact sixteen.all $all"
awk -v one="$one" -v all="$all" 'BEGIN { print "fact sixteen.factor", all / one }'
