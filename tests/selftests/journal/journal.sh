#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx
#
# The journal of what user programs may have changed: what is in it, what is not, and what it survives.

. tests/selftests/lib.sh

bdf=$(functions)
files=/sys/kernel/debug/auxcore/$bdf
journal=$files/journal
node() { echo "/dev/fwctl/$(fwctl_of "$bdf")"; }
# ACCESS_REG of NODE_DESC that writes zeroes.
WRITE=08050000000000000000600100000000

entries() { grep -v '^#' "$journal"; }
count() { entries | wc -l; }
last() { entries | tail -n 1; }
# word KEY: of the newest entry.
word() { last | tr ' ' '\n' | sed -n "s/^$1=//p"; }
write() { fwctl-probe --device "$(node)" rpc --scope 0 --pad-in 80 --out-len 80 --hex "$WRITE" "$@"; }
# rpc SCOPE HEX
rpc() { fwctl-probe --device "$(node)" rpc --scope "$1" --pad-in 32 --out-len 64 --hex "$2"; }
as_user() { setpriv --reuid=1000 --clear-groups "$@"; }
in_order() { awk '/^#/ { next } { split($1, s, "="); if (n && s[2] != n + 1) exit 1; n = s[2] }' "$@"; }

plan 32
equal "the file can be read and not written" 444 "$(stat -c %a "$journal")"
refuse "a user other than root does not reach it" as_user cat "$journal"
equal "nobody changed anything yet" 0 "$(count)"
check "reads of all kinds are done" fwctl-probe dump
rpc 1 080d0000000000000000000000000000 >/dev/null
equal "none of them is in it" 0 "$(count)"

for _ in 1 2 3; do write; done >/dev/null
equal "three writes of a register are" "seq=1 seq=2 seq=3" "$(entries | cut -d' ' -f1 | xargs)"
says "an entry says when, who, where and what" "^seq=3 time=[-0-9]{10}T[:0-9]{8}\\.[0-9]{6}Z pid=[0-9]+ comm=fwctl-probe uid=0 device=$bdf scope=configuration command=ACCESS_REG/write/0x6001 status=0x0 errno=0\$" last
below "the time is now" 60 "$(($(date +%s) - $(date -d "$(word time)" +%s)))"
fwctl-probe --device "$(node)" rpc --scope 0 --pad-in 80 --out-len 80 --hex "$WRITE" >/dev/null &
wait $!
equal "the process is the one that asked" $! "$(word pid)"

model 0 set fail=0x805:0x5
write >/dev/null
equal "a refusal by firmware stands with its status" "0x5 0" "$(word status) $(word errno)"
model 0 set fail=0x805:0
rpc 2 08200000000000000000000000000000 >/dev/null
equal "so does the scope of a debug write" "debug_write SET_DIAGNOSTIC_PARAMS/0x0" "$(word scope) $(word command)"
before=$(count)
rpc 3 0a040000000000000000000000000000 >/dev/null 2>&1
rpc 1 07700000000000000000000000000000 >/dev/null 2>&1
equal "a denied request and a query of counters add nothing" "$before" "$(count)"
rpc 1 "0770$(printf '%044d' 0)80$(printf '%014d' 0)" >/dev/null 2>&1
equal "the query that resets the counters does" QUERY_VPORT_COUNTER/clear "$(word command)"

chmod 666 "$(node)"
as_user fwctl-probe --device "$(node)" rpc --scope 0 --pad-in 80 --out-len 80 --hex "$WRITE" >/dev/null
equal "the uid is the program's" 1000 "$(word uid)"
forged=$'/tmp/x\nseq=9 #'
cp "$(command -v fwctl-probe)" "$forged"
"$forged" --device "$(node)" rpc --scope 0 --pad-in 80 --out-len 80 --hex "$WRITE" >/dev/null
# shellcheck disable=SC1003
equal "a program's name cannot look like another entry" 'x\x0aseq\x3d9\x20\x23' "$(word comm)"

cat "$journal" >/tmp/first
cat "$journal" >/tmp/second
check "reading it changes nothing" cmp /tmp/first /tmp/second
rmmod auxcore_fwctl
check "it survives the consumer" cmp /tmp/first "$journal"
modprobe auxcore_fwctl
come_up ours
number=$(word seq)
write >/dev/null
equal "and goes on when there is a new one" $((number + 1)) "$(word seq)"

check "a file is open" start_load victim --device "$(node)" load --threads 1 --scope 0 --pad-in 80 --out-len 80 --hex "$WRITE"
model 0 set stall=1
load_go victim
check "its write hangs" within 20 hanging victim 1
equal "and is not in it yet" $((number + 1)) "$(word seq)"
child=$(fwctl_child ours)
echo "$child" >"$(readlink -f "$AUX/$child/driver")/unbind"
load_reads victim 30 '1 requests: 1 ENODEV;*'
model 0 set stall=0
equal "a revoked write has an unknown outcome" "unknown -19" "$(word status) $(word errno)"
load_end victim
echo "$child" >/sys/bus/auxiliary/drivers/auxcore_fwctl.auxcore_fwctl/bind
come_up ours

number=$(word seq)
entries >/tmp/first
model 0 health fatal
write_works() { write >/dev/null 2>&1 && [ "$(word status)" = 0x0 ] && [ "$(word seq)" -gt "$number" ]; }
check "a device that died comes back and is written" within 60 write_works
check "the journal survives the recovery" eval 'entries | head -n "$number" | cmp - /tmp/first'

watch() { while [ ! -e /tmp/stop ]; do in_order "$journal" || touch /tmp/torn; done; }
watch &
watcher=$!
write --repeat 600 >/dev/null
touch /tmp/stop
wait "$watcher"
equal "it holds 512 entries and no more" 512 "$(count)"
equal "the first line tells how many are gone" "# $bdf: 512 entries, $(($(word seq) - 512)) older ones overwritten" "$(head -n 1 "$journal")"
check "the newest are there, in order" in_order "$journal"
refuse "a reader never sees it half written" test -e /tmp/torn

exec {open}<"$journal"
check "the core unbinds while the file is open" eval "echo $bdf >/sys/bus/pci/drivers/auxcore_mlx5/unbind"
refuse "the open file cannot be read any more" cat <&"$open"
exec {open}<&-
refuse "the directory is gone" test -e "$files"
check "the stack unloads" unload ours
finish
