#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours, two]: --driver ours --devices 2 connectx,node_desc=fn-%
# guest[ours, eight]: --driver ours --devices 8 connectx,node_desc=fn-%
# guest[upstream, two]: --driver upstream --devices 2 connectx,node_desc=fn-%
# guest[upstream, eight]: --driver upstream --devices 8 connectx,node_desc=fn-%
#
# Many functions in one guest do not mix.

. tests/selftests/lib.sh

stack=$AUXCORE_DRIVER
count=$AUXCORE_DEVICES
mapfile -t bdfs < <(functions)

# Every function's fwctl device must reach that function's model.
descriptions() {
	local bdf
	for bdf in "${bdfs[@]}"; do
		fwctl-probe --device "/dev/fwctl/$(fwctl_of "$bdf")" regs NODE_DESC | sed -n 's/.*"\(fn-[0-9]\)".*/\1/p'
	done
}

all_at_once() {
	local bdf pids=() pid status=0
	for bdf in "${bdfs[@]}"; do
		fwctl-probe --device "/dev/fwctl/$(fwctl_of "$bdf")" load --threads 4 --repeat 8 >"/tmp/load.$bdf" 2>&1 &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid" || status=1; done
	[ "$(grep -h '32 requests: 32 OK;' /tmp/load.* | wc -l)" = "$count" ] || status=1
	[ "$status" = 0 ] || cat /tmp/load.*
	return "$status"
}

plan 7
equal "the guest has that many functions" "$count" "${#bdfs[@]}"
equal "every function is bound" "$count" \
	"$(for bdf in "${bdfs[@]}"; do bound "$PCI/$bdf"; done | grep -cx "$(core_driver "$stack")")"
equal "every function has a fwctl device of its own" "$count" "$(fwctl_count)"
equal "every fwctl device reaches its own function" \
	"$(for ((i = 0; i < count; i++)); do echo "fn-$i"; done)" "$(descriptions)"
check "all functions work at the same time" all_at_once
check "nothing of level error is in the log" no_error_logged
check "the stack unloads" unload "$stack"
finish
