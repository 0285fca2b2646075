#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device pci-testdev
#
# A vendor whose device type is not mlx5, and that has no information about a device: the same consumer serves it, and INFO
# tells the type and nothing else.

. tests/selftests/lib.sh

# told: the type that INFO tells, how long it says its data is, and which bytes are then in a room that was all 0xff.
told() {
	python3 - <<'TEXT'
import array, fcntl, os, struct
room = array.array("B", b"\xff" * 64)
call = bytearray(struct.pack("4IQ", 24, 0, 0, len(room), room.buffer_info()[0]))
fcntl.ioctl(os.open("/dev/fwctl/fwctl1", os.O_RDWR), 0x9a00, call)
print(*struct.unpack("4I8x", call)[2:], *set(room))
TEXT
}

plan 7
check "the null vendor comes up with two fwctl children" modprobe auxcore_null ports=0 fwctls=2
udevadm settle --timeout=60
two() { [ "$(fwctl_count)" = 2 ] && [ -c /dev/fwctl/fwctl1 ]; }
check "each has a device" within 30 two
says "INFO tells the type" 'The device is of type pds, and only mlx5' fwctl-probe --device /dev/fwctl/fwctl1 info
equal "its data has no bytes, and all the room for it is zeroed" "4 0 0" "$(told)"
check "the modules unload" rmmod auxcore_test_orders auxcore_null
equal "no device is left" 0 "$(fwctl_count)"
check "nothing of level error is in the log" no_error_logged
finish
