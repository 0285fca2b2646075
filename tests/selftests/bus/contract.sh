#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx
#
# A consumer and a child that do not agree about their contract never meet.

. tests/selftests/lib.sh

wrong=/sys/bus/auxiliary/drivers/auxcore_test_wrong.auxcore_test_wrong
again() { works "$(fwctl_of "$(functions)")"; }
bind() { bash -c 'echo "$0" >"$1/bind"' "$1" "$wrong"; }

plan 10
log_mark
check "the consumer with the wrong contract loads" modprobe auxcore_test_wrong
check "the stack loads" load ours
child=$(fwctl_child ours)
equal "the child is bound to the right consumer" auxcore_fwctl.auxcore_fwctl "$(bound "$AUX/$child")"
echo "$child" >/sys/bus/auxiliary/drivers/auxcore_fwctl.auxcore_fwctl/unbind
says "a child of another contract is refused as invalid" 'Invalid argument' eval 'bind "$child" 2>&1'
equal "it stays without a driver" none "$(bound "$AUX/$child")"
echo "$child" >/sys/bus/auxiliary/drivers/auxcore_fwctl.auxcore_fwctl/bind
check "the right consumer still works" within 20 again
check "the stack unloads" eval 'rmmod auxcore_fwctl && rmmod auxcore_mlx5'
if has_stack upstream; then
	load upstream
	child=$(fwctl_child upstream)
	echo "$child" >/sys/bus/auxiliary/drivers/mlx5_fwctl.mlx5_fwctl/unbind
	says "a child of a C driver is refused as without data" 'No such file or directory' eval 'bind "$child" 2>&1'
	check "the C stack unloads" unload upstream
else
	pass "a child of a C driver is refused as without data # SKIP no C driver"
	pass "the C stack unloads # SKIP no C driver"
fi
check "the wrong consumer was never bound" eval '! log | grep "another contract"'
finish
