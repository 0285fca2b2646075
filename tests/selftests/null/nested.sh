#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device pci-testdev
#
# Parts of a function: each has a core device of its own, with what a function has, and none lives longer than the function.

. tests/selftests/lib.sh

parts() { find "$AUX" -name 'auxcore_null.part.*' | sort; }
files() { find /sys/kernel/debug -maxdepth 1 -name 'auxcore_null.orders.*' | sort; }
count() { [ "$(files | wc -l)" = "$1" ]; }
# file_of DIRECTORY: the file of the orders child directly below a device.
file_of() { echo "/sys/kernel/debug/$(basename "$1"/auxcore_null.orders.*)"; }
works() { echo answer 77 >"$(file_of "$1")" && [ "$(cat "$(file_of "$1")")" = 77 ]; }
all_work() { local dev; for dev in "$function" $(parts); do works "$dev" || return; done; }
dies() { ! echo die >"$(file_of "$1")"; }
driver=/sys/bus/auxiliary/drivers/auxcore_null.auxcore_null

function=$PCI/$(lspci -Dn -d 1b36:0005 | cut -d' ' -f1)

plan 13
check "a function with four parts comes up" modprobe auxcore_null parts=4
check "each part has its own child, and so has the function" within 30 count 5
equal "parts are told apart by their number" "100 101 102 103" "$(cat "$AUX"/auxcore_null.part.*/sfnum | sort -n | xargs)"
equal "the parts are below the function" 4 "$(find "$function/" -maxdepth 1 -name 'auxcore_null.part.*' | wc -l)"
check "firmware of all answers" all_work
equal "no part offers fwctl" "" "$(find "$AUX/" -name 'auxcore.fwctl.*')"
first=$(parts | head -n 1)
check "firmware of a part dies" dies "$first"
check "the part recovers, and the others have not noticed" within 20 all_work
echo "$(basename "$first")" >"$driver/unbind"
check "a part that is unbound has no children" within 10 count 4
echo "$(basename "$first")" >"$driver/bind"
check "and has them again when it is bound" within 20 all_work
dies "$function"
check "the death of the function takes the parts along, and all come back" within 30 all_work
echo "$(basename "$function")" >/sys/bus/pci/drivers/auxcore_null/unbind
check "nothing is left of a function that is unbound" [ -z "$(files)$(parts)" ]
check "the modules unload" rmmod auxcore_test_orders auxcore_test_ports auxcore_null
finish
