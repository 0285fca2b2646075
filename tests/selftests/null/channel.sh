#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device pci-testdev
#
# What the channel does with firmware that answers late, twice, wrongly or not at all, and that dies: the null vendor's
# firmware obeys every order that is written to the file of its consumer.

. tests/selftests/lib.sh

bdf=$(lspci -Dn -d 1b36:0005 | cut -d' ' -f1)
file() { find /sys/kernel/debug -maxdepth 1 -name 'auxcore_null.orders.*' | grep .; }
driver=/sys/bus/pci/drivers/auxcore_null
# order TEXT: sets said to what the shell says of the write, which names the errno.
order() { local f; f=$(file) && said=$({ echo "$*" >"$f"; } 2>&1); }
answer() { order "$*" && cat "$(file)"; }
works() { [ "$(answer answer 77)" = 77 ]; }
bind() { echo "$bdf" >"$driver/bind" && within 20 file; }
unbind() { echo "$bdf" >"$driver/unbind"; }
# under_way: firmware has a command.
under_way() { grep -q '^kind=commands .*count=0x[1-9]' "/sys/kernel/debug/auxcore/$bdf/objects"; }
# refused_as TEXT ORDER...: the order ends with this error.
refused_as() { local text=$1; shift; ! order "$@" && [[ $said == *"$text" ]] || { echo "$said"; false; }; }

plan 28
check "the null vendor comes up" modprobe auxcore_null
check "its consumer has a file" within 30 file
equal "a command is answered" 7 "$(answer answer 7)"
took order answer 1 300
check "a late answer is waited for" [ "$elapsed" -ge 300 ]
check "a command that was not executed is no answer" refused_as "Bad message" undelivered
check "a refusal is no answer" refused_as "Remote I/O error" refuse 3
order twice 5
took order answer 6 200
check "a second report of a command is not taken for the next one's" [ "$elapsed" -ge 200 ]
equal "nor is its answer" 6 "$(cat "$(file)")"
took order wrong-token 8
check "a slot that returns with another token is not believed" [ "$elapsed" -ge 1000 ]
equal "until it returns with the right one" 8 "$(cat "$(file)")"
check "a command that is not returned times out" took refused_as "Connection timed out" drop
below "and does so at its deadline" 2500 "$elapsed"
check "and others are not stopped by it" works
for _ in 1 2 3; do order drop & done; wait
check "a function whose programs have all their slots taken can be unbound" unbind
check "a function that kept commands comes up again" bind
check "and works" works

{ order drop; echo "$said" >/tmp/waiter; } &
within 20 under_way
took unbind
below "an unbind does not wait for a program that waits" 1200 "$elapsed"
wait
says "the program is told that the device is gone" 'No such device' cat /tmp/waiter
check "the function comes up again" bind

check "firmware can die" took refused_as "No such device or address" die
below "the death of firmware ends a wait at once" 1000 "$elapsed"
check "the function recovers, and its child comes back" within 20 works
order die; within 20 works
order die; within 20 works
order die
sleep 1.5
refuse "the fourth death within the window is final" works
unbind
echo 1 >/sys/module/auxcore_null/parameters/failing
refuse "a bring-up that fails fails the bind" bind
check "and the next one succeeds" bind
check "works again" works
check "the modules unload" rmmod auxcore_test_orders auxcore_test_ports auxcore_null
check "and nothing of them is left on the bus" [ -z "$(find "$AUX/" -name '*null*')" ]
finish
