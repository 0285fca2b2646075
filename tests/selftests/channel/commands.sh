#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx
#
# Counters, histogram and trace events tell what became of each command.

. tests/selftests/lib.sh

bdf=$(functions)
node=/dev/fwctl/$(fwctl_of "$bdf")
file=/sys/kernel/debug/auxcore/$bdf/commands
tracing=/sys/kernel/tracing
[ -e "$tracing/trace" ] || mount -t tracefs tracefs "$tracing"
child=$(fwctl_child ours)
consumer=$(readlink -f "$AUX/$child/driver")

# counter OPCODE KEY: a counter of the file, zero if there is no such line.
counter() {
	awk -v opcode="opcode=$1" -v key="$2" '$1 == opcode { for (i = 2; i <= NF; i++) { split($i, pair, "="); if (pair[1] == key) n = pair[2] } } END { print n + 0 }' "$file"
}
counts() { [ "$(counter "$1" "$2")" = "$3" ]; }

# Each line's histogram holds what firmware returned in time.
consistent() {
	awk '{
		returned = timed = 0
		for (i = 2; i <= NF; i++) {
			split($i, pair, "=")
			if (pair[1] ~ /^(ok|refused|undelivered)$/) returned += pair[2]
			if (pair[1] == "us") { n = split(pair[2], bucket, ","); for (b = 1; b <= n; b++) { split(bucket[b], p, ":"); timed += p[2] } }
		}
		if (returned != timed) { print; bad = 1 }
	} END { exit bad || NR == 0 }' "$file"
}

# events NAME PATTERN: how many events of this name match.
events() { grep "auxcore_command_$1: " "$tracing/trace" | grep -cE -- "$2"; }

# Every command that was posted is done once, in the same slot with the same token.
paired() {
	awk '
		{ id = ""; for (i = 1; i <= NF; i++) if ($i ~ /^(slot|token|opcode)=/) id = id " " $i }
		/auxcore_command_post: / { n[id]++; posts++ }
		/auxcore_command_done: / && !/slot=-1/ { n[id]-- }
		END { for (i in n) if (n[i]) { print n[i] i; bad = 1 }; exit bad || !posts }' "$tracing/trace"
}

plan 26
equal "the file has mode 0444" 444 "$(stat -c %a "$file")"
refuse "and cannot be written" dd if=/dev/zero of="$file" bs=1 count=1
equal "bring-up is counted" 1 "$(counter 0x0104 ok)"
check "the histograms hold every reply" consistent

check "tracing goes on" tee "$tracing/events/auxcore/enable" <<<1
before=$(counter 0x0101 ok)
check "thirty commands are executed" fwctl-probe --device "$node" rpc --hex 01010000000000000000000000000000 --out-len 272 --repeat 30
equal "they are counted" $((before + 30)) "$(counter 0x0101 ok)"
equal "thirty are posted in the trace" 30 "$(events post opcode=0x101)"
equal "and thirty done without an error, each with its time" 30 "$(events 'done' 'opcode=0x101 status=0(x0)? error=0 latency_us=[1-9]')"
equal "all of this device" 0 "$(grep auxcore_command_ "$tracing/trace" | grep -vc "device=$bdf ")"
check "each command is done as it was posted" paired

model 0 set fail=QUERY_ADAPTER:5
fwctl-probe --device "$node" rpc --hex 01010000000000000000000000000000 --out-len 272 >/dev/null 2>&1
model 0 set fail=QUERY_ADAPTER:0
equal "a refusal is counted" 1 "$(counter 0x0101 refused)"
equal "and traced with firmware's status" 1 "$(events 'done' 'opcode=0x101 status=0x5 error=0')"

echo >"$tracing/trace"
check "four files open" start_load storm --device "$node" load --threads 4
model 0 set "delay_us=QUERY_HCA_CAP:$(slowly 1500000)"
load_go storm
check "four requests hang" within 60 hanging storm 4
echo "$child" >"$consumer/unbind"
check "they end with the consumer" load_reads storm 30 '4 requests: 4 ENODEV;*'
check "the files close" load_end storm
equal "four are counted as cancelled" 4 "$(counter 0x0100 cancelled)"
equal "and traced with their errno" 4 "$(events 'done' 'opcode=0x100 status=0(x0)? error=-19')"
check "their replies come late" within 30 counts 0x0100 late 4
equal "and are traced as such" 4 "$(events late opcode=0x100)"
check "all others are in the histograms" consistent
model 0 set delay_us=0
check "the consumer binds again" tee "$consumer/bind" <<<"$child"
come_up ours

check "tracing goes off" tee "$tracing/events/auxcore/enable" <<<0
echo >"$tracing/trace"
works "$(fwctl_of "$bdf")"
equal "nothing is traced then" 0 "$(events '[a-z]*' .)"
check "the stack unloads" unload ours
finish
