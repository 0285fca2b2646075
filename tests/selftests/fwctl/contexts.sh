#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --driver ours --device connectx,cap.general.log_max_uctx=5
# guest[upstream]: --driver upstream --device connectx,cap.general.log_max_uctx=5
#
# One user context of firmware for each open file, and none for a file that is closed. A context may use what firmware keeps
# for tools if the device offers it.

. tests/selftests/lib.sh

stack=$1
node=/dev/fwctl/fwctl0
ACCESS_REG_WRITE_NODE_DESC=08050000000000000000600100000000

open_and_close() {
	local i
	for ((i = 0; i < $1; i++)); do
		exec 9<>"$node" || return
		exec 9>&-
	done
}

# open_until_refused: sets opened to the number of files that were open at once.
open_until_refused() {
	local fd fds=()
	opened=0
	while [ "$opened" -lt 100 ] && { exec {fd}<>"$node"; } 2>/dev/null; do
		fds+=("$fd")
		opened=$((opened + 1))
	done
	for fd in "${fds[@]}"; do exec {fd}>&-; done
}

uids() { model 0 commands "$1" | grep QUERY_HCA_CAP | grep -o ' uid [0-9]*' | sort -u; }

# text_bytes TEXT: 64 bytes of hexadecimal.
text_bytes() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n' | sed -e ':a' -e '/.\{128\}/!{s/$/0/;ba' -e '}'; }

# caps: what the context of a new file may do.
caps() { fwctl-probe info | sed -n 's/^ *uctx_caps *//p'; }

# write_node_desc TEXT: by a command that needs the capability for tools.
write_node_desc() { fwctl-probe rpc --scope 0 --out-len 80 --hex "$ACCESS_REG_WRITE_NODE_DESC$(text_bytes "$1")"; }

# reload_with CAPS: the stack anew, on a device that offers these capabilities to contexts.
reload_with() { unload "$stack" && model 0 set "cap.general.uctx_cap=$1" && load "$stack"; }

plan 17
check "a hundred files open and close one after another" open_and_close 100
check "no context is left of them" within 20 no_contexts 0
check "eight files open at once" start_load files load --threads 8 --linger
equal "each has a context" 8 "$(contexts 0)"
load_go files
check "a request on each succeeds" load_reads files 60 '8 requests: 8 OK;*'
load_reads files 60 'done'
equal "each request carries the uid of its own file" 8 "$(uids 8 | wc -l)"
refuse "none of them is 0, the kernel's" grep -qx ' uid 0' <<<"$(uids 8)"
load_go files
load_end files
check "the contexts go with the files" within 20 no_contexts 0
open_until_refused
equal "the device's 32 contexts can be open at once, and no more" 32 "$opened"
check "all of them go" within 20 no_contexts 0
equal "a context may use what is for tools" 4 "$(caps)"
check "a register is written" write_node_desc written-by-user
says "and read back" 'NODE_DESC.node_desc=written-by-user' fwctl-probe dump reg.NODE_DESC
check "the device offers nothing for tools from now on" reload_with 1
equal "a context is created all the same, without it and without what else is offered" 0 "$(caps)"
says "firmware refuses what needs it" 'status 0x03 ' write_node_desc written-without
equal "no protocol violation" 0 "$(number_of 0 total_violations)"
finish
