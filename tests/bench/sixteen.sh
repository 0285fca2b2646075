#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tests/bench/sixteen.sh STACK ROUNDS: how long 16 functions with slow firmware take to come up, against one.

. tests/selftests/lib.sh

stack=$1 rounds=$2
driver=$(core_driver "$stack")
mapfile -t bdfs < <(functions)

# firmware MICROSECONDS: what a command takes from now on.
firmware() { local i; for i in "${!bdfs[@]}"; do model "$i" set delay_us="$1"; done; }

# come_up_with MICROSECONDS BDF...: how many milliseconds the driver needs for these functions alone, from its load on, with
# all that it uses loaded before.
come_up_with() {
	local delay=$1 bdf
	shift
	for bdf in "${bdfs[@]}"; do echo none >"$PCI/$bdf/driver_override"; done
	modprobe "$driver"
	modprobe "$(fwctl_driver "$stack")"
	rmmod "$(fwctl_driver "$stack")" "$driver"
	for bdf in "$@"; do echo "$driver" >"$PCI/$bdf/driver_override"; done
	firmware "$delay"
	bench-guest --name up --count 1 up --driver "$driver" --functions $# -- modprobe "$driver" |
		awk '$1 == "ns" { print $2 / 1000000 }'
	firmware 0
	udevadm settle --timeout=60
	unload "$stack" >&2
}

# best MICROSECONDS BDF...: the shortest of the rounds.
best() {
	local round
	for ((round = 0; round < rounds; round++)); do come_up_with "$@"; done |
		awk '{ if (NR == 1 || $1 < best) best = $1 } END { print best }'
}

for ms in 20 1; do
	one=$(best $((ms * 1000)) "${bdfs[0]}")
	all=$(best $((ms * 1000)) "${bdfs[@]}")
	echo "fact sixteen-$ms.one $one"
	echo "fact sixteen-$ms.all $all"
	awk -v name="sixteen-$ms.factor" -v one="$one" -v all="$all" 'BEGIN { print "fact", name, all / one }'
done
