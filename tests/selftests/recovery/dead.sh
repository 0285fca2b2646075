#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --devices 8 connectx
# violation left_enabled: firmware that is dead for good is given up without being disabled
#
# Eight functions whose firmware is dead for good cost as much time as one.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash

mapfile -t bdfs < <(functions)

each() { local i; for i in 0 1 2 3 4 5 6 7; do "$@" "$i" || return; done; }
open_file() { start_load "fn$1" --device "/dev/fwctl/$(fwctl_of "${bdfs[$1]}")" load --threads 8; }
go() { load_go "fn$1"; }
kill_firmware() { model "$1" set dead=1; }
told() { load_reads "fn$1" 30 '8 requests: 8 ENXIO;*'; }
close_file() { load_end "fn$1"; }
unbind_all() { local bdf; for bdf in "${bdfs[@]}"; do unbind "$bdf"; done; }

plan 8
check "files are open on eight functions" each open_file
mark
begin=$(now_ms)
check "firmware of all is dead" each kill_firmware
each go
check "everybody who waits is told" each told
elapsed=$(($(now_ms) - begin))
echo "# 64 programs on eight dead functions were told after $elapsed ms"
below "in the time of one" 7000 "$elapsed"
each close_file
check "each function died once" within 10 logged 'firmware is dead' 8
took unbind_all
echo "# eight dead functions were unbound, one after the other, in $elapsed ms"
below "dead functions unbind without asking firmware" 8000 "$elapsed"
equal "nothing is bound any more" 0 "$(for bdf in "${bdfs[@]}"; do bound "$PCI/$bdf"; done | grep -vc none)"
check "the modules unload" unload ours
finish
