#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx
#
# Random requests end in ways the interface knows, the same through both stacks, and break nothing. A kernel without the
# stock drivers tries ours alone.

. tests/selftests/lib.sh

stacks=(ours)
if has_stack upstream; then stacks=(upstream ours); fi

plan $((7 * ${#stacks[@]}))
for stack in "${stacks[@]}"; do
	check "the stack $stack loads" load "$stack"
	for seed in 1 2; do
		fwctl-probe fuzz --seed "$seed" --count 3000 >"/tmp/fuzz.$stack.$seed"
		equal "every result through $stack is known, seed $seed" 0 $?
	done
	check "the device still answers through $stack" fwctl-probe adapter
	check "the stack $stack unloads" unload "$stack"
done
check "requests were executed and refused" test "$(grep -cE ' (OK|EMSGSIZE|EBADMSG)$' /tmp/fuzz.ours.1)" = 3
if [ ${#stacks[@]} = 2 ]; then
	for seed in 1 2; do
		check "both stacks give the same results, seed $seed" diff "/tmp/fuzz.upstream.$seed" "/tmp/fuzz.ours.$seed"
	done
fi
equal "none of it is a protocol violation" 0 "$(number_of 0 total_violations)"
finish
