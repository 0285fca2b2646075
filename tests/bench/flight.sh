#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tests/bench/flight.sh: how much of what firmware could do it is given to do, by the core, by another driver and by programs.
#
# Firmware takes 10 ms for a command and executes as many side by side as it has slots, so each slot has its limit. How long
# firmware had which command is the model's own record, from the doorbell to the reply.

. tests/selftests/lib.sh
. tests/selftests/channel/other.bash

DELAY_US=10000
ROUNDS=3
FILES=1240
FLOW=2800
THREADS=48
REPEAT=40

slow() { model 0 set "delay_us=$1:$DELAY_US"; }
quick() { model 0 set delay_us=0; }

# commands N: the last commands of the model; the shell alone would read them one byte at a time.
commands() {
	local fd
	exec {fd}<>/dev/virtio-ports/auxcore.model.0
	echo "commands $1" >&"$fd"
	sed '/^ok$/q' <&"$fd"
	exec {fd}>&-
}

# firmware NAME COMMAND COUNT [SKIP]: facts about the last COUNT commands of this name, but for the first SKIP: most slots at
# the same time; the share of these slots' time in which firmware had a command; the share if it had needed DELAY_US for each.
firmware() {
	commands "$3" | grep -F " $2(" | tail -n "+$((${4:-0} + 1))" | tee "$AUXCORE_SCRATCH/$1.commands" |
		awk '{ sub("us$", "", $NF); printf "%.0f 1\n%.0f -1\n", $1 * 1e6, $1 * 1e6 + $NF }' | sort -k 1,1n -k 2,2n |
		awk -v name="$1" -v delay="$DELAY_US" '
			NR == 1 { first = last = $1 }
			{ held += now * ($1 - last); last = $1; now += $2; n += $2 > 0; if (now > most) most = now }
			END {
				all = most * (last - first)
				print "fact flight." name ".slots", most
				print "fact flight." name ".share", held / all
				print "fact flight." name ".exact", n * delay / all
				printf "# %s: %d commands in %d us, %d us each\n", name, n, last - first, held / n
			}'
}

# best: of the rounds, the one with the largest share.
best() {
	awk '/^fact .*\.slots/ { round++ }
		{ text[round] = text[round] $0 "\n" }
		/^fact .*\.share/ && $3 > most { most = $3; best = round }
		END { printf "%s", text[best] }'
}

# The core: whoever closes a file does not wait for the end of its user context, so the core destroys it. Firmware takes no
# command until all files are closed, so all there is to do is there when it begins; what it had before does not count.
ulimit -n $((FILES + 100))
core() {
	local device i
	device=/dev/fwctl/$(fwctl_of "$pf")
	slow DESTROY_UCTX
	mkfifo /tmp/opened /tmp/close
	{
		for ((i = 0; i < FILES; i++)); do exec {fd}<>"$device"; done
		echo >/tmp/opened
		read -r _ </tmp/close
	} &
	read -r _ </tmp/opened
	model 0 set stall=1
	echo >/tmp/close
	wait $!
	rm /tmp/opened /tmp/close
	model 0 set stall=0
	# Whoever asks the model takes the processors' time.
	sleep 2
	within 30 no_contexts 0
	quick
	firmware core DESTROY_UCTX "$FILES" 31
}

# Another driver: the next command is submitted from the end of one.
peer() {
	slow QUERY_ADAPTER
	echo "# $(cat /sys/kernel/debug/auxcore_test_vf/flow)"
	quick
	firmware peer QUERY_ADAPTER "$FLOW"
}

# Programs: each thread waits for its own.
programs() {
	slow QUERY_HCA_CAP
	echo "# $(fwctl-probe --device "/dev/fwctl/$(fwctl_of "$pf")" load --threads "$THREADS" --repeat "$REPEAT" | tail -n 1)"
	within 30 no_contexts 0
	quick
	firmware programs QUERY_HCA_CAP $((THREADS * REPEAT + THREADS))
}

load ours "$pf"
load_other flow=$FLOW
vf_driver bind
for client in core peer programs; do
	for ((round = 0; round < ROUNDS; round++)); do "$client"; done | tee "$AUXCORE_SCRATCH/$client.rounds" | best
done
