#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --driver ours --device connectx --append lockdown=integrity
# guest[upstream]: --driver upstream --device connectx --append lockdown=integrity
# guest[unsigned]: --device connectx --append lockdown=integrity
# kernel: default
#
# A kernel that is locked down: fwctl goes on to work in all four scopes, as upstream has it, where only the capability
# guards the widest; what reaches the device past fwctl is closed. A kernel that was booted like that takes only modules that
# are signed: the stock ones are, and the set-up signs ours with the same key, as whoever installs them has to.

. tests/selftests/lib.sh

bdf=$(functions)
scope() { fwctl-probe rpc --scope "$1" --out-len 272 --hex 01010000000000000000000000000000; }

mount -t securityfs none /sys/kernel/security
if [ "$1" = unsigned ]; then
	plan 5
	says "the kernel is locked down" '\[integrity\]' cat /sys/kernel/security/lockdown
	unsigned auxbus /tmp/auxbus.ko
	says "a module without a signature is refused" 'not permitted|Key was rejected' insmod /tmp/auxbus.ko
	says "by the lockdown" 'Lockdown: insmod: unsigned module loading is restricted' log
	refuse "and is not there" loaded auxbus
	check "the same module as it was installed loads" modprobe auxbus
	finish
fi
plan 9
says "the kernel is locked down" '\[integrity\]' cat /sys/kernel/security/lockdown
for scope in 0 1 2 3; do check "scope $scope works" scope "$scope"; done
refuse "scope 3 is closed without CAP_SYS_RAWIO" \
	capsh --drop=cap_sys_rawio -- -c 'fwctl-probe rpc --scope 3 --hex 01010000000000000000000000000000'
equal "the kernel carries the taint of fwctl" 1 "$(($(cat /proc/sys/kernel/tainted) >> 19 & 1))"
says "the device's configuration is closed to programs" 'Operation not permitted' setpci -s "$bdf" COMMAND=0
equal "no protocol violation" 0 "$(number_of 0 total_violations)"
finish
