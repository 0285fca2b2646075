#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver none --device connectx --device connectx
#
# A client that submits the next command from the end of another, without an end, keeps nobody else from theirs: neither a
# deadline nor an unbind. Its ends take longer than firmware does, so there is always one that firmware has returned.

. tests/selftests/lib.sh
. tests/selftests/channel/other.bash

flow() { cat /sys/kernel/debug/auxcore_test_vf/flow >/tmp/flow & reader=$!; }
runs() { kill -0 "$reader" 2>/dev/null; }
left() { sed -n 's/^left \([0-9]*\) open 0 .*/\1/p' /tmp/flow; }

plan 15
check "the core driver takes the function" load ours "$pf"
load_other flow=100000000 "flow_ms=$(slowly 2000)" flow_us=500
check "another driver uses its channel" vf_driver bind
flow
check "it does so without an end" within 30 grown ok 1000
equal "firmware swallows three of its commands" "" "$(model 0 set drop=QUERY_ADAPTER:3)"
begin=$(now_ms)
check "they end" within 30 grown timed_out 3
below "at their deadline" 4000 $(($(now_ms) - begin))
before=$(counter ok)
check "and the others go on meanwhile" within 30 grown ok $((before + 1000))
check "they have not ended" runs

check "what firmware holds for good is ended by a recovery" model 0 health fatal
check "with which all commands end" within 30 eval '! runs'
equal "each once" 1 "$(left | grep -c '^[1-9]')"
come_up ours
within 60 eval '[ -n "$(fwctl_of "$pf")" ]'
vf_driver unbind
vf_driver bind
flow
check "the recovered function is kept busy" within 30 grown ok 1000
took pf_driver unbind
below "which does not hold up its driver's end" 3000 "$elapsed"
check "nor does that leave a command behind" within 30 eval '! runs && [ -n "$(left)" ]'
equal "no protocol violation" "[] []" "$(model 0 violations) $(model 1 violations)"
vf_driver unbind
rmmod auxcore_test_vf
finish
