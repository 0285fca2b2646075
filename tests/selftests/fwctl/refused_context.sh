#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --driver ours --device connectx
# guest[upstream]: --driver upstream --device connectx
#
# Firmware that refuses a user context: open(2) fails with the errno of the status.

. tests/selftests/lib.sh

# Status and errno, as the command interface maps them.
STATUSES=(
	"0x01 EIO" "0x02 EINVAL" "0x03 EINVAL" "0x04 EIO" "0x05 EINVAL" "0x06 EBUSY" "0x08 ENOMEM" "0x09 EINVAL"
	"0x0a EINVAL" "0x0f EAGAIN" "0x50 EIO" "0x51 EIO"
)
CREATE_UCTX=0xa04

plan $((${#STATUSES[@]} + 3))
for row in "${STATUSES[@]}"; do
	read -r status errno <<<"$row"
	model 0 set "fail=$CREATE_UCTX:$status"
	says "status $status makes open(2) fail with $errno" "\\[$errno\\]" fwctl-probe info
done
check "the refusals end" model 0 set "fail=$CREATE_UCTX:0"
check "a context is granted again" works fwctl0
equal "no context is left" 0 "$(within 20 no_contexts 0; contexts 0)"
finish
