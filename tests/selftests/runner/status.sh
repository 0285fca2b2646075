#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host:
#
# How tools/guest ends: the command's own status and streams come through, and faults of the guest have numbers of their own.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash

# guest COMMAND...: without devices.
guest() {
	run tools/guest --driver none --timeout 60 -- "$@"
}

# children PID [NAME]: the processes that PID has started, by the beginning of their name.
children() {
	local stat
	for stat in /proc/[0-9]*/stat; do
		# pid (name) state parent
		sed -n "s/^\([0-9]*\) (${2:-}[^)]*) [^Z] $1 .*/\1/p" "$stat" 2>/dev/null
	done
}

streams_apart() {
	guest sh -c 'echo out; echo err >&2; exit 0'
	[ "$OUT" = out ] && ended 0 err && ! [[ $ERR == *out* ]]
}

large_output() {
	guest sh -c 'head -c 3000000 /dev/zero | tr "\0" x; echo; seq 20000 >&2'
	[ "${#OUT}" -eq 3000000 ] && [ "$(grep -c '^[0-9]*$' <<<"$ERR")" -eq 20000 ] && ended 0
}

output_is_live() {
	local first
	first=$(tools/guest --driver none --timeout 60 -- sh -c 'echo early; sleep 30' 2>/dev/null | { read -r line; echo "$line $SECONDS"; })
	[ "${first%% *}" = early ] && [ "${first##* }" -lt $((SECONDS + 20)) ]
}

arguments_survive() {
	guest printf '%s|' 'a b' '' '$HOME' "quo'te" '"' $'new\nline'
	[ "$OUT" = "a b||\$HOME|quo'te|\"|"$'new\nline|' ] && ended 0
}

reads_standard_input() {
	[ "$(printf 'one\ntwo\n' | tools/guest --driver none --stdin --timeout 60 -- tac)" = $'two\none' ]
}

timed_out() {
	local start=$SECONDS
	run tools/guest --driver none --timeout 8 -- sleep 100
	ended 124 "time of 8 s was up" && [ $((SECONDS - start)) -lt 20 ]
}

ends_by_signal() {
	local pid status=0 qemu
	tools/guest --driver none --timeout 60 -- sleep 50 2>/dev/null &
	pid=$!
	sleep 4
	qemu=$(children "$pid" qemu)
	kill -TERM "$pid"
	wait "$pid" || status=$?
	[ "$status" -eq 143 ] || { echo "status $status"; return 1; }
	[ -n "$qemu" ] && gone "$qemu"
}

dies_with_its_qemu() {
	local pid qemu
	tools/guest --driver none --timeout 60 -- sleep 50 2>/dev/null &
	pid=$!
	sleep 4
	qemu=$(children "$pid" qemu)
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null || :
	sleep 1
	[ -n "$qemu" ] && gone "$qemu"
}

# boots_anew: QEMU is stopped once it has connected to the agent's socket, before its guest has begun to boot; a run of
# a minute, which most checks here are, has the time for another.
boots_anew() {
	local pid qemu said
	said=$(mktemp)
	tools/guest --driver none --timeout 60 -- sh -c 'echo here; exit 7' >"$said" 2>&1 &
	pid=$!
	# The socket that QEMU is connected to is in state 3.
	until grep -q " 03 .*/auxcore\.$pid/agent$" /proc/net/unix || ! kill -0 "$pid"; do sleep 0.05; done
	qemu=$(children "$pid" qemu)
	kill -STOP "$qemu"
	STATUS=0
	wait "$pid" || STATUS=$?
	ERR=$(cat "$said")
	rm "$said"
	ended 7 "boot 1 did not come to the agent within 30 s: booting anew" && grep -qx here <<<"$ERR" && gone "$qemu"
}

# gone PID: it has ended; a zombie has, only its new parent has not asked for it yet.
gone() {
	! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"
}

two_at_once() {
	local first second
	first=$(mktemp)
	second=$(mktemp)
	tools/guest --driver none --timeout 90 -- sh -c 'echo one >$AUXCORE_SCRATCH/f; sleep 3; cat $AUXCORE_SCRATCH/f; exit 11' >"$first" 2>/dev/null &
	tools/guest --driver none --timeout 90 -- sh -c 'echo two >$AUXCORE_SCRATCH/f; sleep 3; cat $AUXCORE_SCRATCH/f; exit 22' >"$second" 2>/dev/null &
	local status1=0 status2=0
	wait %1 || status1=$?
	wait %2 || status2=$?
	[ "$status1 $status2 $(cat "$first") $(cat "$second")" = "11 22 one two" ]
}

# leaking STATUS: a command on a device that refuses DESTROY_UCTX, so that the driver leaves a user context behind.
leaking() {
	run tools/guest --device connectx,fail=0xa06:0x1 --driver ours --timeout 90 -- sh -c "fwctl-probe info && exit $1"
	ended "$2" object_leaked
}

keeps_files() {
	local dir
	dir=$(mktemp -d)
	run tools/guest --driver none --timeout 60 --keep "$dir" -- sh -c 'echo kept >$AUXCORE_SCRATCH/file'
	ended 0 && [ "$(cat "$dir/scratch/file")" = kept ] && [ -e "$dir/console.log" ] && rm -r "$dir"
}

reported() {
	local text=$1
	shift
	guest "$@"
	ended 120 "$text" && [[ $ERR == *"kernel log of the guest"* ]]
}

plan 22
for status in 0 42; do
	guest sh -c "exit $status"
	check "the command's status $status comes through" ended "$status"
done
guest sh -c 'kill -SEGV $$'
check "a command killed by signal 11 is status 139" ended 139
guest /no/such/program
check "a command that is not there is status 127" ended 127 "/no/such/program"
guest /etc/passwd
check "a command that cannot be executed is status 126" ended 126 "/etc/passwd"
check "standard output and error stay apart" streams_apart
check "large output arrives whole" large_output
check "output arrives while the command runs" output_is_live
check "arguments arrive unchanged" arguments_survive
check "standard input is handed on when asked" reads_standard_input
check "the time limit ends the run" timed_out
check "SIGTERM ends the run and its children" ends_by_signal
check "a killed runner takes QEMU with it" dies_with_its_qemu
check "a guest that hangs in its boot is booted anew, and it is told" boots_anew
check "two runs at once do not disturb each other" two_at_once
guest sh -c 'mount -t tmpfs none /sys/kernel/debug && mkdir /sys/kernel/debug/kmemleak'
check "a search for leaks that fails turns success into an error" ended 125 "leaked memory cannot be searched for"
check "--keep keeps the scratch directory and the console log" keeps_files
check "protocol violations turn success into a failure and are printed" leaking 0 121
check "protocol violations do not hide the command's own status" leaking 5 5
check "a crash of the kernel is reported with its log" reported "sysrq triggered crash" sh -c 'echo c >/proc/sysrq-trigger; sleep 20'
check "a warning in the kernel log turns success into a failure" \
	reported "WARNING: planted" sh -c 'echo "<4>WARNING: planted" >/dev/kmsg'
guest sh -c 'echo "<4>NO_WARNING: and DEBUG: planted" >/dev/kmsg'
check "a line that only looks like a warning does not" ended 0
finish
