#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host: guests
#
# The sleep of the machine: consumers first, then the function; a new generation with new children afterwards.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash

# The guest switches itself off, so there is no status of its command.
boot 120 --device connectx,cap.general.eth_net_offloads=1,cap.general.nic_flow_table=1 --driver ours \
	--console --trace -- bash tests/selftests/bus/sleep.guest.bash

# between FROM TO: the lines of the kernel's log between two marks of the guest's half.
between() { sed -n "/sleep: $1/,/sleep: $2/p" <<<"$ERR"; }
# told FROM TO: what the netdev consumer was told in between.
told() { between "$1" "$2" | sed -n 's/.*auxcore_test_netdev[^:]*: \([a-z ]*\)\r*$/\1/p' | xargs -d '\n'; }
said() { grep -q "sleep: $1" <<<"$ERR"; }
times() { grep -c "$1" <<<"$ERR"; }

plan 12
check "the guest comes to its end" said end
check "fwctl works before the sleep" said "works before"
check "the machine freezes and thaws" said thawed
equal "no consumer is told of that" "" "$(told freezer thawed)"
for round in 1 2; do
	check "the machine sleeps and wakes up ($round)" said "awake $round"
	equal "the consumer is told, unbound and bound again ($round)" "suspended unbound bound" "$(told "sleep $round" "works after $round")"
	check "fwctl works after the sleep ($round)" said "works after $round"
done
# The last stop is the one before the machine is switched off.
equal "firmware was stopped and started each time" "3 3" "$(times ' TEARDOWN_HCA') $(times ' INIT_HCA')"
check "no child is added while the machine sleeps" eval '! grep -q "should not be sleeping" <<<"$ERR"'
finish
