#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx,cap.general.eth_net_offloads=1,cap.general.nic_flow_table=1,cap.general.roce=1 --device connectx,cap.general.uctx_cap=0,cap.general.roce=1 --device connectx
#
# Which children a function has is what its capabilities say.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
children() { find "$PCI/$1/" -mindepth 1 -maxdepth 1 -name 'auxcore*.*' -printf '%f\n' | LC_ALL=C sort; }
classes() { children "$1" | sed 's/\.[0-9]*$//' | xargs; }
ids() { children "$1" | sed 's/.*\.//' | sort -u | xargs; }
# Functions come up side by side, so which of them has which id is nobody's choice.
all_ids() { local bdf; for bdf in "${bdfs[@]}"; do ids "$bdf"; done | sort -n | xargs; }
drivers() { local child; for child in $(children "$1"); do bound "$PCI/$bdf/$child"; done | xargs; }

plan 13
check "the stack loads" load ours
equal "a function with every capability has three children" \
	"auxcore.fwctl auxcore_mlx5.netdev auxcore_mlx5.rdma" "$(classes "${bdfs[0]}")"
equal "a function without user contexts has no fwctl child" auxcore_mlx5.rdma "$(classes "${bdfs[1]}")"
equal "a function without port capabilities has nothing but fwctl" auxcore.fwctl "$(classes "${bdfs[2]}")"
equal "the children of one function share one id" 1 "$(ids "${bdfs[0]}" | wc -w)"
before=$(all_ids)
equal "no two functions share an id" 3 "$(tr ' ' '\n' <<<"$before" | sort -u | wc -l)"
bdf=${bdfs[0]}
equal "fwctl has its consumer, the others have none" "auxcore_fwctl.auxcore_fwctl none none" "$(drivers "$bdf")"
equal "every child is on the auxiliary bus below its function" \
	"$(children "$bdf" | while read -r child; do readlink -f "$PCI/$bdf/$child"; done)" \
	"$(children "$bdf" | while read -r child; do readlink -f "$AUX/$child"; done)"
equal "the modalias of fwctl names the class and no vendor" auxiliary:auxcore.fwctl \
	"$(sed -n 's/^MODALIAS=//p' "$PCI/$bdf"/auxcore.fwctl.*/uevent)"
for bdf in "${bdfs[@]}"; do
	echo "$bdf" >/sys/bus/pci/drivers/auxcore_mlx5/unbind
done
equal "no child survives the unbind" "" "$(find "$AUX/" -name 'auxcore*.*')"
for bdf in "${bdfs[@]}"; do
	echo "$bdf" >/sys/bus/pci/drivers/auxcore_mlx5/bind
done
udevadm settle --timeout=60
equal "the ids are used again" "$before" "$(all_ids)"
check "nothing of level error is in the log" no_error_logged
check "the stack unloads" unload ours
finish
