#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx,die_after=2 --device connectx,die_after=6 --device connectx,die_after=12 --device connectx
#
# Devices that vanish in the middle of bring-up, each at another command.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
last=${bdfs[-1]}

plan 6
equal "the guest has four functions" 4 "${#bdfs[@]}"
took load ours
echo "# loading with three dying devices took $elapsed ms"
below "bring-up ends within two seconds for each device that dies" 8000 "$elapsed"
equal "no function whose device died is bound" "none none none" \
	"$(for bdf in "${bdfs[@]:0:3}"; do bound "$PCI/$bdf"; done | xargs)"
equal "the one whose device lives is bound" auxcore_mlx5 "$(bound "$PCI/$last")"
check "and works" works "$(fwctl_of "$last")"
check "the modules unload" unload ours
finish
