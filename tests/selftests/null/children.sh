#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device pci-testdev
#
# Many children of a function: bound, unbound and bound again in any order, none lost and none twice.

. tests/selftests/lib.sh

ports=64
count=$AUXCORE_DEVICES
mapfile -t bdfs < <(lspci -Dn -d 1b36:0005 | cut -d' ' -f1)
driver=/sys/bus/pci/drivers/auxcore_null
consumer=/sys/bus/auxiliary/drivers/auxcore_test_ports.auxcore_test_ports
children() { find "$AUX" -name 'auxcore_null.port.*' -printf '%f\n' | sort; }
bound_children() { find "$consumer/" -name 'auxcore_null.port.*' -printf '%f\n' | sort; }
all_are_bound() { [ "$(bound_children | wc -l)" = $((count * ports)) ]; }
shuffled() { shuf --random-source=/proc/self/exe; }

plan 15
equal "the guest has that many functions" "$count" "${#bdfs[@]}"
took modprobe auxcore_null ports=$ports
check "the null vendor comes up" [ -d /sys/module/auxcore_null ]
echo "# $((count * ports)) children in $elapsed ms"
check "every child has its consumer" within 60 all_are_bound
equal "every function has each of its ports once" "$(for ((i = 0; i < ports; i++)); do echo "$count $i"; done)" \
	"$(cat "$AUX"/auxcore_null.port.*/port | sort -n | uniq -c | awk '{ print $1, $2 }')"
before=$(children)
children | shuffled | while read -r child; do echo "$child" >"$consumer/unbind"; done
equal "consumers are unbound in any order" "" "$(bound_children)"
equal "and the children stay" "$before" "$(children)"
children | shuffled | while read -r child; do echo "$child" >"$consumer/bind"; done
check "consumers are bound in any order" all_are_bound
printf '%s\n' "${bdfs[@]}" | shuffled | while read -r bdf; do echo "$bdf" >"$driver/unbind"; done
equal "functions are unbound in any order and take their children along" "" "$(children)"
printf '%s\n' "${bdfs[@]}" | shuffled | while read -r bdf; do echo "$bdf" >"$driver/bind"; done
check "functions are bound in any order" within 60 all_are_bound
equal "the ids are used again" "$before" "$(children)"
check "nothing of level error is in the log" no_error_logged
printf '%s\n' "${bdfs[0]}" >"$driver/unbind"
log_mark
# All ports of a function find no memory, and six of them none a second later.
echo $((ports + 6)) >/sys/module/auxcore_null/parameters/starved
printf '%s\n' "${bdfs[0]}" >"$driver/bind"
check "children for which there was no memory come later, on their own" within 10 all_are_bound
equal "none is lost" "$before" "$(children)"
equal "each that failed was logged once" "$ports" "$(log | grep -c 'cannot create child port')"
# A child that udev has not seen yet has it load its consumer again.
udevadm settle --timeout=$((60 * SLOW))
check "the modules unload" rmmod auxcore_test_orders auxcore_test_ports auxcore_null
finish
