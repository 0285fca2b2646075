#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest:
#
# A module built against other metadata of a crate it uses does not load, whatever else is equal.

. tests/selftests/lib.sh

plan 10
modprobe auxcore
copy=/tmp/stale.ko
for consumer in auxcore_fwctl auxcore_mlx5; do
	# A signature would say that the module was changed.
	unsigned "$consumer" /tmp/built.ko
	for provider in auxbus auxcore; do
		LC_ALL=C sed "s/auxcore_meta_${provider}_[0-9a-f]\{16\}/auxcore_meta_${provider}_0123456789abcdef/" /tmp/built.ko >"$copy"
		log_mark
		refuse "$consumer built against another $provider does not load" insmod "$copy"
		says "the kernel log names the missing metadata of $provider for $consumer" \
			"Unknown symbol auxcore_meta_${provider}_0123456789abcdef" log
	done
	check "$consumer as built loads" insmod /tmp/built.ko
	rmmod "$consumer"
done
finish
