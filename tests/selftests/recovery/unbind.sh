#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx --device connectx --device connectx
#
# A recovery that runs is given up at once when the function is unbound, removed, or leaves its bus.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash

mapfile -t bdfs < <(functions)

# recovering INDEX: firmware died, and its next start takes seconds.
recovering() {
	mark
	model "$1" set "delay_us=$(slowly 400000)" && model "$1" health fatal && within 15 logged "${bdfs[$1]}: firmware is dead" || return
	# Past the reset, in the middle of the bring-up.
	within 15 busy "$1"
}
busy() { [ "$(model "$1" commands 3 | grep -cE 'QUERY_ISSI|QUERY_PAGES|MANAGE_PAGES|QUERY_HCA_CAP')" -gt 0 ]; }
remove() { echo 1 >"$PCI/$1/remove"; }
absent() { [ ! -e "$PCI/$1" ]; }

plan 18
check "a recovery runs" recovering 0
took unbind "${bdfs[0]}"
echo "# unbound after $elapsed ms"
below "an unbind does not wait for it" 2000 "$elapsed"
refuse "nothing was recovered" logged ': recovered'
model 0 set delay_us=0
check "the function is bound again" bind "${bdfs[0]}"
check "and works" within 30 back "${bdfs[0]}"

check "a recovery runs on the second function" recovering 1
took remove "${bdfs[1]}"
echo "# removed after $elapsed ms"
below "a removal does not wait for it" 2000 "$elapsed"
check "the function is gone" absent "${bdfs[1]}"
model 1 set delay_us=0
echo 1 >/sys/bus/pci/rescan
check "a rescan finds it" test -e "$PCI/${bdfs[1]}"
check "it works" within 30 back "${bdfs[1]}"
check "firmware found nothing to complain of" no_violation 1

check "a recovery runs on the third function" recovering 2
model 2 die >/dev/null 2>&1
check "a device that leaves its bus meanwhile is not waited for" within 10 logged 'the function is gone'
check "it has no children" no_children "${bdfs[2]}"
took unbind "${bdfs[2]}"
below "it unbinds at once" 2000 "$elapsed"
check "the others work on" all_back "${bdfs[@]:0:2}"
check "no state outlived its generation" eval '! log | grep "still in use"'
check "the modules unload" unload ours
finish
