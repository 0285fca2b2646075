#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --driver ours --device connectx --device connectx,fw=29.9.7,device_id=0x101d,psid=FIELDS_TEST,guid=0x1122334455667788,node_desc=fields-test
# guest[upstream]: --driver upstream --device connectx --device connectx,fw=29.9.7,device_id=0x101d,psid=FIELDS_TEST,guid=0x1122334455667788,node_desc=fields-test
#
# What the program prints is what the device says: every capability and register field that is not zero is changed in
# the model, and the program sees that change and no other.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
first=/dev/fwctl/$(fwctl_of "${bdfs[0]}")
second=/dev/fwctl/$(fwctl_of "${bdfs[1]}")

# What the second device was started with, as the program must print it.
IDENTITY="adapter.vsd_contd_psid=FIELDS_TEST
reg.NODE_DESC.node_desc=fields-test
reg.MGIR.device_id=4125
reg.MGIR.hw_dev_id=530
reg.MGIR.manufacturing_base_mac_47_32=4386
reg.MGIR.manufacturing_base_mac_31_0=862353288
reg.MGIR.fw_major=29
reg.MGIR.fw_minor=9
reg.MGIR.fw_sub_minor=7
reg.MGIR.fw_psid=FIELDS_TEST
reg.MGIR.extended_major=29
reg.MGIR.extended_minor=9
reg.MGIR.extended_sub_minor=7
reg.MCQI:component_index=1.version=487129095
reg.MCQI:component_index=1.version_string=29.9.0007
reg.MCQI:component_index=1.version_string_length=10"

# Fields that echo the request, and constants of the format: the vendor's number, names and numbers of components.
FIXED='(\.(local_port|proto_mask|component_index|info_type|data_size)|\.refused|^adapter\.ieee_vendor_id'
FIXED+='|^reg\.MTMP\.sensor_name|^reg\.MCQS.*\.(identifier|component_status)|^reg\.MCQI.*\.info_size)='

fields_of() { fwctl-probe --device "$first" dump "$1" | grep -F "$1."; }

# changed KEY VALUE: flips the lowest bit of the field in the model, looks, and sets it back.
changed() {
	local key=$1 value=$2 prefix=${1%.*} flipped=$(($2 ^ 1)) expected after
	model 0 set "$key=$flipped" || return
	after=$(fields_of "$prefix")
	model 0 set "$key=$value" || return
	if [ "$flipped" = 0 ]; then
		expected=$(grep -F "$prefix." /tmp/before | grep -vxF "$key=$value")
	else
		expected=$(grep -F "$prefix." /tmp/before | sed "s/^$key=$value\$/$key=$flipped/")
	fi
	diff - <(echo "$after") <<<"$expected"
}

fwctl-probe --device "$first" dump >/tmp/before
fwctl-probe --device "$second" dump >/tmp/second
grep -vE "$FIXED" /tmp/before | grep -vE '^(adapter|reg\.NODE_DESC|reg\.MGIR\.(device_id|hw_dev_id|manuf|fw_(major|minor|psid|sub)|ext)|reg\.MCQI)' >/tmp/fields

plan $(($(wc -l </tmp/fields) + $(wc -l <<<"$IDENTITY") + 4))
check "there are many fields" test "$(wc -l </tmp/fields)" -ge 90
while IFS= read -r line; do
	check "the model's options set ${line%=*}" grep -xF "$line" /tmp/second
done <<<"$IDENTITY"
check "and the other device differs in all of them" eval '! grep -xF "$IDENTITY" /tmp/before'
while IFS='=' read -r key value; do
	check "$key is seen to change" changed "$key" "$value"
done </tmp/fields
check "every value is back" eval 'fwctl-probe --device "$first" dump | diff /tmp/before -'
equal "no protocol violation" 0 "$(number_of 0 total_violations)"
finish
