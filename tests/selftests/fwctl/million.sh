#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# long
# guest: --driver ours --device connectx --timeout 3000
#
# A million random calls, in all scopes and from several files at once: each ends in a way the interface knows, many reach
# firmware, and nothing is left of them.

. tests/selftests/lib.sh

count=1000000
seed=$(date +%s)

plan 7
# The debug kernel tells each refusal on its console, which would take most of the time.
dmesg -n 4
fwctl-probe --times fuzz --taint --threads 4 --seed "$seed" --count "$count" >/tmp/fuzz
equal "every result of seed $seed is known" 0 $?
sed 's/^/# /' /tmp/fuzz
equal "all calls were made" "$count" "$(awk '/^[0-9]+ [A-Z0-9]+$/ { n += $1 } END { print n }' /tmp/fuzz)"
share=$(sed -n 's/.* reached firmware, \([0-9]*\) %/\1/p' /tmp/fuzz)
check "at least 30 % of the requests reached firmware" test "${share:-0}" -ge 30
check "the device still answers" fwctl-probe adapter
check "no context is left" within 60 no_contexts 0
equal "no protocol violation" 0 "$(number_of 0 total_violations)"
check "the stack unloads" unload ours
finish
