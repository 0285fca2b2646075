#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host: guests
#
# The sleep of the machine: consumers first, then the function; a new generation with new children afterwards. And a
# sleep that a consumer refuses: who was told before takes it back.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash

# The guest switches itself off, so there is no status of its command.
boot 180 --device connectx,cap.general.eth_net_offloads=1,cap.general.nic_flow_table=1,cap.general.roce=1 \
	--device pci-testdev --driver ours --console --trace -- bash tests/selftests/bus/sleep.guest.bash

# between FROM TO: the lines of the kernel's log between two marks of the guest's half.
between() { sed -n "/sleep: $1/,/sleep: $2/p" <<<"$ERR"; }
# told VENDOR FROM TO: what the function's driver, "core", and those of its children said in between.
told() {
	between "$2" "$3" | sed -nE -e "s/.* auxcore_$1\.([a-z]+)\.[0-9]+: ([a-z ]+)\r*$/\1 \2/p" \
		-e "s/.* auxcore_$1 [0-9a-f:.]+: ([a-z ]+)\r*$/core \1/p" | paste -sd,
}
said() { grep -q "sleep: $1" <<<"$ERR"; }
times() { grep -c "$1" <<<"$ERR"; }

asleep="down while the machine sleeps"

plan 21
check "the guest comes to its end" said end
refuse "its kernel reports no fault" [ "$STATUS" = 120 ]
check "fwctl works before the sleep" said "works before"
check "the machine freezes and thaws" said thawed
equal "nobody is told of that" "" "$(told mlx5 freezer thawed)$(told null freezer thawed)"

check "a consumer keeps the machine awake" said "refused mlx5"
equal "the consumer that was told before resumes" "rdma suspended,netdev refuses to sleep,rdma resumed" \
	"$(told mlx5 "refusal mlx5" "works awake mlx5")"
check "fwctl works after that" said "works awake mlx5"
check "a consumer beside a nested function keeps the machine awake" said "refused null"
equal "the nested function that was told before resumes" "part $asleep,netdev refuses to sleep,part up again" \
	"$(told null "refusal null" "works awake null")"
check "it works after that" said "works awake null"

for round in 1 2; do
	check "the machine sleeps and wakes up ($round)" said "awake $round"
	equal "the consumer is told, unbound and bound again ($round)" \
		"rdma suspended,netdev suspended,rdma unbound,netdev unbound,core $asleep,core up again,netdev bound,rdma bound" \
		"$(told mlx5 "sleep $round" "works after $round")"
	equal "a nested function is told before the one above it ($round)" \
		"part $asleep,netdev suspended,netdev unbound,core $asleep,core up again,netdev bound" \
		"$(told null "sleep $round" "works after $round")"
	check "fwctl and the nested function work after the sleep ($round)" said "works after $round"
done
# The last stop is the one before the machine is switched off. A sleep that was refused stops nothing.
equal "firmware was stopped and started each time" "3 3" "$(times ' TEARDOWN_HCA') $(times ' INIT_HCA')"
check "no child is added while the machine sleeps" eval '! grep -q "should not be sleeping" <<<"$ERR"'
finish
