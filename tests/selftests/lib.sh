# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the guest scripts share: functions and stacks, the control channels of the models, time, the kernel log.
#
# A script starts with `. tests/selftests/lib.sh`; the tree is its working directory.

. tests/selftests/ktap.sh

PCI=/sys/bus/pci/devices
AUX=/sys/bus/auxiliary/devices
export LC_ALL=C.UTF-8
# A program that ends early shows in a check, not as the end of the script.
trap '' PIPE
# The shell's own <(...) names its pipes here.
[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd

# How many times slower than usual this guest may be: what takes the machine's time is allowed so much more, deadlines of
# ours are not. tests/run has the same number.
case ${AUXCORE_KERNEL:-default} in
debug*) SLOW=6 ;;
*) SLOW=1 ;;
esac

# slowly NUMBER: a limit, for this guest.
slowly() { echo $(($1 * SLOW)); }

# --- functions -------------------------------------------------------------------------------------------------------

# functions: the PCI addresses of all ConnectX functions, in order.
functions() {
	local dev
	for dev in "$PCI"/*; do
		if [ "$(cat "$dev/vendor" 2>/dev/null)" = 0x15b3 ]; then basename "$dev"; fi
	done
}

# bound PATH: the name of the driver that a device is bound to, or "none".
bound() {
	if [ -e "$1/driver" ]; then basename "$(readlink -f "$1/driver")"; else echo none; fi
}

# fwctl_of BDF: the names of the fwctl devices below a function, as their links `device` tell.
fwctl_of() {
	local dev
	for dev in /sys/class/fwctl/*; do
		if [ "$dev/device" -ef "$PCI/$1" ]; then echo "${dev##*/}"; fi
	done
}

fwctl_count() {
	find /sys/class/fwctl -mindepth 1 -maxdepth 1 | wc -l
}

# --- stacks ----------------------------------------------------------------------------------------------------------

# core_driver STACK, fwctl_driver STACK: the modules, which are also the names of their drivers.
core_driver() { case $1 in ours) echo auxcore_mlx5 ;; upstream) echo mlx5_core ;; esac; }
fwctl_driver() { case $1 in ours) echo auxcore_fwctl ;; upstream) echo mlx5_fwctl ;; esac; }

# fwctl_child STACK: the auxiliary devices that its fwctl consumer binds to, as the bus names them.
fwctl_child() {
	local child prefix
	case $1 in ours) prefix=auxcore.fwctl ;; upstream) prefix=mlx5_core.fwctl ;; esac
	for child in "$AUX/$prefix".*; do
		if [ -e "$child" ]; then basename "$child"; fi
	done
}

# has_stack STACK: this kernel has its modules.
has_stack() { modinfo -n "$(core_driver "$1")" >/dev/null 2>&1; }

# load STACK [BDF...]: load the core driver for the functions, by default all; the rest follows by modalias.
load() {
	local stack=$1
	shift
	if [ $# -eq 0 ]; then
		# shellcheck disable=SC2046
		set -- $(functions)
	fi
	case $stack in
	ours) modprobe auxcore_mlx5 "claim=$(IFS=,; echo "$*")" || return ;;
	upstream) modprobe mlx5_core || return ;;
	esac
	come_up "$stack"
}

# consumers_bound STACK: every fwctl child has its driver and every fwctl device its node.
consumers_bound() {
	local child dev
	for child in $(fwctl_child "$1"); do
		[ -e "$AUX/$child/driver" ] || return 1
	done
	for dev in /sys/class/fwctl/*; do
		[ ! -e "$dev" ] || [ -c "/dev/fwctl/$(basename "$dev")" ] || return 1
	done
}

# come_up STACK: wait until udev has loaded what the children ask for. That nothing came is for the checks to say.
come_up() {
	udevadm settle --timeout=$((60 * SLOW))
	within 30 consumers_bound "$1" || true
}

# unload STACK: consumers first, when udev has no child to load one for any more.
unload() {
	udevadm settle --timeout=$((60 * SLOW))
	if loaded "$(fwctl_driver "$1")"; then rmmod "$(fwctl_driver "$1")" || return; fi
	case $1 in
	ours) rmmod auxcore_mlx5 && rmmod auxcore && rmmod auxbus ;;
	upstream) rmmod mlx5_core ;;
	esac
}

loaded() {
	[ -e "/sys/module/$1" ]
}

# rmmod MODULE...: unload, and wait until the names of their drivers are free: the debug kernel keeps each for some seconds,
# and a module that is loaded meanwhile meets it.
rmmod() {
	local module
	command rmmod "$@" || return
	for module in "$@"; do within 10 no_driver "$module" || return; done
}
no_driver() { ! compgen -G "/sys/bus/*/drivers/$1" >/dev/null && ! compgen -G "/sys/bus/*/drivers/$1.*" >/dev/null; }

# unsigned MODULE COPY: copy a module's file, without the signature at its end if there is one: the signature itself, twelve
# bytes about it, of which the last four are its length, and a mark.
unsigned() {
	local mark='~Module signature appended~' length
	cp "$(modinfo -n "$1")" "$2" || return
	[ "$(tail -c 28 "$2" | tr -d '\0')" = "$mark" ] || return 0
	length=$((16#$(tail -c 32 "$2" | head -c 4 | od -An -tx1 | tr -d ' ')))
	truncate -s "-$((length + 12 + 28))" "$2"
}

# works DEVICE: a command goes through a fwctl device to firmware and back.
works() {
	fwctl-probe --device "/dev/fwctl/$1" info >/dev/null
}

# --- models ----------------------------------------------------------------------------------------------------------

# model INDEX COMMAND: send a line to a model's control channel and print the reply without its last line, which is `ok`.
model() {
	local port=/dev/virtio-ports/auxcore.model.$1 fd line lines=()
	shift
	exec {fd}<>"$port" || return
	printf '%s\n' "$*" >&"$fd"
	while IFS= read -r -t $((20 * SLOW)) -u "$fd" line; do
		case $line in
		ok) exec {fd}>&-; [ ${#lines[@]} -eq 0 ] || printf '%s\n' "${lines[@]}"; return 0 ;;
		error:*) exec {fd}>&-; echo "$line" >&2; return 1 ;;
		esac
		lines+=("$line")
	done
	exec {fd}>&-
	echo "the model does not answer '$*'" >&2
	return 1
}

# number_of INDEX KEY: a number of the model's statistics.
number_of() {
	model "$1" stats | json_number "$2"
}

# accepted INDEX COMMAND: how often firmware executed the command and did not refuse it.
accepted() {
	model "$1" stats | grep -o '{[^{}]*"name":"'"$2"'"[^{}]*}' |
		awk -F'[:,]' '{ for (i = 1; i < NF; i++) { if ($i ~ /"count"/) n = $(i + 1); if ($i ~ /"failed"/) f = $(i + 1) } print n - f; found = 1 }
			END { if (!found) print 0 }'
}

# contexts INDEX: user contexts that were created and not destroyed.
contexts() {
	echo $(($(accepted "$1" CREATE_UCTX) - $(accepted "$1" DESTROY_UCTX)))
}

# no_contexts INDEX, device_clean INDEX: nothing of a driver is left in the device.
no_contexts() { [ "$(contexts "$1")" = 0 ]; }
device_clean() {
	model "$1" stats | grep -oE '"(hca|pages_held|total_violations)":[^,}]*'
	no_contexts "$1" && [ "$(number_of "$1" pages_held)" = 0 ] && [ "$(number_of "$1" total_violations)" = 0 ]
}

# json_number KEY: the number after the first "KEY": in the input.
json_number() {
	sed -n "s/.*\"$1\": *\\(-\\{0,1\\}[0-9][0-9]*\\).*/\\1/p" | head -n 1
}

# --- time ------------------------------------------------------------------------------------------------------------

# now_ms: milliseconds since some moment.
now_ms() {
	local now=${EPOCHREALTIME/./}
	echo $((now / 1000))
}

# took COMMAND ARGS: sets elapsed to the milliseconds that the command took; its status is the result.
took() {
	local begin status
	begin=$(now_ms)
	"$@"
	status=$?
	# Read by the scripts.
	# shellcheck disable=SC2034
	elapsed=$(($(now_ms) - begin))
	return "$status"
}

# within SECONDS COMMAND ARGS: repeat the command until it succeeds; on a slow guest for longer.
within() {
	local limit=$((SECONDS + $1 * SLOW))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$limit" ] || return 1
		sleep 0.02
	done
}

# --- kernel log ------------------------------------------------------------------------------------------------------

log_mark() {
	log_begin="auxcore test mark $RANDOM$RANDOM"
	echo "<6>$log_begin" >/dev/kmsg
}

# log: the kernel's messages since the mark, with their levels.
log() {
	if [ -z "${log_begin:-}" ]; then dmesg --decode --notime; return; fi
	dmesg --decode --notime | sed "1,/$log_begin/d"
}

# no_error_logged: the kernel logged nothing of level error or worse since the mark.
no_error_logged() {
	! log | grep -E '^[a-z]+ *:(err|crit|alert|emerg) *:'
}

# names_fit: no symbol of our modules that are loaded has so long a name that the kernel cuts it. A backtrace in which one
# comes up would write to the wrong place: module_address_lookup() returns an errno then, which __sprint_symbol() takes for
# a length.
names_fit() {
	! awk '$4 ~ /^\[aux/ && length($3) > 510 { print $3; found = 1 } END { exit !found }' /proc/kallsyms
}

# --- programs that wait ----------------------------------------------------------------------------------------------

# Several such programs may run at once; the name tells them apart.
declare -A load_pid load_in load_out load_say

# start_load NAME ARGS: start `fwctl-probe ARGS... load --gate` and wait until all its files are open. ARGS must hold the
# word `load`.
start_load() {
	local name=$1 in out
	shift
	mkfifo "/tmp/load.$name.in" "/tmp/load.$name.out"
	fwctl-probe "$@" --gate <"/tmp/load.$name.in" >"/tmp/load.$name.out" 2>&1 &
	load_pid[$name]=$!
	exec {in}>"/tmp/load.$name.in" {out}<"/tmp/load.$name.out"
	rm "/tmp/load.$name.in" "/tmp/load.$name.out"
	load_in[$name]=$in load_out[$name]=$out
	load_reads "$name" 60 ready
}

# load_go NAME: let it go on to its next step.
load_go() { echo >&"${load_in[$1]}"; }

# load_reads NAME SECONDS PATTERN: read its output until a line matches; the lines are in load_say[NAME].
load_reads() {
	local line
	load_say[$1]=
	while IFS= read -r -t $(($2 * SLOW)) -u "${load_out[$1]}" line; do
		load_say[$1]+=$line$'\n'
		# shellcheck disable=SC2053
		if [[ $line == $3 ]]; then return 0; fi
	done
	echo "no line '$3' but: ${load_say[$1]}" >&2
	return 1
}

# load_end NAME: close its input and wait for it.
load_end() {
	local in=${load_in[$1]} out=${load_out[$1]}
	exec {in}>&-
	wait "${load_pid[$1]}"
	local status=$?
	exec {out}<&-
	return "$status"
}

# load_longest NAME: the longest time in milliseconds, of the lines that were read last.
load_longest() {
	sed -n 's/.*longest \([0-9]*\) us.*/\1/p' <<<"${load_say[$1]}" | awk '{ print int(($1 + 999) / 1000) }'
}

# hanging NAME N: N of its threads wait in the kernel where no signal reaches them. Who waits looks at the device now and then,
# so not all of them are seen at it in one moment.
hanging() {
	local line stat
	local -A seen=()
	for _ in 1 2 3 4 5 6; do
		for stat in "/proc/${load_pid[$1]}/task"/*/stat; do
			# One that has ended meanwhile has no file.
			if { read -r line <"$stat"; } 2>/dev/null && [[ $line == *') D '* ]]; then seen[${line%% *}]=1; fi
		done
		if [ "${#seen[@]}" -ge "$2" ]; then return; fi
		sleep 0.01
	done
	return 1
}

# The stack that was loaded before the script.
case ${AUXCORE_DRIVER:-none} in none) ;; *) come_up "$AUXCORE_DRIVER" ;; esac
