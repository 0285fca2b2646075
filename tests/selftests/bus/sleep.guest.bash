# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The guest's half of bus/sleep. The virtio devices of a guest do not all survive a suspend (9p has no callbacks for it), so
# nothing after the sleep reads a shared folder or writes to a port: programs stand in memory, results go to the kernel's
# log, and the machine is switched off from here.

# How long a device may take, in tenths of a second; the debug kernels are slow.
case ${AUXCORE_KERNEL:-default} in
debug*) tries=600 ;;
*) tries=100 ;;
esac

# soon COMMAND ARGS: repeat the command until it succeeds.
soon() {
	local i
	for ((i = 0; i < tries; i++)); do
		if "$@"; then return; fi
		sleep 0.1
	done
	return 1
}
# fwctl_works: a command goes to firmware and back. The device that comes again may have another number.
fwctl_works() {
	local node
	for node in /dev/fwctl/*; do
		if [ -c "$node" ] && fwctl-probe --device "$node" info >/dev/null 2>&1; then return; fi
	done
	return 1
}
# null_works: firmware of the null vendor's function and of its part takes orders.
null_works() {
	local file
	set -- /sys/kernel/debug/auxcore_null.orders.*
	[ $# -eq 2 ] || return
	for file in "$@"; do echo answer 7 >"$file" || return; done
} 2>/dev/null

if [ -z "${IN_MEMORY:-}" ]; then
	here=$(mktemp -d)
	cp "$0" "$(command -v fwctl-probe)" "$here/"
	modprobe auxcore_test_netdev refuse=2 && modprobe auxcore_test_rdma || exit
	for _ in 1 2 3; do soon fwctl_works && break; done
	# Its children are younger than the others, so they are told of a sleep first.
	modprobe auxcore_null ports=0 parts=1 netdevs=1 || exit
	for _ in 1 2 3; do soon null_works && break; done
	cd "$here" || exit
	IN_MEMORY=yes PATH=$here:$PATH exec bash "$here/$(basename "$0")"
fi

say() { echo "<6>sleep: $*" >/dev/kmsg; }
works() { soon fwctl_works && soon null_works; }
# sleep_until STAGE: go to sleep, and wake up at once after the stage.
sleep_until() { echo "$1" >/sys/power/pm_test && echo freeze >/sys/power/state; }

driver=/sys/bus/pci/drivers/auxcore_null
null=$(basename "$driver"/0000:*)

echo 1 >/sys/module/suspend/parameters/pm_test_delay
works && say "works before"
say "freezer"
sleep_until freezer && say "thawed"
# The consumer of the class netdev refuses twice. Whoever is younger is asleep by then, and is woken.
say "refusal null"
sleep_until devices || say "refused null"
works && say "works awake null"
echo "$null" >"$driver/unbind"
say "refusal mlx5"
sleep_until devices || say "refused mlx5"
soon fwctl_works && say "works awake mlx5"
echo "$null" >"$driver/bind"
soon null_works
for round in 1 2; do
	say "sleep $round"
	sleep_until devices && say "awake $round"
	works && say "works after $round"
done
say "end"
echo o >/proc/sysrq-trigger
sleep 60
