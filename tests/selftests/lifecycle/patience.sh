#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx,disabled_at_rest=1,delay_us=0x104:300000,delay_us=0x105:300000,pages.boot=8 --device connectx,embedded_cpu=1 --device rtl8139
#
# What devices do that are well: one shows its interface as disabled until it is enabled, which takes a while, and takes its
# time to return pages. And what is no function for this driver: one for the cores on the card, where function 0 of a command
# is another's, and one whose registers are ports.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
probe() { echo "$1" >/sys/bus/pci/drivers_probe; }
unbind() { echo "$1" >/sys/bus/pci/drivers/auxcore_mlx5/unbind; }

plan 12
modprobe auxcore_mlx5
for bdf in "${bdfs[@]}"; do
	echo auxcore_mlx5 >"$PCI/$bdf/driver_override"
done
probe "${bdfs[0]}"
equal "a function is brought up that is shown as disabled until then" auxcore_mlx5 "$(bound "$PCI/${bdfs[0]}")"
udevadm settle --timeout=60
check "and works" works "$(fwctl_of "${bdfs[0]}")"
log_mark
unbind "${bdfs[0]}"
check "and is taken down, though it is shown as disabled before it says that it is" device_clean 0
equal "of which nobody says anything" "" "$(log | grep -i 'fail\|dead\|disabled')"

probe "${bdfs[0]}"
model 0 "set pages.reluctance=20"
log_mark
unbind "${bdfs[0]}"
equal "firmware that has no page to return is asked again" 0 "$(model 0 'get pages.reluctance')"
check "until it has returned them all" device_clean 0
equal "of which nobody says anything either" "" "$(log | grep -i 'fail\|dead')"
probe "${bdfs[0]}"
model 0 "set pages.reluctance=1000000"
took unbind "${bdfs[0]}"
model 0 "set pages.reluctance=0"
check "one that never returns any is left after five seconds" test "$elapsed" -ge 5000 -a "$elapsed" -lt "$(slowly 8000)"
says "which is told" 'taking pages back failed' log

log_mark
probe "${bdfs[1]}" 2>/dev/null
says "a function for the cores on the card is refused" 'for the cores on the card' log
equal "and was asked nothing" "none 0" "$(bound "$PCI/${bdfs[1]}") $(model 1 'commands 100' | grep -c '_')"

foreign=$(lspci -Dn -d 10ec:8139 | cut -d" " -f1)
# The null vendor looks at no register and needs no interrupt.
modprobe auxcore_null
echo auxcore_null >"$PCI/$foreign/driver_override"
probe "$foreign" 2>/dev/null
equal "a device whose registers are ports is left alone" none "$(bound "$PCI/$foreign")"
rmmod auxcore_null
finish
