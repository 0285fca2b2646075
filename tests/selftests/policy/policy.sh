#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx,cap.general.eth_net_offloads=1,cap.general.nic_flow_table=1,cap.general.roce=1
#
# When a function offers fwctl: every policy, with every set of consumers, reached by every way.

. tests/selftests/lib.sh

bdf=$(functions)
policy=$PCI/$bdf/auxcore/fwctl_policy
bus=/sys/bus/auxiliary/drivers

child() { basename "$(echo "$AUX/auxcore_mlx5.$1".*)"; }
bind() { child "$1" >"$bus/auxcore_test_$1.auxcore_test_$1/bind" && eval "$1=1"; }
unbind() { child "$1" >"$bus/auxcore_test_$1.auxcore_test_$1/unbind" && eval "$1=0"; }
set_policy() { echo "$1" >"$policy" && now=$1; }
as_user() { setpriv --reuid=1000 --clear-groups "$@"; }

# The table of the documentation: whether the child is there, for the policy and the consumers of now.
expected() {
	case $now in
	always) echo 1 ;;
	rdma) echo "$rdma" ;;
	not-netdev-only) echo $((!netdev || rdma)) ;;
	esac
}
exposed() { fwctl_child ours | grep -c .; }
settled() { [ "$(exposed)" = "$(expected)" ]; }
# as_documented: soon, and it stays so.
as_documented() { within 10 settled && sleep 0.05 && settled || { echo "$now netdev=$netdev rdma=$rdma: $(exposed)"; return 1; }; }

# steps STEP...: +CLASS binds, -CLASS unbinds, anything else is a policy, which takes effect at once.
steps() {
	local step
	for step in "$@"; do
		case $step in
		+*) bind "${step#+}" ;;
		-*) unbind "${step#-}" ;;
		*) set_policy "$step" && { settled || { echo "not at once: $step"; return 1; }; } ;;
		esac || return
		as_documented || { echo "after $step of: $*"; return 1; }
	done
}

usable() { [ -n "$(fwctl_of "$bdf")" ] && works "$(fwctl_of "$bdf")"; }

now=always netdev=0 rdma=0
plan 41
equal "a new binding offers it always" always "$(cat "$policy")"
equal "everybody reads the policy, root writes it" 644 "$(stat -c %a "$policy")"
refuse "a user other than root does not write it" as_user sh -c "echo rdma >$policy"
for text in '' never 'rdma always' RDMA not-netdev-only-; do
	refuse "'$text' is no policy" eval "echo '$text' >$policy"
done
equal "and what is none changes nothing" always "$(cat "$policy")"
modprobe auxcore_test_netdev && modprobe auxcore_test_rdma
unbind netdev
unbind rdma
check "both test consumers unbind" test "$netdev$rdma" = 00
check "without consumers it is there and works" within 10 usable

for now in always rdma not-netdev-only; do
	set_policy "$now"
	check "$now: netdev before rdma, and out in the same order" steps +netdev +rdma -netdev -rdma
	check "$now: netdev before rdma, and out in reverse" steps +netdev +rdma -rdma -netdev
	check "$now: rdma before netdev, and out in the same order" steps +rdma +netdev -rdma -netdev
	check "$now: rdma before netdev, and out in reverse" steps +rdma +netdev -netdev -rdma
done

# Every change of policy from every one, for each set of consumers.
flips=(always rdma always not-netdev-only rdma not-netdev-only always)
check "every flip without consumers" steps "${flips[@]}"
check "every flip with netdev" steps +netdev "${flips[@]}"
check "every flip with both" steps +rdma "${flips[@]}"
check "every flip with rdma" steps -netdev "${flips[@]}" -rdma

set_policy always
come_up ours
check "a file is open" start_load victim --device "/dev/fwctl/$(fwctl_of "$bdf")" load --threads 4
model 0 set stall=1
load_go victim
check "its requests hang" within 20 hanging victim 4
took set_policy rdma
below "a policy that takes it away does not wait for them" 2000 "$elapsed"
check "they end with ENODEV" load_reads victim 30 '4 requests: 4 ENODEV;*'
model 0 set stall=0
load_end victim
equal "the device file is gone" 0 "$(fwctl_count)"
check "while netdev alone works, a policy brings it back for recovery" steps +netdev not-netdev-only always
come_up ours
check "and it works" within 10 usable

check "with rdma bound" steps +rdma not-netdev-only
model 0 health fatal
recovered() { log | grep -q recovered && usable; }
check "a recovery brings all children back" within 60 recovered
equal "under the same policy" not-netdev-only "$(cat "$policy")"
steps -rdma
check "which still counts its consumers" as_documented

log_mark
# Everybody at once: only the end is certain.
flip() { local i; for ((i = 0; i < 20; i++)); do echo "$1" >"$policy"; echo "$2" >"$policy"; done; }
toggle() { local i; for ((i = 0; i < 10; i++)); do unbind "$1"; bind "$1"; done; }
bind rdma
flip always rdma &
flip rdma not-netdev-only &
toggle netdev &
toggle rdma &
wait
check "after eighty flips and twenty bindings at once all is as documented" steps always rdma not-netdev-only
rmmod auxcore_test_rdma && rdma=0
check "a consumer's module that goes counts as its unbinding" as_documented
check "no error is in the log" no_error_logged
finish
