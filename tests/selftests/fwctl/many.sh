#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# long
# guest: --device pci-testdev --device pci-testdev --mem 2G --timeout 1200 --append sysctl.kernel.hung_task_timeout_secs=600
#
# As many fwctl devices as the subsystem takes: the next one fails and harms nobody, minors are used again, and nothing is
# left when all are gone.

. tests/selftests/lib.sh

most=4096
each=2049
driver=/sys/bus/auxiliary/drivers/auxcore_fwctl.auxcore_fwctl

# Counted without a program for each.
devices() { local all=(/sys/class/fwctl/fwctl*); [ -e "${all[0]}" ] && echo ${#all[@]} || echo 0; }
children() { local all=("$AUX"/auxcore.fwctl.*); [ -e "${all[0]}" ] && echo ${#all[@]} || echo 0; }
nodes() { find /dev/fwctl -mindepth 1 | wc -l; }
orphans() {
	local child
	for child in "$AUX"/auxcore.fwctl.*; do [ -e "$child/driver" ] || basename "$child"; done
}
are() { [ "$("$1")" = "$2" ]; }
binds() { tee "$driver/bind" <<<"$1"; }
opens() { (exec 9<>"/dev/fwctl/$1") 2>/dev/null; }
slab_kib() { echo 3 >/proc/sys/vm/drop_caches; sed -n 's/^SUnreclaim: *\([0-9]*\) kB/\1/p' /proc/meminfo; }
# kept_little: the slab holds hardly more than before the round.
kept_little() { [ $(($(slab_kib) - before)) -lt "$(slowly 512)" ]; }
up() { modprobe auxcore_null "ports=0" "fwctls=$each"; }
down() { rmmod auxcore_test_orders auxcore_test_ports 2>/dev/null; rmmod auxcore_null; }

plan 31
modprobe auxcore_fwctl
# Thousands of events that nobody acts on would stay in the kernel's memory for udev; the kernel makes the nodes itself.
udevadm control --exit
# Caches have grown when the third begins, and what is released late is gone.
for round in 1 2 3; do
	sleep "$(slowly 1)"
	before=$(slab_kib)
	took check "round $round: two functions with $each fwctl children each come up" up
	echo "# $((2 * each)) children in $elapsed ms"
	check "round $round: there are $most fwctl devices" within 300 are devices "$most"
	equal "round $round: and a node for each" "$most" "$(nodes)"
	equal "round $round: every child is there" $((2 * each)) "$(children)"
	mapfile -t left < <(orphans)
	equal "round $round: two of them have no device" 2 "${#left[@]}"
	check "round $round: the first device and the last open" eval 'opens fwctl0 && opens fwctl4095'
	if [ "$round" = 1 ]; then
		victim=$(basename "$(echo "$AUX"/auxcore.fwctl.*/fwctl/fwctl77 2>/dev/null | cut -d' ' -f1 | sed 's|/fwctl/.*||')")
		[ -e "$AUX/$victim" ] || victim=auxcore.fwctl.77
		refuse "one more cannot be bound" binds "${left[0]}"
		echo "$victim" >"$driver/unbind"
		equal "a device goes" $((most - 1)) "$(devices)"
		# The debug kernel releases an object, and so its number, some seconds late.
		check "now one more binds" within 20 binds "${left[0]}"
		equal "and takes the number that is free" "$most" "$(devices)"
		refuse "and for the one that went there is no place" binds "$victim"
	fi
	took check "round $round: all go" down
	echo "# gone in $elapsed ms"
	equal "round $round: no device is left" "0 0" "$(devices) $(children)"
done
check "what the third round leaves is less than 512 KiB, 128 bytes for each child" within 20 kept_little
echo "# unreclaimable slab: $before kB before the third round, $(slab_kib) kB after"
check "nothing worse than refused probes is in the log" eval '! log | grep -E "^[a-z]+ *:(err|crit|alert|emerg) *:" | grep -v "probe with driver auxcore_fwctl"'
finish
