#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --driver ours --device connectx
# guest[upstream]: --driver upstream --device connectx
#
# What the program prints is what the device says: every capability and register field that is not zero is changed in
# the model, and the program sees that change and no other.

. tests/selftests/lib.sh

# Fields of replies that echo the request, and so are not the device's to change.
ECHOES="local_port lp_msb pnat proto_mask plane_ind port_select access_reg_group feature_group reg_access_group group"

# values KIND SECTION: lines "FIELD NUMBER" of one capability group or register, zeroes too.
values() {
	fwctl-probe "$1" --zero "$2" | awk '/^  / && NF >= 2 { print $1, $2 }'
}

# changed KIND SECTION PREFIX FIELD VALUE: flips the lowest bit of the field in the model, looks, and sets it back.
changed() {
	local kind=$1 section=$2 key=$3 field=$4 value=$5 after expected
	model 0 set "$key=$((value ^ 1))" || return
	after=$(values "$kind" "$section")
	model 0 set "$key=$value" || return
	expected=$(sed "s/^$field $value\$/$field $((value ^ 1))/" "/tmp/before.$section")
	if [ "$after" != "$expected" ]; then diff /tmp/before."$section" - <<<"$after"; return 1; fi
}

# The list of checks: kind, section, key, field, value.
list=/tmp/fields
: >$list
for kind in caps regs; do
	case $kind in caps) sections=$(fwctl-probe list | awk '/^group/ { print $2 }') prefix=cap ;;
	regs) sections=$(fwctl-probe list | awk '/^register/ { print $2 }') prefix=reg ;; esac
	for section in $sections; do
		values "$kind" "$section" >"/tmp/before.$section" 2>/dev/null || continue
		while read -r field value; do
			case $value in 0 | \"*) continue ;; esac
			case " $ECHOES " in *" $field "*) continue ;; esac
			echo "$kind $section $prefix.$section.$field $field $value" >>$list
		done <"/tmp/before.$section"
	done
done
count=$(wc -l <$list)
plan $((count + 3))
check "there are many such fields" test "$count" -ge 40
while read -r kind section key field value; do
	check "$key is seen to change" changed "$kind" "$section" "$key" "$field" "$value"
done <$list
check "every value is back" eval "values caps general | cmp - /tmp/before.general"
equal "no protocol violation" 0 "$(number_of 0 total_violations)"
finish
