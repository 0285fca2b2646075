#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device pci-testdev
#
# A vendor with classes of its own: a consumer of one counts for the policy as any of a datapath class but netdev.

. tests/selftests/lib.sh

bdf=$(lspci -Dn -d 1b36:0005 | cut -d' ' -f1)
policy=$PCI/$bdf/auxcore/fwctl_policy
declare -A consumer=([netdev]=auxcore_test_netdev [orders]=auxcore_test_orders [port]=auxcore_test_ports)

child() { basename "$(echo "$AUX/auxcore_null.$1".*)"; }
driver() { echo "/sys/bus/auxiliary/drivers/${consumer[$1]}.${consumer[$1]}"; }
is_bound() { [ -e "$(driver "$1")/$(child "$1")" ]; }
all_bound() { is_bound netdev && is_bound orders && is_bound port; }
four_bound() { all_bound && [ "$(fwctl_count)" = 1 ] && consumers_bound ours; }
exposed() { find "$AUX/" -name 'auxcore.fwctl.*' | wc -l; }
is() { [ "$(exposed)" = "$1" ]; }
# soon COUNT: the function has so many fwctl children in a while, and it stays so.
soon() { within 10 is "$1" && sleep 0.05 && is "$1" || { echo "$(exposed) fwctl children, not $1"; return 1; }; }
# bind CLASS COUNT, unbind CLASS COUNT: and the function has so many fwctl children then.
bind() { child "$1" >"$(driver "$1")/bind" && soon "$2"; }
unbind() { child "$1" >"$(driver "$1")/unbind" && soon "$2"; }
order() { echo "$*" >"$(find /sys/kernel/debug -maxdepth 1 -name 'auxcore_null.orders.*')"; }
recovered() { log | grep -q recovered && all_bound; }

plan 19
modprobe auxcore_null ports=1 netdevs=1 fwctls=1
modprobe -a "${consumer[@]}" auxcore_fwctl
check "one function has consumers of four kinds: netdev, two of the vendor's own, and fwctl" within 30 four_bound
equal "fwctl is offered always" always "$(cat "$policy")"
echo not-netdev-only >"$policy"
check "netdev and two classes of the vendor's own are more than netdev" soon 1
check "one of these is enough" unbind orders 1
check "without any, netdev is alone" unbind port 0
check "one that comes is counted" bind port 1
check "and one that goes" unbind port 0
check "whichever it is" bind orders 1
check "without netdev it is offered too" unbind netdev 1
check "and without any consumer" unbind orders 1
check "a class of the vendor's own before netdev" bind port 1
check "is more than netdev as well" bind netdev 1

echo rdma >"$policy"
check "it is not rdma" soon 0
echo not-netdev-only >"$policy"
bind orders 1
log_mark
refuse "firmware dies" order die
check "the function recovers with all consumers" within 30 recovered
unbind port 1
check "which are counted as before" unbind orders 0
bind orders 1
# A child that udev has not seen yet has it load its consumer again.
udevadm settle --timeout=$((60 * SLOW))
rmmod auxcore_test_orders
check "a consumer's module that goes counts as its unbinding" soon 0
check "the modules unload" rmmod auxcore_test_netdev auxcore_test_ports auxcore_null
check "nothing of level error is in the log but the death" eval '! log | grep -E "^[a-z]+ *:(err|crit|alert|emerg) *:" | grep -v "firmware is dead"'
finish
