#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[few]: --driver ours --devices 4 connectx
# guest[full]: --driver ours --devices 64 connectx --mem 3G --timeout 3000
#
# Children bound and functions rebound in any order, spread by a seed over all devices, two at a time: afterwards everything
# is as it was before. [few] does it 50 times each, [full] (only with AUXCORE_STRESS=full) 1000 times.

. tests/selftests/lib.sh

case $1 in
few) times=50 ;;
full) times=1000 ;;
esac
SEED=${AUXCORE_SEED:-2026}
core=/sys/bus/pci/drivers/auxcore_mlx5
consumer=/sys/bus/auxiliary/drivers/auxcore_fwctl.auxcore_fwctl
mapfile -t bdfs < <(functions)

child_of() { basename "$PCI/$1"/auxcore.fwctl.*; }

rebind_child() {
	local child
	child=$(child_of "$1")
	echo "$child" >"$consumer/unbind" && echo "$child" >"$consumer/bind"
}

rebind_core() { echo "$1" >"$core/unbind" && echo "$1" >"$core/bind"; }

# storm JOB TIMES: every second function is this job's. In the end the job tells what it has done.
storm() {
	local children=0 cores=0 own=() i bdf
	for ((i = $1; i < ${#bdfs[@]}; i += 2)); do own+=("${bdfs[i]}"); done
	RANDOM=$((SEED + $1))
	while [ $((children + cores)) -lt $((2 * $2)) ]; do
		bdf=${own[RANDOM % ${#own[@]}]}
		if [ "$cores" -eq "$2" ] || { [ "$children" -lt "$2" ] && [ $((RANDOM % 2)) = 0 ]; }; then
			rebind_child "$bdf" || { echo "child of $bdf after $children and $cores"; return 1; }
			children=$((children + 1))
		else
			rebind_core "$bdf" || { echo "core of $bdf after $children and $cores"; return 1; }
			cores=$((cores + 1))
		fi
	done
	echo "$children children $cores cores"
}

storms() {
	local job status=0
	storm 0 $((times / 2)) >/tmp/storm.0 2>&1 &
	job=$!
	storm 1 $((times / 2)) >/tmp/storm.1 2>&1 || status=1
	wait "$job" || status=1
	cat /tmp/storm.0 /tmp/storm.1
	return "$status"
}

# What there is: drivers, children, consumers, fwctl devices, and what firmware has lent.
state() {
	local bdf child i
	for bdf in "${bdfs[@]}"; do echo "$bdf $(bound "$PCI/$bdf")"; done
	for child in "$AUX"/auxcore*; do echo "$(basename "$child") $(bound "$child")"; done
	echo "$(fwctl_count) fwctl devices"
	for i in "${!bdfs[@]}"; do echo "model $i: $(contexts "$i") contexts, $(number_of "$i" pages_held) pages"; done
}

all_work() {
	local bdf
	for bdf in "${bdfs[@]}"; do works "$(fwctl_of "$bdf")" || { echo "$bdf"; return 1; }; done
}

# not_in_use: no module of ours has a user that is not a module.
not_in_use() {
	local module holders status=0
	for module in /sys/module/aux{bus,core}*; do
		[ -e "$module/refcnt" ] || continue
		holders=$(find "$module/holders" -mindepth 1 | wc -l)
		[ "$(cat "$module/refcnt")" = "$holders" ] || { echo "$(basename "$module") is in use"; status=1; }
	done
	return "$status"
}

all_clean() {
	local i
	for i in "${!bdfs[@]}"; do device_clean "$i" || { echo "model $i"; return 1; }; done
}

plan 10
equal "every function is bound and has a fwctl device" "$AUXCORE_DEVICES $AUXCORE_DEVICES" "${#bdfs[@]} $(fwctl_count)"
check "every function works" all_work
check "no module is in use" not_in_use
before=$(state)
log_mark
begin=$SECONDS
check "$times children and $times functions rebind" storms
echo "# seed $SEED, ${#bdfs[@]} devices: $(cat /tmp/storm.? | xargs) in $((SECONDS - begin)) s"
udevadm settle --timeout=60
equal "everything is as it was" "$before" "$(state)"
check "every function works as before" all_work
check "again no module is in use" not_in_use
check "nothing of level error is in the log" no_error_logged
check "the stack unloads" unload ours
check "nothing is left in any device" all_clean
finish
