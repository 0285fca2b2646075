# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The guest's half of bus/sleep. The virtio devices of a guest do not all survive a suspend (9p has no callbacks for it), so
# nothing after the sleep reads a shared folder or writes to a port: programs stand in memory, results go to the kernel's
# log, and the machine is switched off from here.

# exists NODE...: whether the pattern found something.
exists() { [ -c "$1" ]; }
# How long a device may take, in tenths of a second; the debug kernels are slow.
case ${AUXCORE_KERNEL:-default} in
debug*) tries=600 ;;
*) tries=100 ;;
esac

if [ -z "${IN_MEMORY:-}" ]; then
	here=$(mktemp -d)
	cp "$0" "$(command -v fwctl-probe)" "$here/"
	modprobe auxcore_test_netdev || exit
	for ((i = 0; i < 3 * tries; i++)); do
		exists /dev/fwctl/* && break
		sleep 0.1
	done
	cd "$here" || exit
	IN_MEMORY=yes PATH=$here:$PATH exec bash "$here/$(basename "$0")"
fi

say() { echo "<6>sleep: $*" >/dev/kmsg; }
# works: a command goes to firmware and back, soon. The device that comes again may have another number.
works() {
	local i node
	for ((i = 0; i < tries; i++)); do
		for node in /dev/fwctl/*; do
			if [ -c "$node" ] && fwctl-probe --device "$node" info >/dev/null 2>&1; then return 0; fi
		done
		sleep 0.1
	done
	return 1
}
# sleep_until STAGE: go to sleep, and wake up at once after the stage.
sleep_until() { echo "$1" >/sys/power/pm_test && echo freeze >/sys/power/state; }

echo 1 >/sys/module/suspend/parameters/pm_test_delay
works && say "works before"
say "freezer"
sleep_until freezer && say "thawed"
for round in 1 2; do
	say "sleep $round"
	sleep_until devices && say "awake $round"
	works && say "works after $round"
done
say "end"
echo o >/proc/sysrq-trigger
sleep 60
