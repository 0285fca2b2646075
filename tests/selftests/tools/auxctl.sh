#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx,guid=0x1122334455667788
# kernel: default
#
# auxctl shows and asks a device through both stacks alike; what only auxcore has it shows of auxcore's devices, and of others it
# says that they have none.

. tests/selftests/lib.sh

bdf=$(functions)
short=${bdf#0000:}
# ACCESS_REG of NODE_DESC that writes zeroes.
WRITE=08050000000000000000600100000000$(printf '%0128d' 0)
files=/tmp/auxctl
mkdir -p $files

# status EXPECTED NAME COMMAND: the command ends with this status, and says why in one line if it fails.
status() {
	local expected=$1 name=$2 got
	shift 2
	"$@" >$files/said 2>$files/why
	got=$?
	if [ "$got" != "$expected" ]; then
		fail "$name" "status $got of $*: $(cat $files/said $files/why)"
	elif [ "$expected" = 1 ] || [ "$expected" = 4 ]; then
		equal "$name" "1 auxctl:" "$(wc -l <$files/why) $(cut -d' ' -f1 $files/why)"
	else
		pass "$name"
	fi
}
is_json() { "$@" --json | python3 -m json.tool >/dev/null; }
journal_has() { [ "$(grep -c '^seq=' $files/follow)" = "$1" ]; }

# asked STACK: what the programs say of the device, which is the same through both stacks.
asked() {
	auxctl rpc fwctl0 query-adapter
	auxctl rpc "$bdf" query-vport-state
	auxctl rpc "$short" query-nic-vport-context
	auxctl rpc /dev/fwctl/fwctl0 query-hca-cap group=general_2 max=1 --json
	auxctl rpc fwctl0 --hex 080d0000000000000000000000000000 --scope 1
	auxctl regs fwctl0 MGIR PMTU 0x9062/32 mcqi:component_index=1
	auxctl regs fwctl0 --all --zero
}

plan 42
for stack in upstream ours; do
	check "the stack $stack loads" load "$stack"
	says "the tree has the function and its core driver, $stack" "^$bdf  15b3:1021  $(core_driver $stack)" auxctl tree
	says "the child and its consumer, $stack" "^  $(fwctl_child $stack)  .*fwctl" auxctl tree
	says "and the fwctl device, $stack" '^  fwctl fwctl0$' auxctl tree "$bdf"
	says "it tells the type and the context, $stack" '^fwctl0: .*, type mlx5 \(1\)' auxctl info "$bdf"
	asked >"$files/$stack" 2>&1
	status 3 "a request that firmware refuses is printed, $stack" \
		auxctl rpc fwctl0 --scope 1 --hex 09810000000000000000000000000000
	status 1 "one that the driver refuses is not sent, $stack" auxctl rpc fwctl0 --hex 01020000000000000000000000000000
	[ "$stack" = ours ] || {
		for what in journal stats policy; do
			status 4 "a stock driver has no $what" auxctl $what "$bdf"
		done
		check "the stack $stack unloads" unload "$stack"
	}
done
check "both stacks give the same answers" diff $files/upstream $files/ours
check "many fields are among them" test "$(wc -l <$files/ours)" -gt 200
says "and none of them failed" '^0$' grep -c 'auxctl:' $files/ours
check "a request comes through standard input" eval 'printf "08 0d 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n" | auxctl rpc fwctl0 --hex - --scope 1'
for what in "tree" "info fwctl0" "rpc fwctl0 nop" "regs fwctl0" "journal" "stats" "policy" "list"; do
	# shellcheck disable=SC2086
	check "$what prints JSON" is_json auxctl $what
done
status 4 "a device that is not there is told" auxctl info fwctl9
status 2 "so is a command without a name" auxctl rpc fwctl0 init-hca
auxctl list 2>$files/why | head -n 1 >/dev/null
equal "a reader that goes away is no failure" "0 0" "${PIPESTATUS[0]} $(wc -l <$files/why)"

auxctl journal "$bdf" --follow >$files/follow 2>$files/follow.why &
follower=$!
auxctl rpc fwctl0 --hex "$WRITE" >/dev/null
auxctl rpc fwctl0 --hex "$WRITE" >/dev/null
check "a journal that is followed has each entry as it comes" within 10 journal_has 2
says "the journal has the same entries" 'command=ACCESS_REG/write/0x6001 status=0x0' auxctl journal "$bdf"
says "the counters have names" ' 0x0805 ACCESS_REG +[0-9]+' auxctl stats "$bdf"
status 2 "a policy that does not exist is refused" auxctl policy "$bdf" sometimes
check "a policy is set" auxctl policy "$bdf" rdma
equal "and shown" "$bdf rdma" "$(auxctl policy)"
status 4 "then the device offers no commands" auxctl info "$bdf"
auxctl policy "$bdf" always
check "the first policy brings it back" eval 'udevadm settle; auxctl info "$bdf"'
echo "$bdf" >"/sys/bus/pci/drivers/auxcore_mlx5/unbind"
wait $follower
equal "the follower ends when the device leaves its driver" "4 auxctl: $bdf left its driver" "$? $(cat $files/follow.why)"
finish
