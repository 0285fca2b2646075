#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx
# kernel: default
#
# The same program gets the same bytes from the same device through both stacks.

. tests/selftests/lib.sh

plan 9
for stack in upstream ours; do
	check "the stack $stack loads" load "$stack"
	check "a dump of every reply through $stack succeeds" eval "fwctl-probe dump --raw >/tmp/dump.$stack"
	fwctl-probe --mask-uid show >"/tmp/show.$stack" 2>&1
	check "the stack $stack unloads" unload "$stack"
done
check "the dump holds replies of every kind" test "$(grep -c '^[A-Z]' /tmp/dump.ours)" -ge 20
check "both stacks answer the same bytes" cmp /tmp/dump.upstream /tmp/dump.ours
check "both stacks show the same device" diff /tmp/show.upstream /tmp/show.ours
finish
