# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the recovery scripts share. Sourced after lib.sh.

PCI_DRIVER=/sys/bus/pci/drivers/auxcore_mlx5
tracing=/sys/kernel/tracing

# mark: from here on the log is looked at, on the clock of /proc/uptime.
mark() {
	log_mark
	mark_ms=$(awk '{ print int($1 * 1000) }' /proc/uptime)
}

# trace_deaths: have `dead_ms` something to look at, on the clock of /proc/uptime: that of the log is another.
trace_deaths() {
	[ -e "$tracing/trace" ] || mount -t tracefs tracefs "$tracing" || return
	echo boot >"$tracing/trace_clock" && echo 1 >"$tracing/events/auxcore/auxcore_channel_dead/enable"
}

# dead_ms BDF: when the first channel of a function died since the mark, by its trace event.
dead_ms() {
	# The mark is in hundredths of a second, rounded down.
	awk -v mark="$mark_ms" -v device="device=$1" '
		/auxcore_channel_dead: / && $NF == device {
			for (i = 1; i < NF; i++) if ($i ~ /^[0-9]+\.[0-9]+:$/) at = $i * 1000
			if (at >= mark) { print int(at); found = 1; exit }
		}
		END { exit !found }' "$tracing/trace"
}

# logged PATTERN [N]: N lines since the mark match, by default at least one.
logged() {
	local n
	n=$(log | grep -cE -- "$1")
	if [ $# -gt 1 ]; then [ "$n" = "$2" ]; else [ "$n" -gt 0 ]; fi
}

# told_after NAME MS: milliseconds from a moment, such as of `dead_ms`, to the end of the last request of a load.
told_after() {
	local told
	# Set by lib.sh.
	# shellcheck disable=SC2154
	told=$(sed -n 's/.* that is at \([0-9]*\)\.\([0-9]*\)$/\1\2/p' <<<"${load_say[$1]}")
	echo $((told > $2 ? told - $2 : 0))
}

# load_ends NAME: when each request of a load ended, in microseconds, first one first.
load_ends() {
	# shellcheck disable=SC2154
	sed -n 's/^thread.*ended at \([0-9]*\) us$/\1/p' <<<"${load_say[$1]}" | sort -n
}

# back BDF: the function has a fwctl device again, and it works.
back() {
	local name
	name=$(fwctl_of "$1")
	[ -n "$name" ] && [ -c "/dev/fwctl/$name" ] && works "$name"
}

all_back() {
	local bdf
	for bdf in "$@"; do back "$bdf" || return; done
}

# state BDF: what the health file says the device is.
state() { sed -n 's/^state //p' "/sys/kernel/debug/auxcore/$1/health"; }

no_children() { [ -z "$(fwctl_of "$1")" ]; }

unbind() { echo "$1" >"$PCI_DRIVER/unbind"; }
bind() { echo "$1" >"$PCI_DRIVER/bind"; }

no_violation() {
	model "$1" violations
	[ "$(number_of "$1" total_violations)" = 0 ]
}
