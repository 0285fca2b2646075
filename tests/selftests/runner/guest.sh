#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host:
#
# What the guest looks like from inside: the tree, the devices, the driver stack that was chosen and only that.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash

guest() {
	run tools/guest --timeout 90 "$@"
}

tree_is_read_only() {
	guest --driver none -- sh -c "pwd; cmp Makefile '$PWD/Makefile' && ! touch x 2>/dev/null && ! touch '$PWD/x' 2>/dev/null"
	[ "$OUT" = "$PWD" ] && ended 0
}

has_tools() {
	guest --driver none -- sh -c 'for p in devlink ethtool lspci strace capsh setpriv udevadm modprobe busybox; do
		command -v $p >/dev/null || { echo "$p is missing" >&2; exit 1; }; done'
	ended 0
}

has_stream_links() {
	guest --driver none -- bash -c 'cat <(echo one) /dev/fd/0 </dev/null; echo two >/dev/stdout; echo three >/dev/stderr'
	[ "$OUT" = $'one\ntwo' ] && ended 0 three
}

stock_devices() {
	guest --device edu --device pci-testdev --driver none -- sh -c 'lspci -n -d 1234:11e8; lspci -n -d 1b36:0005'
	ended 0 && [ "$(wc -l <<<"$OUT")" -eq 2 ]
}

nothing_loaded() {
	guest --device edu --driver none -- sh -c 'sleep 1; cat /proc/modules'
	ended 0 && [ -z "$OUT" ]
}

upstream_loaded() {
	guest --driver upstream -- sh -c 'cut -d" " -f1 /proc/modules'
	ended 0 && grep -qx mlx5_core <<<"$OUT" && ! grep -q -e auxcore -e mlx5_ib <<<"$OUT"
}

autoload_is_off() {
	# The modalias of a ConnectX function resolves to mlx5_core, and still nothing is loaded by it.
	guest --driver none -- sh -c 'modprobe -b pci:v000015B3d00001021sv0sd0bc02sc00i00; cat /proc/modules
		modprobe -R pci:v000015B3d00001021sv0sd0bc02sc00i00 >&2'
	ended 0 mlx5_core && [ -z "$OUT" ]
}

network_on_request() {
	guest --driver none --net user -- sh -c 'ip -4 -br address show eth0'
	ended 0 && [[ $OUT == *10.0.2.15/24* ]] || return 1
	guest --driver none -- sh -c 'ls /sys/class/net'
	ended 0 && [ "$OUT" = lo ]
}

background_processes_end() {
	guest --driver none -- sh -c 'setsid sleep 1000 & echo done'
	ended 0 && [ "$OUT" = "done" ]
}

silent_end() {
	guest --driver none -- sh -c 'busybox poweroff -f; sleep 30'
	ended 122 "without telling how"
}

plan 10
check "the tree is at its own path, read-only, and the working directory" tree_is_read_only
check "the programs that tests need are there" has_tools
check "a process finds its own streams below /dev" has_stream_links
check "stock devices appear behind their ports" stock_devices
check "--driver none loads nothing" nothing_loaded
check "--driver upstream loads mlx5_core and not mlx5_ib" upstream_loaded
check "no driver comes by the modalias of the function" autoload_is_off
check "there is a network card only on request" network_on_request
check "what the command leaves running does not hold up the end" background_processes_end
check "a guest that goes down by itself has a status of its own" silent_end
finish
