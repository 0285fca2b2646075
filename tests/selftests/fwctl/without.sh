#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device pci-testdev
#
# A vendor whose device type is not mlx5, and that has no information about a device: the same consumer serves it, and INFO
# tells the type and nothing else.

. tests/selftests/lib.sh

plan 6
check "the null vendor comes up with two fwctl children" modprobe auxcore_null ports=0 fwctls=2
udevadm settle --timeout=60
two() { [ "$(fwctl_count)" = 2 ] && [ -c /dev/fwctl/fwctl1 ]; }
check "each has a device" within 30 two
says "INFO tells the type" 'The device is of type pds, and only mlx5' fwctl-probe --device /dev/fwctl/fwctl1 info
check "the modules unload" rmmod auxcore_test_orders auxcore_null
equal "no device is left" 0 "$(fwctl_count)"
check "nothing of level error is in the log" no_error_logged
finish
