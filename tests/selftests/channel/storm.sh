#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --devices 8 connectx --timeout 600
#
# 64 waiters on eight devices, while firmware is slow, while it stalls and the consumers go, and when the devices die: all
# return with the documented result soon after the channel knew: 50 ms is the goal, which the benchmarks measure; here the
# limit is half a second, far below any deadline. Times are the kernel's, of the trace: on a busy machine user programs
# learn of them later. The median of eight devices counts.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
mapfile -t children < <(fwctl_child ours)
tracing=/sys/kernel/tracing
[ -e "$tracing/trace" ] || mount -t tracefs tracefs "$tracing"

open_all() {
	local i
	for i in "${!bdfs[@]}"; do
		start_load "w$i" --device "/dev/fwctl/$(fwctl_of "${bdfs[i]}")" load --threads 8 || return
	done
}
go_all() {
	local i
	for i in "${!bdfs[@]}"; do load_go "w$i"; done
}
all_hang() {
	local i
	for i in "${!bdfs[@]}"; do hanging "w$i" 8 || return; done
}
all_say() {
	local i
	for i in "${!bdfs[@]}"; do load_reads "w$i" 60 "8 requests: 8 $1;*" || return; done
}
end_all() {
	local i
	for i in "${!bdfs[@]}"; do load_end "w$i" || return; done
}
each_model() {
	local i
	for i in "${!bdfs[@]}"; do model "$i" "$@" || return; done
}

# spreads ERRNO: for each device the milliseconds between the first and the last command that ended with it.
spreads() {
	awk -v error="error=$1" '
		/auxcore_command_done: / && index($0, error " ") {
			for (i = 1; i <= NF; i++) { if ($i ~ /^device=/) device = $i; if ($i ~ /^[0-9]+\.[0-9]+:$/) time = $i + 0 }
			if (!(device in first)) first[device] = time
			last[device] = time; n[device]++
		}
		END { for (device in first) printf "%d %d\n", (last[device] - first[device]) * 1000 + 0.999, n[device] }' "$tracing/trace"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print NR ? v[int((NR + 1) / 2)] : "none" }'; }

plan 19
check "tracing is on" tee "$tracing/events/auxcore/enable" <<<1

# Slow firmware: late is not lost.
check "64 files are open" open_all
each_model set delay_us=QUERY_HCA_CAP:200000
go_all
check "slow: every request succeeds" all_say OK
check "slow: the files close" end_all
times=$(sed -n 's/.*auxcore_command_done: .* opcode=0x100 .*latency_us=\([0-9]*\).*/\1/p' "$tracing/trace" | awk '$1 >= 200000 { print int(($1 - 200000) / 1000) }')
equal "slow: all 64 took as long as firmware" 64 "$(grep -c . <<<"$times")"
echo "# slow: replies $(sort -n <<<"$times" | tr '\n' ' ')ms after firmware"
below "slow: the channel has the reply half a second after firmware at most" 500 "$(median <<<"$times")"

# Firmware that stalls: the consumers go and all waiters with them.
each_model set delay_us=0
check "64 files are open again" open_all
each_model set stall=1
go_all
check "stall: 64 requests hang" within 60 all_hang
echo >"$tracing/trace"
times=
for child in "${children[@]}"; do
	took tee "$AUX/$child/driver/unbind" <<<"$child" >/dev/null
	times+="$elapsed"$'\n'
done
check "stall: every request ends with ENODEV" all_say ENODEV
check "stall: the files close" end_all
found=$(spreads -19)
echo "# stall: unbind $(tr '\n' ' ' <<<"$times")ms, first to last waiter and waiters $(tr '\n' ',' <<<"$found")"
equal "stall: eight devices cancelled eight commands each" "8 8 8 8 8 8 8 8" "$(awk '{ print $2 }' <<<"$found" | xargs)"
below "stall: all within half a second" 500 "$(median <<<"$found")"
each_model set stall=0
for child in "${children[@]}"; do echo "$child" >/sys/bus/auxiliary/drivers/auxcore_fwctl.auxcore_fwctl/bind; done
come_up ours

# Death: nobody waits for firmware that is gone.
check "64 files are open once more" open_all
each_model set stall=1
go_all
check "death: 64 requests hang" within 60 all_hang
echo >"$tracing/trace"
begin=$(now_ms)
for i in "${!bdfs[@]}"; do model "$i" die >/dev/null 2>&1; done
check "death: every request ends with ENXIO" all_say ENXIO
echo "# death: all programs knew $(($(now_ms) - begin)) ms after the first device died"
found=$(spreads -6)
echo "# death: first to last waiter and waiters $(tr '\n' ',' <<<"$found")"
equal "death: eight devices ended eight commands each" "8 8 8 8 8 8 8 8" "$(awk '{ print $2 }' <<<"$found" | xargs)"
below "death: all within half a second" 500 "$(median <<<"$found")"
check "death: the files close" end_all
check "the stack unloads" unload ours
finish
