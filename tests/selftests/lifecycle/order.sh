#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx
#
# Modules go in every order that their use allows, and in no other.

. tests/selftests/lib.sh

bdf=$(functions)

unloaded() { ! loaded auxcore_fwctl && ! loaded auxcore_mlx5 && ! loaded auxcore && ! loaded auxbus; }

remove_all() {
	local module
	for module in "$@"; do rmmod "$module" || return; done
}

plan 19
for order in "auxcore_fwctl auxcore_mlx5" "auxcore_mlx5 auxcore_fwctl"; do
	check "the stack loads before it goes as $order" load ours
	check "fwctl works before the stack goes as $order" works fwctl0
	refuse "auxbus is in use and stays" rmmod auxbus
	refuse "auxcore is in use and stays" rmmod auxcore
	# shellcheck disable=SC2086
	check "the modules go as $order auxcore auxbus" remove_all $order auxcore auxbus
	equal "no fwctl device is left" 0 "$(fwctl_count)"
	check "nothing is left in the device" eval "unloaded && device_clean 0"
done
check "the stack loads" load ours
check "the core driver goes alone" rmmod auxcore_mlx5
equal "the consumer is left without a device" "0 yes" "$(fwctl_count) $(loaded auxcore_fwctl && echo yes)"
check "the core driver comes back" load ours
says "the consumer that waited is bound again" '^ *uid +[1-9]' fwctl-probe --device "/dev/fwctl/$(fwctl_of "$bdf")" info
finish
