#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --driver ours --device connectx
# guest[upstream]: --driver upstream --device connectx
#
# Bad input from user programs: each mistake has its errno, the same in both stacks.

. tests/selftests/lib.sh

# tainted: 1 if the kernel carries the taint of fwctl.
tainted() { echo $(($(cat /proc/sys/kernel/tainted) >> 19 & 1)); }
# on_file CODE: run Python with the device open as `file`; print what the code prints, or the errno's name.
on_file() {
	python3 - <<TEXT
import errno, mmap, os, select
file = os.open("/dev/fwctl/fwctl0", os.O_RDWR)
try:
    $1
except OSError as error:
    print(errno.errorcode[error.errno])
TEXT
}

before=$(tainted)
fwctl-probe bad-input >/tmp/bad-input
cases=$(sed -n 's/^1\.\.//p' /tmp/bad-input)
plan $((cases + 13))
while IFS= read -r line; do
	case $line in
	'ok '*) pass "$(sed 's/^ok [0-9]* *-* *//' <<<"$line")" ;;
	'not ok '*) fail "$(sed 's/^not ok [0-9]* *-* *//' <<<"$line")" ;;
	KTAP* | 1..*) ;;
	'# got '*) ;;
	*) echo "$line" ;;
	esac
done </tmp/bad-input
equal "the kernel has no taint of fwctl before scopes 2 and 3 are used" 0 "$before"
equal "and has it after" 1 "$(tainted)"
equal "the kernel warned once" 1 "$(dmesg | grep -c 'has requested full access to the physical device')"
says "the device cannot be read" 'Invalid argument' dd if=/dev/fwctl/fwctl0 bs=1 count=1
says "nor written" 'Invalid argument' dd if=/dev/zero of=/dev/fwctl/fwctl0 bs=1 count=1
equal "it cannot be mapped into memory" ENODEV "$(on_file 'print(mmap.mmap(file, 4096))')"
equal "it cannot tell of events" EPERM "$(on_file 'print(select.epoll().register(file))')"
equal "poll has nothing to wait for: it is ready at any time" "[(5, 1)]" \
	"$(on_file 'poll = select.poll(); poll.register(os.dup2(file, 5), select.POLLIN | select.POLLOUT); print([(fd, mask & 1) for fd, mask in poll.poll(0)])')"
check "there are many cases" test "$cases" -ge 40
refuse "a program without CAP_SYS_RAWIO has no scope 3" \
	capsh --drop=cap_sys_rawio -- -c 'fwctl-probe rpc --scope 3 --hex 01000000000000010000000000000000'
check "and has scope 0" \
	capsh --drop=cap_sys_rawio -- -c 'fwctl-probe rpc --scope 0 --hex 01010000000000000000000000000000'
says "a permitted command that the device does not know is refused by firmware, not by the driver" 'status 0x02' \
	fwctl-probe rpc --scope 1 --hex 09810000000000000000000000000000
equal "nothing of it is a protocol violation" 0 "$(number_of 0 total_violations)"
finish
