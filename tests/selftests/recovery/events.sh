#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx,cap.general.eth_net_offloads=1,cap.general.nic_flow_table=1
#
# What happens to a port reaches the consumer of the netdev class, and nobody after its unbind.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash

bdf=$(functions)
child=$(basename "$(echo "$AUX"/auxcore_mlx5.netdev.*)")
DRIVER=/sys/bus/auxiliary/drivers/auxcore_test_netdev.auxcore_test_netdev

consumer() { modprobe auxcore_test_netdev && within 10 test -e "$AUX/$child/driver"; }

plan 16
check "the function has a netdev child" test -e "$AUX/$child"
mark
check "the consumer binds" consumer
check "a port goes up" model 0 event port_change 1 up
check "the consumer is told" within 5 logged 'port 1 is up' 1
check "a port goes down" model 0 event port_change 2 down
check "the consumer is told" within 5 logged 'port 2 is down' 1

check "the consumer unbinds" tee "$DRIVER/unbind" <<<"$child"
mark
model 0 event port_change 4 up
sleep 1
check "nobody is told any more" eval '! logged "port 4"'
check "the consumer is bound again" tee "$DRIVER/bind" <<<"$child"

# The callback takes 300 ms.
mark
model 0 event port_change 3 up
within 5 logged 'port 3 is up' 1
check "the module unloads while a callback runs" rmmod auxcore_test_netdev
check "after the callback" logged 'port 3 is done' 1

mark
check "the consumer binds again" consumer
model 0 health fatal
check "after a recovery the consumer is bound" within 20 logged 'bound' 3
within 10 back "$bdf"
model 0 event port_change 5 up
check "and is told" within 5 logged 'port 5 is up' 1
rmmod auxcore_test_netdev
check "firmware found nothing to complain of" no_violation 0
check "the modules unload" unload ours
finish
