#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[one]: --driver ours --device connectx
# guest[eight]: --driver ours --devices 8 connectx
#
# Firmware dies while 64 programs wait for it: all are told at once, and everything comes back.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash

count=$AUXCORE_DEVICES
mapfile -t bdfs < <(functions)
threads=$((64 / count))

each() { local i; for ((i = 0; i < count; i++)); do "$@" "$i" || return; done; }
open_files() { start_load "fn$1" --device "/dev/fwctl/$(fwctl_of "${bdfs[$1]}")" load --threads "$threads" --linger; }
go() { load_go "fn$1"; }
stall() { model "$1" set stall=1; }
wait_for_firmware() { within 30 hanging "fn$1" "$threads"; }
# A reset mends firmware that died; the stall must not outlive it.
die() { model "$1" health fatal && model "$1" set stall=0; }
told() {
	load_reads "fn$1" 30 "$threads requests: $threads ENXIO;*" || return
	# Ends of the first and of the last request.
	load_ends "fn$1" | sed -n '1p;$p' | xargs >>/tmp/spread
	local died
	died=$(dead_ms "${bdfs[$1]}") && told_after "fn$1" "$died" >>/tmp/told
}
stale() { load_reads "fn$1" 30 "done" && go "$1" && load_reads "fn$1" 30 "$threads afterwards: $threads ENODEV;*"; }
close_files() { load_end "fn$1"; }
spread() { awk '{ d = $2 - $1; if (d > most) most = d } END { print int(most / 1000) + 1 }' /tmp/spread; }

plan 15
check "the deaths of channels are traced" trace_deaths
check "64 programs have files open" each open_files
check "firmware stops taking commands" each stall
each go
check "all programs wait" each wait_for_firmware
mark
check "firmware dies" each die
check "every program is told ENXIO" each told
ended=$(now_ms)
echo "# first to last end of a request on one function: $(spread) ms"
echo "# from detection to the last program's end, per function: $(xargs </tmp/told) ms"
# 50 ms on a machine that has nothing else to do.
below "all on one function are told at once" 300 "$(spread)"
below "as soon as it is known" 300 "$(sort -n /tmp/told | tail -n 1)"
check "every function comes back" within 30 all_back "${bdfs[@]}"
echo "# back $(($(now_ms) - ended)) ms after the last program was told"
check "files that were open say ENODEV" each stale
check "and close" each close_files
check "each function died once" logged 'firmware is dead' "$count"
check "and was recovered once" logged ': recovered' "$count"
check "firmware found nothing to complain of" each no_violation
check "the modules unload" unload ours
finish
