#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx,guid=0x1122334455667788,cap.general.driver_version=0 --device connectx,guid=0x1122334455667788,cap.general.driver_version=0
#
# Random calls end in ways the interface knows, the same through both stacks, each on a model of its own, and break nothing.
# A kernel without the stock drivers tries ours alone.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
declare -A index=([upstream]=0 [ours]=1)
node() { echo "/dev/fwctl/$(fwctl_of "${bdfs[${index[$1]}]}")"; }
stacks=(ours)
if has_stack upstream; then stacks=(upstream ours); fi

plan $((7 * ${#stacks[@]} + 2))
echo auxcore_mlx5 >"$PCI/${bdfs[1]}/driver_override"
for stack in "${stacks[@]}"; do
	check "the stack $stack loads" load "$stack" "${bdfs[${index[$stack]}]}"
	for seed in 1 2; do
		fwctl-probe --device "$(node "$stack")" --times fuzz --seed "$seed" --count 3000 >"/tmp/fuzz.$stack.$seed"
		status=$?
		grep 'per minute' "/tmp/fuzz.$stack.$seed" | sed "s/^/# $stack: /"
		sed -i '/per minute/d' "/tmp/fuzz.$stack.$seed"
		equal "every result through $stack is known, seed $seed" 0 "$status"
	done
	check "the device still answers through $stack" fwctl-probe --device "$(node "$stack")" adapter
	if [ "$stack" = ours ]; then check "every name of our modules fits in a backtrace" names_fit; fi
	check "the stack $stack unloads" unload "$stack"
done
check "calls ended in every way the interface knows" test "$(grep -cE '^[0-9]+ [A-Z0-9]+$' /tmp/fuzz.ours.1)" = 8
share=$(sed -n 's/.* reached firmware, \([0-9]*\) %/\1/p' /tmp/fuzz.ours.1)
echo "# $share % of the requests reached firmware"
check "at least 30 % of the requests reached firmware" test "$share" -ge 30
if [ ${#stacks[@]} = 2 ]; then
	for seed in 1 2; do
		check "both stacks give the same results, seed $seed" diff "/tmp/fuzz.upstream.$seed" "/tmp/fuzz.ours.$seed"
	done
fi
equal "none of it is a protocol violation" "0 0" "$(number_of 0 total_violations) $(number_of 1 total_violations)"
finish
