#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device cxl-type3
#
# What a CXL memory device says through our stack is what it says through the in-tree driver, and it keeps its values.

. tests/selftests/lib.sh
. tests/selftests/cxl/cxl.bash

bdf=$(memory_devices)
# raw_refused ERRNO ARGS: a request ends with this errno.
raw_refused() { [ "$(through_ours "${@:2}" | tail -n 1)" = "$1" ]; }

plan 47
check "the in-tree driver loads and has the device" load_theirs
equal "it is bound" cxl_pci "$(bound "$PCI/$bdf")"
equal "it registers no fwctl device, all features being the kernel's" 0 "$(fwctl_count)"
their_features=$(through_theirs features | as_shown)
their_values=$(through_theirs values)
their_description=$(through_theirs describe)
check "it gives the device away" take "$bdf"

check "our plugin loads without a claim" modprobe auxcore_cxl
equal "and takes nothing" none "$(bound "$PCI/$bdf")"
check "driver_override gives it the device" give "$bdf" auxcore_cxl
check "a fwctl device comes" within 30 has_node
equal "it has a type and no data of its own" "type=cxl data=" "$(through_ours info)"
equal "the device has eight features" 8 "$(through_ours features | wc -l)"
equal "the list of features is the same" "$their_features" "$(through_ours features)"
equal "every value is the same" "$their_values" "$(through_ours values)"
equal "identity, logs and command effects are the same" "$their_description" \
	"$(grep -v '^payload ' "/sys/kernel/debug/auxcore/$bdf/device")"

# listed_by_name, read_by_name: what auxctl reads, in the form of fwctl-probe.
listed_by_name() {
	auxctl rpc "$bdf" get-supported-features --json | python3 -c 'import json, sys
for f in json.load(sys.stdin)["features"]:
    print("%s id=%d get=%d set=%d flags=%#x versions=%d,%d effects=%#06x" % (f["uuid"], f["id"], f["get_size"], f["set_size"],
        f["flags"], f["get_version"], f["set_version"], f["effects"]))'
}
read_by_name() {
	local uuid kind selection
	while read -r uuid kind _; do
		case $kind in current) selection=0 ;; default) selection=1 ;; saved) selection=2 ;; esac
		auxctl rpc "$bdf" get-feature "uuid=$uuid" selection=$selection --json | python3 -c 'import json, sys
reply = json.load(sys.stdin)
print(sys.argv[1], sys.argv[2], "code=%#x" % reply["return_code"], reply["bytes"])' "$uuid" "$kind"
	done <<<"$their_values"
}
equal "auxctl lists the same features" "$(sed 's/ reserved=.*//' <<<"$their_features")" "$(listed_by_name)"
equal "and reads the same values" "$their_values" "$(read_by_name)"
says "they have names" "^  $SCRUB patrol_scrub id=" auxctl rpc fwctl0 get-supported-features
says "which requests take" '^000000  030c01' auxctl rpc fwctl0 get-feature uuid=patrol_scrub
says "their values are decoded: the scrub cycle in hours" '^  cycle_hours +12$' auxctl rpc fwctl0 get-feature uuid=patrol_scrub
says "and the threshold of each FRU" '^  fru2.threshold +256$' auxctl rpc fwctl0 get-feature uuid=ecs
says "auxctl tells the type and the features" "^feature $SCRUB patrol_scrub " auxctl info "$bdf"
equal "a refusal by the device is printed, and the status" "GET_FEATURE: return code 0x3 (UNSUPPORTED) 3" \
	"$(xargs < <(auxctl rpc fwctl0 get-feature uuid=00000000-0000-0000-0000-000000000001 count=4; echo $?))"
says "what the driver refuses is not sent" EPERM auxctl rpc fwctl0 set-feature uuid=patrol_scrub data=1801 --scope 3
says "a command of another vendor is told" 'one of mlx5 devices' auxctl rpc fwctl0 query-eq
says "a request as bytes has its return code" '^request: return code 0x0 [(]SUCCESS[)]' \
	auxctl rpc fwctl0 --hex "00050000000000000800000000000000 3800000000000000"

before=$(through_ours get "$SCRUB")
for scope in 0 1 2; do
	equal "scope $scope does not set what changes at once" EINVAL "$(through_ours --scope $scope set "$SCRUB" --hex 1801)"
done
equal "and no scope what is the kernel's" EPERM "$(through_ours --scope 3 set "$SCRUB" --hex 1801)"
equal "the value is as it was" "$before" "$(through_ours get "$SCRUB")"
equal "the journal is empty" 0 "$(grep -c '^seq=' "/sys/kernel/debug/auxcore/$bdf/journal")"

list=0002000000000000
check "a list from behind the last feature" raw_refused EINVAL raw --opcode 500 --hex 0002000008000000 --out-len 1024
check "a list with a byte too many" raw_refused EINVAL raw --opcode 500 --hex ${list}00 --out-len 1024
check "a list with a byte too few" raw_refused EINVAL raw --opcode 500 --hex ${list%00} --out-len 1024
check "a read of nothing" raw_refused EINVAL raw --opcode 501 --hex "$(get_payload $SCRUB 0 0)" --out-len 64
check "a read of more than there is room for" raw_refused EINVAL raw --opcode 501 --hex "$(get_payload $SCRUB 0 4)" --out-len 3
check "a read that is cut" raw_refused EINVAL raw --opcode 501 --hex "${SCRUB//-/}" --out-len 64
check "a set without a value" raw_refused EINVAL --scope 3 raw --opcode 502 --hex "${SCRUB//-/}"
check "a set of a feature that is not there" raw_refused EINVAL --scope 3 set 00000000-0000-0000-0000-000000000001 --hex 00
check "a command that programs may not send" raw_refused EINVAL --scope 3 raw --opcode 4000 --out-len 67
check "a command that states more payload than it has" raw_refused EINVAL raw --opcode 500 --hex $list --out-len 64 --stated 9
equal "a read beyond the value ends with the value" "return code 0x0"$'\n'"${before:4}" \
	"$(through_ours raw --opcode 501 --hex "$(get_payload $SCRUB 2 4)" --out-len 64)"
says "the device refuses a read of a feature that it does not know, which is an answer" 'return code 0x[1-9a-f]' \
	through_ours raw --opcode 501 --hex "$(get_payload 00000000-0000-0000-0000-000000000001 0 4)" --out-len 64
equal "after all that the values are the same" "$their_values" "$(through_ours values)"

check "our driver gives the device away" take "$bdf"
check "our modules unload" rmmod auxcore_fwctl auxcore_cxl auxcore auxbus
check "the in-tree driver has the device again" give "$bdf" cxl_pci
within 30 [ -e /dev/cxl/mem0 ]
equal "and finds every value as it was" "$their_values" "$(through_theirs values)"
finish
