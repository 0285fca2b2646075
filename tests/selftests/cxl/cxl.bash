# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts about CXL memory devices share. They read the variables.
# shellcheck disable=SC2034

CXL_DRIVERS=/sys/bus/pci/drivers
SCRUB=96dad7d6-fde8-482b-a733-75774e06db8a

# memory_devices: the PCI addresses of all CXL memory devices, in order.
memory_devices() { lspci -Dn -d ::0502 | cut -d' ' -f1; }

# give BDF DRIVER: bind a device to a driver whose module is loaded, by driver_override.
give() {
	echo "$2" >"$PCI/$1/driver_override" && echo "$1" >/sys/bus/pci/drivers_probe
	udevadm settle --timeout=$((60 * SLOW))
	[ "$(bound "$PCI/$1")" = "$2" ]
}

# take BDF: unbind a device from its driver.
take() { echo "$1" >"$PCI/$1/driver/unbind"; }

# our_node: the file of the one fwctl device there is. Its number may change when it comes again.
our_node() { echo /dev/fwctl/*; }
has_node() { [ -c "$(our_node)" ]; }

# through_ours ARGS, through_theirs ARGS: the mailbox through fwctl, and through the file of the in-tree driver.
through_ours() { fwctl-probe --device "$(our_node)" cxl "$@"; }
through_theirs() { fwctl-probe cxl --through memdev "$@"; }

# load_theirs: the in-tree driver, told to let every raw command pass. It takes every device that is free.
load_theirs() {
	modprobe cxl_pci && within 30 [ -e /dev/cxl/mem0 ] && echo 1 >/sys/kernel/debug/cxl/mbox/raw_allow_all
}

# as_shown: features as fwctl shows them: those that are the kernel's, and here all are, as not changeable.
as_shown() {
	sed -e 's/ set=[0-9]* / set=0 /' | while read -r line; do
		flags=${line#*flags=} flags=${flags%% *}
		printf '%s\n' "${line/flags=$flags/flags=$(printf '%#x' $((flags & ~1)) | sed 's/^0$/0x0/')}"
	done
}

# payload HEX...: bytes behind each other.
payload() { local IFS=; echo "$*"; }

# get_payload UUID OFFSET COUNT: the payload of Get Feature, in bytes of hexadecimal.
get_payload() { payload "${1//-/}" "$(le16 "$2")" "$(le16 "$3")" 00; }

# le16 N: the number as four digits, its low byte first.
le16() { printf '%02x%02x' $(($1 & 255)) $(($1 >> 8)); }
