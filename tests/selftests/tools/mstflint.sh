#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx,fw=28.43.2222,psid=TOOLS_TEST,guid=0x1122334455667788
# kernel: default
#
# Debian's own mstflint reads a device through both stacks and sees the same board. It sends every request with the highest
# scope, so it taints the kernel, needs CAP_SYS_RAWIO, and still works when the kernel is locked down.

. tests/selftests/lib.sh

export HOME=/tmp MTCR_IB_TIMEOUT=1
device=fwctl0
CABLE_MAKER=module=0,slot_index=0,i2c_device_address=0x50,page_number=0,bank_number=0,device_address=148,size=16

# register NAME [INDEXES]: what mstreg says about a register.
register() {
	mstreg -d "$device" --reg_name "$1" --get ${2:+-i "$2"}
}

# everything STACK: what the programs say, one file each, and their exit statuses.
everything() {
	local dir=/tmp/said.$1
	mkdir -p "$dir"
	mstflint -d "$device" q >"$dir/query" 2>&1
	echo "status $?" >>"$dir/query"
	mstflint -d "$device" q full >"$dir/full" 2>&1
	echo "status $?" >>"$dir/full"
	register MGIR >"$dir/mgir" 2>&1
	register MCIA "$CABLE_MAKER" >"$dir/mcia" 2>&1
	register MFRL >"$dir/mfrl" 2>&1
	mstfwreset -d "$device" q >"$dir/reset" 2>&1
	echo "status $?" >>"$dir/reset"
}

# value NAME FILE: the number that mstreg printed for a field.
value() { sed -n "s/^$1  *| \(0x[0-9a-f]*\).*/\1/p" "$2" | head -n 1; }

tainted() { echo $(($(cat /proc/sys/kernel/tainted) >> 19 & 1)); }

plan 26
for stack in upstream ours; do
	check "the stack $stack loads" load "$stack"
	[ "$stack" = ours ] || equal "before mstflint ran, the kernel has no taint of fwctl" 0 "$(tainted)"
	everything "$stack"
	equal "and has it after, through $stack" 1 "$(tainted)"
	refuse "without CAP_SYS_RAWIO mstflint reads nothing through $stack" \
		capsh --drop=cap_sys_rawio -- -c "mstflint -d $device q"
	check "the stack $stack unloads" unload "$stack"
done
said=/tmp/said.ours
says "the query succeeds" '^status 0' cat $said/query
says "it tells the firmware's version" '^FW Version: +28\.43\.2222' cat $said/query
says "when it was built" '^FW Release Date: +5\.11\.2024' cat $said/query
says "the board" '^PSID: +TOOLS_TEST$' cat $said/query
says "the first GUID" '^Base GUID: +1122334455667788 +16' cat $said/query
says "the first address" '^Base MAC: +112233667788 +16' cat $said/query
says "and in full the description" '^Description: +auxcore ConnectX model; a model' cat $said/full
equal "mstreg decodes the device number of MGIR" 0x00001021 "$(value device_id $said/mgir)"
equal "and of the chip" 0x00000218 "$(value hw_dev_id $said/mgir)"
equal "the cable's maker of MCIA: auxc" 0x61757863 "$(value 'dword\[0\]' $said/mcia)"
equal "and how it can be reset of MFRL, the register of mstfwreset" 0x00000041 "$(value reset_trigger $said/mfrl)"
# This release looks for a PCI address in what it is given, and so resets no device by its fwctl name.
says "mstfwreset refuses the name of a fwctl device" 'Failed to get device PCI address' cat $said/reset
check "all of it is the same through both stacks" diff -r /tmp/said.upstream $said

check "the stack ours loads again" load ours
mount -t securityfs none /sys/kernel/security
check "the kernel is locked down" eval 'echo integrity >/sys/kernel/security/lockdown && grep -F "[integrity]" /sys/kernel/security/lockdown'
says "a program can no longer go around the driver: the function's configuration space is not written" \
	'Operation not permitted' setpci -s "$(functions | head -n 1)" LATENCY_TIMER=40
check "mstflint's query is the same" eval 'mstflint -d "$device" q 2>&1 | diff <(head -n -1 $said/query) -'
finish
