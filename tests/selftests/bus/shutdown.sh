#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host: guests
#
# The end of the machine with a stack loaded: the consumer is told before its function goes down, and firmware is left clean.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash

boot 300 --device connectx,cap.general.eth_net_offloads=1,cap.general.nic_flow_table=1 --driver ours \
	--keep-loaded --console --trace -- modprobe auxcore_test_netdev

line() { grep -n -m 1 "$1" <<<"$ERR" | cut -d: -f1; }
in_order() {
	local consumer function
	consumer=$(line 'auxcore_test_netdev.*: shut down') function=$(line 'auxcore_mlx5.*: down with the machine')
	echo "consumer in line ${consumer:-none}, function in line ${function:-none}"
	[ -n "$consumer" ] && [ -n "$function" ] && [ "$consumer" -lt "$function" ]
}

plan 4
check "the machine goes down" ended 0
check "the consumer is told before its function" in_order
check "firmware is stopped" grep -q 'TEARDOWN_HCA' <<<"$ERR"
check "no child is unbound on the way" eval '! grep -q "auxcore_test_netdev.*: unbound" <<<"$ERR"'
finish
