#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device cxl-type3 --device cxl-type3
#
# Debian's cxl tool, which knows only the in-tree driver, says of a memory device what our stack says of it, and says the same
# again after our stack had the device.

. tests/selftests/lib.sh
. tests/selftests/cxl/cxl.bash

# The second device, since its serial number is not that of every first device.
read -r beside bdf <<<"$(memory_devices | xargs)"

# listed: all that the tool says of all devices, some of it asked of the device now.
listed() { cxl list --memdevs --idle -vvv 2>/dev/null; }

# addresses: which devices these are. of_ours: of these the one that our stack takes.
addresses() { python3 -c 'import json, sys; print(*sorted(device["host"] for device in json.load(sys.stdin)))'; }
of_ours() {
	python3 -c 'import json, sys
print(*(json.dumps(device, indent=1) for device in json.load(sys.stdin) if device["host"] == sys.argv[1]))' "$bdf"
}

# by_tool: what the tool says of that device and our stack says, too. The sizes but the first are of an Identify.
by_tool() {
	python3 -c 'import json, sys
device = json.load(sys.stdin)
print("memory", device["ram_size"])
for name, size in device["partition_info"].items():
    print(name, size)
print("firmware", device["firmware_version"])
print("serial", device["serial"])'
}

# by_ours: the same of the Identify that our plugin sent, and of the configuration space as our driver leaves it.
by_ours() {
	local serial
	sed -n 's/^identity //p' "/sys/kernel/debug/auxcore/$bdf/device" | python3 -c 'import struct, sys
firmware, *sizes = struct.unpack_from("<16s4Q", bytes.fromhex(sys.stdin.read()))
total, volatile, persistent, alignment = (size * (256 << 20) for size in sizes)
# Without an alignment there is no memory that can be of either kind.
print("memory", volatile if alignment == 0 else "unknown")
print("total_size", total)
print("volatile_only_size", volatile)
print("persistent_only_size", persistent)
print("partition_alignment_size", alignment)
print("firmware", firmware.rstrip(b"\0").decode())'
	serial=$(lspci -vs "$bdf" | sed -n 's/.*Device Serial Number //p')
	echo "serial $((16#${serial//-/}))"
}

plan 12
check "the in-tree driver loads" load_theirs
check "and has both devices" within 30 [ -e /dev/cxl/mem1 ]
equal "which the tool lists" "$beside $bdf" "$(listed | addresses)"
before=$(listed | of_ours)
theirs=$(by_tool <<<"$before")
says "it tells the second serial number" '^serial 2$' echo "$theirs"
says "and 256 MiB" '^memory 268435456$' echo "$theirs"
take "$bdf"
modprobe auxcore_cxl
check "our plugin has the device" give "$bdf" auxcore_cxl
check "a fwctl device comes" within 30 has_node
equal "sizes, firmware and serial number are the same" "$theirs" "$(by_ours)"
equal "auxctl tells it by the address that the tool told" "$bdf" \
	"$(auxctl info "$bdf" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["core"])')"
equal "the tool has only the device beside" "$beside" "$(listed | addresses)"
take "$bdf"
rmmod auxcore_fwctl auxcore_cxl auxcore auxbus
check "the in-tree driver has the device again" give "$bdf" cxl_pci
within 30 [ -e /dev/cxl/mem1 ] && within 30 [ -e /dev/cxl/mem0 ]
equal "and the tool says all of it as before" "$before" "$(listed | of_ours)"
finish
