#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx --device connectx --device connectx
#
# A device that vanishes while commands run, while nothing runs, and while its driver unbinds.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
node=/dev/fwctl/$(fwctl_of "${bdfs[0]}")
pci_driver=/sys/bus/pci/drivers/auxcore_mlx5

# The model dies without an answer to this line, so the result of `model` says nothing.
die() { model "$1" die >/dev/null 2>&1; }
gone() { [ "$(od -An -N2 -tx1 "$PCI/$1/config" | tr -d ' ')" = ffff ]; }
childless() { [ -z "$(fwctl_of "$1")" ]; }
unbind() { echo "$1" >"$pci_driver/unbind"; }

plan 16
check "eight files open" start_load victims --device "$node" load --threads 8 --linger
model 0 set stall=1
load_go victims
check "eight requests are under way" within 60 hanging victims 8
begin=$(now_ms)
die 0
check "every request ends with ENXIO" load_reads victims 60 '8 requests: 8 ENXIO;*'
elapsed=$(($(now_ms) - begin))
echo "# the requests ended $elapsed ms after the device died"
below "they end within a second" 1000 "$elapsed"
load_reads victims 60 'done'
check "the dead function loses its children" within 10 childless "${bdfs[0]}"
load_go victims
check "later requests on the open files say ENODEV" load_reads victims 30 '8 afterwards: 8 ENODEV;*'
below "and say so at once" 100 "$(load_longest victims)"
refuse "a device that is gone cannot be opened" fwctl-probe --device "$node" info
check "the files on the dead device close" load_end victims
took unbind "${bdfs[0]}"
below "a dead function unbinds within five seconds" 5000 "$elapsed"

die 1
check "the second device is gone" within 10 gone "${bdfs[1]}"
took unbind "${bdfs[1]}"
below "a function that died unnoticed unbinds within five seconds" 5000 "$elapsed"

model 2 set die_after=2
took unbind "${bdfs[2]}"
below "a function that dies during its unbind is unbound within five seconds" 5000 "$elapsed"
check "the third device is gone" within 10 gone "${bdfs[2]}"
equal "nothing is bound any more" "none none none" "$(for bdf in "${bdfs[@]}"; do bound "$PCI/$bdf"; done | xargs)"
check "the modules unload" unload ours
finish
