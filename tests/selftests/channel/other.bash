# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts share in which another driver, the module auxcore_test_vf, uses a function's channel. Sourced after lib.sh,
# in a guest with two functions: $pf has the channel, $vf has the other driver.

mapfile -t bdfs < <(functions)
pf=${bdfs[0]} vf=${bdfs[1]}

# load_other OPTIONS...: load the other driver's module, and let it have its function once it is bound.
load_other() {
	local bus=${pf#*:}
	modprobe auxcore_test_vf "pf_bus=$((16#${bus%%:*}))" "$@" &&
		echo auxcore_test_vf >"$PCI/$vf/driver_override"
}

# pf_driver bind, pf_driver unbind, and vf_driver the same: each function and its driver.
pf_driver() { echo "$pf" >"/sys/bus/pci/drivers/auxcore_mlx5/$1"; }
vf_driver() { echo "$vf" >"/sys/bus/pci/drivers/auxcore_test_vf/$1"; }

# counter NAME: one count of QUERY_ADAPTER, the command that the other driver sends.
counter() { sed -n "s/^opcode=0x0101 \(.* \|\)$1=\([0-9]*\) .*/\2/p" "/sys/kernel/debug/auxcore/$pf/commands"; }

# grown NAME N: whether that count has come to N.
grown() { [ "$(counter "$1")" -ge "$2" ]; }
