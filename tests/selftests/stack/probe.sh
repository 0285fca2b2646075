#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --device connectx,fw=28.99.1234,psid=AUX_PROBE,node_desc=probe-test --driver ours
# guest[upstream]: --device connectx,fw=28.99.1234,psid=AUX_PROBE,node_desc=probe-test --driver upstream
#
# A driver stack comes up on the model and serves fwctl.

. tests/selftests/lib.sh

stack=$AUXCORE_DRIVER
bdf=$(functions)

version_ours() { dmesg | grep -F "$bdf" | grep -qF "firmware 28.99.1234, board AUX_PROBE"; }
version_upstream() { devlink dev info "pci/$bdf" | grep -E "fw.version +28\.99\.1234"; }
executed() { model 0 commands 100000 | grep -qw "$1"; }
interrupts() { grep -iE 'mlx5|auxcore' /proc/interrupts | awk '{ for (i = 2; i <= 3; i++) n += $i } END { print n + 0 }'; }

case $stack in ours) plan 26 ;; upstream) plan 29 ;; esac
equal "the core driver is bound" "$(core_driver "$stack")" "$(bound "$PCI/$bdf")"
check "nothing of level error is in the log" no_error_logged
check "the fwctl consumer was loaded by its modalias" loaded "$(fwctl_driver "$stack")"
child=$(fwctl_child "$stack")
equal "there is one fwctl child" 1 "$(wc -w <<<"$child")"
equal "the consumer is bound to the fwctl child" \
	"$(fwctl_driver "$stack").$(fwctl_driver "$stack")" "$(bound "$AUX/$child")"
equal "there is one fwctl device" 1 "$(fwctl_count)"
equal "the fwctl device's parent is the PCI function" "$(readlink -f "$PCI/$bdf")" "$(readlink -f /sys/class/fwctl/fwctl0/device)"
check "the device node exists" test -c /dev/fwctl/fwctl0
says "information is of type mlx5 with a uid" '^ *uid +[1-9]' fwctl-probe info
says "QUERY_ADAPTER answers the board id" AUX_PROBE fwctl-probe adapter
says "a register answers what the model was told" probe-test fwctl-probe regs NODE_DESC
check "the firmware version is the model's" "version_$stack"
equal "there is no netdev while the port capabilities are off" lo "$(ls /sys/class/net)"
for name in ENABLE_HCA QUERY_ISSI SET_ISSI QUERY_PAGES MANAGE_PAGES QUERY_HCA_CAP INIT_HCA CREATE_EQ; do
	check "bring-up executed $name" executed "$name"
done
before=$(interrupts)
fwctl-probe dump >/dev/null
check "commands complete by interrupts" test "$(interrupts)" -gt "$before"
took fwctl-probe rpc --scope 1 --repeat 30 --hex 080d0000000000000000000000000000 >/dev/null
below "thirty commands in a row are answered in less than 1.5 s: none waits for a poll" 1500 "$elapsed"
says "what the driver chose with SET_HCA_CAP holds" '^cap\.general\.log_max_qp=18$' fwctl-probe dump cap.general
says "and what it chose to switch off is off" '^0 0 *$' eval 'echo $(model 0 get cap.general.cmdif_checksum) $(model 0 get cap.general.pkey_table_size)'
equal "no protocol violation so far" 0 "$(number_of 0 total_violations)"
if [ "$stack" = upstream ]; then
	check "devlink reloads the driver" devlink dev reload "pci/$bdf"
	udevadm settle --timeout=60
	check "fwctl works after the reload" works fwctl0
	check "nothing of level error is in the log after the reload" no_error_logged
fi
finish
