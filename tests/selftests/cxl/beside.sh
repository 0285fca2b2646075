#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device cxl-type3 --device cxl-type3
#
# Our plugin and the in-tree driver, each with a device of its own; and our half bound and unbound again and again.

. tests/selftests/lib.sh
. tests/selftests/cxl/cxl.bash

read -r a b <<<"$(memory_devices | xargs)"

cycle() {
	local i
	for ((i = 0; i < 10; i++)); do
		take "$a" || return
		[ "$(fwctl_count)" = 0 ] || return
		echo "$a" >"$CXL_DRIVERS/auxcore_cxl/bind" || return
		within 30 has_node || return
		[ "$(through_ours values)" = "$values" ] || return
	done
}

plan 17
check "our plugin loads with a claim of the first device" modprobe auxcore_cxl "claim=$a"
udevadm settle --timeout=60
equal "the claimed device is bound" auxcore_cxl "$(bound "$PCI/$a")"
equal "the one beside it is left alone" none "$(bound "$PCI/$b")"
check "the in-tree driver takes the free one" load_theirs
equal "that and no more" "auxcore_cxl cxl_pci" "$(bound "$PCI/$a") $(bound "$PCI/$b")"
check "a fwctl device comes" within 30 has_node
equal "it is the first device's" fwctl0 "$(fwctl_of "$a")"
values=$(through_ours values)
equal "two devices of a kind say the same through two drivers" "$(through_theirs values)" "$values"
refuse "the in-tree driver cannot have ours" tee "$CXL_DRIVERS/cxl_pci/bind" <<<"$a"
refuse "nor we its" tee "$CXL_DRIVERS/auxcore_cxl/bind" <<<"$b"
check "ten times unbound and bound, it says the same" cycle
exec {file}<>"$(our_node)"
check "the device is unbound while a program has its file open" take "$a"
equal "the fwctl device is gone" 0 "$(fwctl_count)"
exec {file}>&-
check "nothing of level error is in the log" no_error_logged
check "our modules unload" rmmod auxcore_fwctl auxcore_cxl auxcore auxbus
refuse "none is left" grep -q '^aux' /proc/modules
check "the in-tree driver's device still answers" through_theirs features
finish
