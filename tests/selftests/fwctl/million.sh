#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[full million]: --device connectx --device cxl-type3 --timeout 1200 --append log_buf_len=16M
# guest[20000]: --device connectx --device cxl-type3 --timeout 300 --append log_buf_len=16M
#
# A million random calls, or as many as the argument says: half of them for a ConnectX, half for a CXL memory device, in all
# scopes, from several files and for both devices at once. Each ends in a way the interface knows, many reach firmware, and
# nothing is left of them.

. tests/selftests/lib.sh
. tests/selftests/cxl/cxl.bash

case $1 in
full*) count=1000000 ;;
*) count=$1 ;;
esac
half=$((count / 2))
threads=2
seed=$(date +%s)
bdf=$(functions)
memory=$(memory_devices)
declare -A node pid status

# made VENDOR: how many calls were made.
made() { awk '/^[0-9]+ [A-Z0-9]+$/ { n += $1 } END { print n + 0 }' "/tmp/fuzz.$1"; }
share() { sed -n 's/.* reached firmware, \([0-9]*\) %/\1/p' "/tmp/fuzz.$1"; }
values() { fwctl-probe --device "${node[cxl]}" cxl values; }
# whole: what the kernel said from the first mark to the last was read; a reader that was too slow for some has ended.
whole() { kill -0 "$reader" && grep -qF "$first" "$said" && grep -qF "$log_begin" "$said"; }
# silent: of that, nothing is an error or a report, which may be of any level.
silent() {
	awk -F, -v mark="$first" 'index($0, mark) { seen = 1; next }
		($1 % 8 <= 3 || /WARNING|[^A-Z]BUG|KASAN|UBSAN|possible |INFO: |leak/) && seen { print; found = 1 }
		END { exit found || !seen }' "$said"
}
two_nodes() { [ "$(find /dev/fwctl -type c | wc -l)" = 2 ]; }

plan 17
# The debug kernel tells each refusal, at level debug. On its console they take most of the time, and in the kernel's
# memory they drive out the rest: the console is without that level, and the others are read as they come.
dmesg -n 7
said=/tmp/kernel
cat /dev/kmsg > >(grep -aEv --line-buffered '^(7,| )' >"$said") &
reader=$!
check "the stack loads" load ours
check "the plugin of memory devices loads with a claim" modprobe auxcore_cxl "claim=$memory"
check "both have a fwctl device" within 30 two_nodes
node=([mlx5]=/dev/fwctl/$(fwctl_of "$bdf") [cxl]=/dev/fwctl/$(fwctl_of "$memory"))
values=$(values)
log_mark
first=$log_begin

begun=$(now_ms)
for vendor in mlx5 cxl; do
	fwctl-probe --device "${node[$vendor]}" --times fuzz --taint --threads $threads --seed "$seed" --count "$half" \
		>"/tmp/fuzz.$vendor" 2>&1 &
	pid[$vendor]=$!
done
for vendor in mlx5 cxl; do
	wait "${pid[$vendor]}"
	status[$vendor]=$?
done
took=$(($(now_ms) - begun))
for vendor in mlx5 cxl; do
	sed "s/^/# $vendor: /" "/tmp/fuzz.$vendor"
	equal "every result of seed $seed is known, $vendor" 0 "${status[$vendor]}"
	equal "all calls were made, $vendor" "$half" "$(made $vendor)"
	check "at least 30 % of the requests reached firmware, $vendor" test "$(share $vendor)" -ge 30
done
echo "# both: $count calls in $took ms, $((count * 60000 / (took + 1))) per minute"

check "the ConnectX still answers" fwctl-probe --device "${node[mlx5]}" adapter
check "no context is left in it" within 60 no_contexts 0
equal "no protocol violation" 0 "$(number_of 0 total_violations)"
equal "the memory device has the values it had" "$values" "$(values)"
check "every name of our modules fits in a backtrace" names_fit
check "our modules unload" rmmod auxcore_fwctl auxcore_cxl auxcore_mlx5 auxcore auxbus
log_mark
check "all that the kernel said was read" within 30 whole
check "and is neither an error nor a report" silent
kill "$reader"
finish
