#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx,die_after=1 --device connectx,die_after=2 --device connectx,die_after=5 --device connectx,die_after=9 --device connectx,die_after=14 --device connectx,die_after=18 --device connectx
#
# Devices that vanish in the middle of bring-up, each at another command.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
last=${bdfs[-1]}

plan 7
equal "the guest has seven functions" 7 "${#bdfs[@]}"
took load ours
echo "# loading with six dying devices took $elapsed ms"
below "bring-up ends within two seconds for each device that dies" 14000 "$elapsed"
equal "no function whose device died is bound" "none none none none none none" \
	"$(for bdf in "${bdfs[@]:0:6}"; do bound "$PCI/$bdf"; done | xargs)"
equal "the one whose device lives is bound" auxcore_mlx5 "$(bound "$PCI/$last")"
check "and works" works "$(fwctl_of "$last")"
says "the log names the errno" "probe with driver auxcore_mlx5 failed with error -6" dmesg
check "the modules unload" unload ours
finish
