#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tests/bench/flight.sh: how much of what firmware could do it is given to do, by a client in the kernel and by programs.
#
# Firmware takes 10 ms for a command and does as many side by side as it has slots, so each slot has its limit.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
pf=${bdfs[0]} vf=${bdfs[1]}
bus=${pf#*:}
DELAY_US=10000
FLOW=2800

load ours "$pf"
modprobe auxcore_test_vf "pf_bus=$((16#${bus%%:*}))" flow=$FLOW
echo auxcore_test_vf >"$PCI/$vf/driver_override"
echo "$vf" >/sys/bus/pci/drivers/auxcore_test_vf/bind

# most: how many commands firmware had at the same time, as far as it was seen while the file /tmp/flying is there.
most() {
	local most=0 now
	while [ -e /tmp/flying ]; do
		now=$(($(sed -n 's/^kind=commands .*count=//p' "/sys/kernel/debug/auxcore/$pf/objects")))
		if [ "$now" -gt "$most" ]; then most=$now; fi
		sleep 0.1
	done
	echo "$most"
}
# share MICROSECONDS COMMANDS SLOTS: of what so many slots could have executed in that time.
share() { awk -v us="$1" -v n="$2" -v slots="$3" -v delay="$DELAY_US" 'BEGIN { print n * delay / slots / us }'; }

model 0 set delay_us=$DELAY_US
: >/tmp/flying
most >/tmp/most &
said=$(cat /sys/kernel/debug/auxcore_test_vf/flow)
rm /tmp/flying
wait
echo "# $said"
slots=$(cat /tmp/most)
echo "fact flight.most $slots"
echo "fact flight.share $(share "${said##* }" "$FLOW" "$slots")"

: >/tmp/flying
most >/tmp/most &
said=$(fwctl-probe --device "/dev/fwctl/$(fwctl_of "$pf")" load --threads 48 --repeat 40 | tail -n 1)
rm /tmp/flying
wait
echo "# $said"
slots=$(cat /tmp/most)
said=${said##*last ended at }
echo "fact flight.user $slots"
echo "fact flight.user_share $(share "${said%% *}" $((48 * 40)) "$slots")"
