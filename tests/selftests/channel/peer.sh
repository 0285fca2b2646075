#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver none --device connectx --device connectx
#
# A driver without an auxiliary device uses another function's channel, loses it when that function's driver goes, and does
# not hold that up.

. tests/selftests/lib.sh
. tests/selftests/channel/other.bash

query=/sys/kernel/debug/auxcore_test_vf/query
burst=/sys/kernel/debug/auxcore_test_vf/burst
last=/sys/kernel/debug/auxcore_test_vf/last

plan 41
check "the driver is loaded" load_other burst_ms=1500
refuse "it does not bind while nobody drives the other function" vf_driver bind
check "the core driver takes the other function" load ours "$pf"
check "now it binds" vf_driver bind
equal "it has no auxiliary device" 0 "$(find "$AUX" -lname "*/$vf/*" | wc -l)"
before=$(counter ok)
equal "it executes a command" "status 0" "$(cat "$query")"
equal "the other function's channel executed it" $((before + 1)) "$(counter ok)"
model 0 set fail=QUERY_ADAPTER:3
equal "firmware's refusal is a reply" "status 3" "$(cat "$query")"
model 0 set fail=QUERY_ADAPTER:0
equal "its own function's firmware knows nothing of it" 0 "$(accepted 1 QUERY_ADAPTER)"

ended() { echo "submitted 64 errno 0 ok $1 refused 0 failed $2 errno $3 twice 0"; }
has_late() { [ "$(counter late)" = "$1" ]; }
equal "it submits 64 commands at once, and each is answered once" "$(ended 64 0 0)" "$(cat "$burst")"
model 0 set delay_us=QUERY_ADAPTER:4000000
took eval 'said=$(cat "$burst")'
equal "each has its deadline, in a slot or waiting for one" "$(ended 0 64 110)" "$said"
echo "# 64 commands with a deadline of 1500 ms ended after $elapsed ms"
below "none waits longer" 2500 "$elapsed"
equal "64 are counted" 64 "$(counter timed_out)"
check "consumers hold 28 slots at most: so many replies are late" within 30 has_late 28
model 0 set delay_us=0
equal "then all slots are free again" "$(ended 64 0 0)" "$(cat "$burst")"

model 0 set "delay_us=QUERY_ADAPTER:$(slowly 3000000)"
before=$(counter posted)
cat "$burst" >/tmp/burst &
submitter=$!
(begin=$(now_ms); cat "$query"; echo $(($(now_ms) - begin))) >/tmp/said &
reader=$!
check "many commands hang" within 30 grown posted $((before + 28))
begin=$(now_ms)
pf_driver unbind &
unbinder=$!
wait "$reader"
echo "# the reader was back $(($(now_ms) - begin)) ms after the unbind began"
below "its waiter is back at once when the core driver goes" 1000 $(($(now_ms) - begin))
equal "with ENODEV" "errno 19" "$(head -n 1 /tmp/said)"
wait "$submitter"
equal "so are all answers to what was submitted" "$(ended 0 64 19)" "$(cat /tmp/burst)"
wait "$unbinder"
equal "the core driver is gone" none "$(bound "$PCI/$pf")"
equal "the other driver is still there" auxcore_test_vf "$(bound "$PCI/$vf")"
equal "later commands fail with ENODEV" "errno 19" "$(cat "$query")"
model 0 set delay_us=0
check "the core driver comes back" pf_driver bind
come_up ours
equal "the old handle does not" "errno 19" "$(cat "$query")"

# The answer of this command drops the handle, in the context that the core driver waits for.
model 0 set "delay_us=QUERY_ADAPTER:$(slowly 3000000)"
before=$(counter posted)
cat "$last" >/tmp/last &
reader=$!
check "a command hangs whose answer holds the only handle" within 30 grown posted $((before + 1))
(pf_driver unbind && touch /tmp/unbound) &
check "the core driver goes while the answer drops the handle" within 30 test -e /tmp/unbound
wait "$reader"
equal "the answer is ENODEV" "errno 19" "$(cat /tmp/last)"
model 0 set delay_us=0
check "the core driver comes back once more" pf_driver bind
come_up ours
equal "such a command succeeds now" "status 0" "$(cat "$last")"

check "the driver lets go of it" vf_driver unbind
check "and binds again" vf_driver bind
equal "its new handle works" "status 0" "$(cat "$query")"
took pf_driver unbind
echo "# unbinding the core driver with an idle handle took $elapsed ms"
below "an idle handle does not hold up the core driver" 2000 "$elapsed"
check "the core driver's module can go while a handle is held" rmmod auxcore_mlx5
equal "commands fail with ENODEV still" "errno 19" "$(cat "$query")"
equal "and cannot be submitted" "submitted 0 errno 19 ok 0 refused 0 failed 0 errno 0 twice 0" "$(cat "$burst")"
check "the driver unbinds" vf_driver unbind
check "and unloads" rmmod auxcore_test_vf
equal "no protocol violation" "0 0" "$(number_of 0 total_violations) $(number_of 1 total_violations)"
check "nothing of level error is in the log" no_error_logged
check "the rest unloads" rmmod auxcore_fwctl auxcore auxbus
finish
