#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tests/bench/calls.sh STACK ROUNDS: what programs do, and a probe; tools/bench/bench runs it with instructions counted and
# without.

. tests/selftests/lib.sh

stack=$1 rounds=$2
bdf=$(functions)
driver=$(core_driver "$stack")
cat /proc/kallsyms >"$AUXCORE_SCRATCH/kallsyms"

for ((round = 0; round < rounds; round++)); do
	bench-guest --name rpc-16 --count 200 rpc 16
	bench-guest --name rpc-4096 --count 100 rpc 4096
	bench-guest --name rpc-65536 --count 30 rpc 65536
	bench-guest --name rpc-2097152 --count 5 rpc 2097152
	bench-guest --name open --count 50 open
done

# A probe with all modules loaded, until the fwctl device is there; the first one only warms up.
commands() { number_of 0 total_commands; }
names=(warm)
for ((round = 0; round < rounds; round++)); do names+=(probe); done
for name in "${names[@]}"; do
	echo "$bdf" >"/sys/bus/pci/drivers/$driver/unbind"
	udevadm settle
	before=$(commands)
	bench-guest --name "$name" --count 1 up --driver "$driver" -- sh -c "echo $bdf >/sys/bus/pci/drivers/$driver/bind"
	echo "fact $name.commands $(($(commands) - before))"
	udevadm settle
done

# The modules that serve fwctl.
modules=()
for module in auxbus auxcore auxcore_mlx5 auxcore_fwctl mlx5_core mlx5_fwctl; do
	if loaded "$module"; then modules+=("$module"); fi
done
mapfile -t files < <(for module in "${modules[@]}"; do modinfo -n "$module"; done)
echo "fact modules.text $(bench-guest text "${files[@]}")"
echo "fact modules.bytes $(for module in "${modules[@]}"; do cat "/sys/module/$module/coresize"; done | awk '{ sum += $1 } END { print sum }')"
