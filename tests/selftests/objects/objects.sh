#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx --device connectx
#
# The table of what exists in a device: the same as the device says, and gone when it is gone.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
bdf=${bdfs[0]}
objects=/sys/kernel/debug/auxcore/$bdf/objects
other=/sys/kernel/debug/auxcore/${bdfs[1]}/objects
node=/dev/fwctl/$(fwctl_of "$bdf")

kinds() { grep -v '^#' "${1:-$objects}" | sed 's/^kind=\([^ ]*\).*/\1/' | grep -v uctx | LC_ALL=C sort | xargs; }
# word KIND KEY
word() { sed -n "s/^kind=$1 .*\\b$2=\\([^ ]*\\).*/\\1/p" "$objects"; }
# uctx PID: the line of a program's user context.
uctx() { grep "^kind=uctx owner=fwctl pid=$1 " "$objects"; }
has_no() { ! uctx "$1"; }
lines() { grep -vc '^#' "$objects"; }
empty() { [ "$(lines)" = 0 ]; }

# opener NAME ARGS: a program that holds the device open; sets pid_NAME and number_NAME.
declare -A pid number in
opener() {
	local name=$1 fd line
	shift
	mkfifo "/tmp/in.$name" "/tmp/out.$name"
	{
		# Or it would keep the others from seeing that theirs is closed.
		for fd in "${in[@]}"; do exec {fd}>&-; done
		exec "$@" fwctl-probe --device "$node" hold <"/tmp/in.$name" >"/tmp/out.$name"
	} &
	pid[$name]=$!
	exec {fd}>"/tmp/in.$name"
	in[$name]=$fd
	read -r -t 20 line <"/tmp/out.$name" || return
	number[$name]=${line#*uid=}
}
closes() {
	local fd=${in[$1]}
	exec {fd}>&-
	wait "${pid[$1]}"
}

plan 25
equal "the file can be read and not written" 444 "$(stat -c %a "$objects")"
refuse "nothing can be written to it" eval "echo kind=eq >$objects"
equal "a function that is up has pages, a doorbell page, an event queue and the commands" "commands eq pages uar" "$(kinds)"
equal "all of them are the core's" "core core core core" "$(sed -n 's/.* owner=\([^ ]*\).*/\1/p' "$objects" | xargs)"
equal "as many pages as the device holds" "$(number_of 0 pages_held)" "$(($(word pages count)))"
equal "no command is under way" 0x0 "$(word commands count)"
equal "the event queue is on the first vector" 0x0 "$(word eq vector)"

chmod 666 "$node"
check "a program opens the device" opener root env
check "so does another user's" opener user setpriv --reuid=1000 --clear-groups
says "the first is listed with its user" "comm=fwctl-probe uid=0 number=$(printf '%#x' "${number[root]}") caps=0x[0-9a-f]+\$" uctx "${pid[root]}"
says "so is the second" "comm=fwctl-probe uid=1000 number=$(printf '%#x' "${number[user]}") caps=0x[0-9a-f]+\$" uctx "${pid[user]}"
equal "the other function has none of them" 0 "$(grep -c uctx "$other")"
closes root
check "a file that is closed is forgotten" within 20 has_no "${pid[root]}"
says "and the other is not" uctx uctx "${pid[user]}"
kill -9 "${pid[user]}"
check "a program that is killed is forgotten" within 20 has_no "${pid[user]}"
check "firmware has forgotten them, too" within 20 no_contexts 0

check "eight files are open" start_load files --device "$node" load --threads 8
equal "and listed" 8 "$(grep -c '^kind=uctx' "$objects")"
model 0 set stall=1
load_go files
check "their commands are counted while firmware holds them" within 20 eval '[ $(($(word commands count))) -ge 4 ]'
model 0 health fatal
model 0 set stall=0
load_reads files 60 '8 requests: *'
load_end files
recovered() { [ "$(kinds)" = "commands eq pages uar" ] && works "$(fwctl_of "$bdf")"; }
check "a device that died comes back with each of its objects once" within 60 recovered
equal "and without what belonged to the time before" 0 "$(grep -c '^kind=uctx' "$objects")"

# It is another device, and has another name when the files were still open as it came.
node=/dev/fwctl/$(fwctl_of "$bdf")
check "a file is open" opener last env
model 0 die >/dev/null 2>&1
check "a device that is gone has nothing" within 60 empty
closes last
check "the other device has what it had" test "$(kinds "$other")" = "commands eq pages uar"
check "the stack unloads" unload ours
finish
