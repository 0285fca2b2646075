#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --driver ours --device connectx
# guest[upstream]: --driver upstream --device connectx --append lockdown=integrity
# guest[unsigned]: --device connectx --append lockdown=integrity
# kernel: default
#
# A kernel that is locked down: fwctl goes on to work in all four scopes, as upstream has it, where only the capability
# guards the widest; what reaches the device past fwctl is closed. The stock modules are signed and so load into a kernel
# that was booted like that. Ours are not, unless whoever installs them signs them: they are refused, and are loaded before
# here.

. tests/selftests/lib.sh

bdf=$(functions)
scope() { fwctl-probe rpc --scope "$1" --out-len 272 --hex 01010000000000000000000000000000; }

mount -t securityfs none /sys/kernel/security
if [ "$1" = unsigned ]; then
	plan 3
	says "the kernel is locked down" '\[integrity\]' cat /sys/kernel/security/lockdown
	says "a module without a signature is refused" 'not permitted|Key was rejected' modprobe auxbus
	refuse "and is not there" loaded auxbus
	finish
fi
plan 9
if [ "$1" = ours ]; then echo integrity >/sys/kernel/security/lockdown; fi
says "the kernel is locked down" '\[integrity\]' cat /sys/kernel/security/lockdown
for scope in 0 1 2 3; do check "scope $scope works" scope "$scope"; done
refuse "scope 3 is closed without CAP_SYS_RAWIO" \
	capsh --drop=cap_sys_rawio -- -c 'fwctl-probe rpc --scope 3 --hex 01010000000000000000000000000000'
equal "the kernel carries the taint of fwctl" 1 "$(($(cat /proc/sys/kernel/tainted) >> 19 & 1))"
says "the device's configuration is closed to programs" 'Operation not permitted' setpci -s "$bdf" COMMAND=0
equal "no protocol violation" 0 "$(number_of 0 total_violations)"
finish
