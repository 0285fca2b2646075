#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tests/bench/dead.sh STACK: firmware dies while 64 programs wait for it: how long until that is known, and how long from then
# until the last of them is told.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash

stack=$1
bdf=$(functions)
THREADS=64

# known_ms: when the driver knows, on the clock of /proc/uptime: by the trace event of its channel, or by its word in the log,
# whose clock is another, so that some hundredths of a second are its own.
known_ms() {
	case $stack in
	ours) dead_ms "$bdf" ;;
	upstream)
		# Set by recovery.bash and lib.sh.
		# shellcheck disable=SC2154
		dmesg | awk -v mark="$log_begin" -v base="$mark_ms" '
			{ split($0, part, /[][]/); at = part[2] * 1000 }
			index($0, mark) { begin = at; next }
			begin && /Fatal error [0-9]* detected/ { found = base + at - begin }
			END { print int(found) }'
		;;
	esac
}
if [ "$stack" = ours ]; then trace_deaths; fi

start_load all --device "/dev/fwctl/$(fwctl_of "$bdf")" load --threads $THREADS --linger
model 0 set stall=1
load_go all
within 30 hanging all $THREADS
mark
model 0 health fatal
# A reset mends firmware that died; the stall must not outlive it.
model 0 set stall=0
load_reads all 90 "$THREADS requests: *"
echo "# ${load_say[all]##*thread*$'\n'}"
known=$(known_ms)
echo "fact dead.known $((known - mark_ms))"
echo "fact dead.told $(told_after all "$known")"
load_ends all | awk 'NR == 1 { first = $1 } { last = $1 } END { print "fact dead.spread", (last - first) / 1000 }'
log | grep -E 'firmware is dead|Fatal error [0-9]* detected' | head -n 1 | sed 's/^/# /'
load_end all
within 60 works "$(fwctl_of "$bdf")" 2>/dev/null || echo "# $bdf did not come back"
