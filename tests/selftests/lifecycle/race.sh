#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --device connectx
# guest[upstream]: --device connectx
#
# The consumer comes and goes, by unbind and by rmmod, while 16 threads execute requests on five files: each request ends
# well or with ENODEV, and nothing else happens.

. tests/selftests/lib.sh

stack=$1
bdf=$(functions)
module=$(fwctl_driver "$stack")

busy() {
	local node
	until [ -e /tmp/stop ]; do
		for node in $(fwctl_of "$bdf"); do
			fwctl-probe --device "/dev/fwctl/$node" load --threads 16 --repeat 50 --fds 5 2>>/tmp/refused | tail -n 1
		done
	done >/tmp/results
}

rebind() {
	local i
	for i in $(seq 1 20); do
		echo "$child" >"$consumer/unbind" || return
		sleep "0.$((i % 4))"
		echo "$child" >"$consumer/bind" || return
		sleep "0.$((1 + i % 3))"
	done
}

reload() {
	local i
	for i in 1 2 3 4 5; do
		rmmod "$module" || return
		sleep 0.2
		modprobe "$module" || return
		sleep 0.4
	done
}

# results NAME: how many requests ended so.
results() { grep -oE "[0-9]+ $1\\b" /tmp/results | awk '{ n += $1 } END { print n + 0 }'; }
others() { grep -oE '[0-9]+ [A-Za-z]\w*' /tmp/results | grep -vE ' (OK|ENODEV|requests|us)$'; }

plan 12
check "the stack loads" load "$stack"
child=$(fwctl_child "$stack")
consumer=$(readlink -f "$AUX/$child/driver")
busy &
pid=$!
check "the consumer is bound and unbound 20 times under load" rebind
check "its module is loaded and unloaded 5 times under load" reload
touch /tmp/stop
check "the programs end" wait "$pid"
check "requests succeeded" test "$(results OK)" -ge 100
check "requests ended with ENODEV" test "$(results ENODEV)" -ge 1
refuse "no request ended otherwise" others
refuse "a file that did not open found no device" grep -vE '\[(ENODEV|ENOENT)\]' /tmp/refused
check "all contexts are destroyed" within 20 no_contexts 0
udevadm settle --timeout=60
check "fwctl works" works "$(fwctl_of "$bdf")"
check "the stack unloads" unload "$stack"
check "nothing is left in the device" device_clean 0
finish
