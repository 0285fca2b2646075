#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --driver ours --device connectx
# guest[upstream]: --driver upstream --device connectx
# guest[scope 3]: --driver ours --device connectx
#
# Bad input from user programs: each mistake has its errno, the same in both stacks. A kernel is tainted only once: by a
# request in scope 2, and in [scope 3] by one in that.

. tests/selftests/lib.sh

# tainted: 1 if the kernel carries the taint of fwctl.
tainted() { echo $(($(cat /proc/sys/kernel/tainted) >> 19 & 1)); }
# marks: that, and how often the kernel warned.
marks() { echo "$(tainted) $(dmesg | grep -c 'has requested full access to the physical device')"; }
request() { fwctl-probe rpc --scope "$1" --hex 01010000000000000000000000000000; }
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

case $1 in
'scope 3') scope=3 ;;
*) scope=2 ;;
esac
other=$((5 - scope))
before=$(marks)
fwctl-probe bad-input --no-taint >/tmp/bad-input
status=$?
cases=$(sed -n 's/^1\.\.//p' /tmp/bad-input)
plan $((cases + 18))
equal "the kernel has no taint of fwctl before any request" "0 0" "$before"
equal "requests in scopes 0 and 1 end as they should" 0 "$status"
equal "and leave it without the taint" "0 0" "$(marks)"
check "one in scope $scope is answered" request "$scope"
equal "the kernel had no taint before it and has it after, and the kernel warned once" "1 1" "$(marks)"
check "one in scope $other is answered, too" request "$other"
equal "and the kernel does not warn again" "1 1" "$(marks)"
fwctl-probe bad-input >/tmp/bad-input
while IFS= read -r line; do
	case $line in
	'ok '*) pass "$(sed 's/^ok [0-9]* *-* *//' <<<"$line")" ;;
	'not ok '*) fail "$(sed 's/^not ok [0-9]* *-* *//' <<<"$line")" ;;
	KTAP* | 1..*) ;;
	'# got '*) ;;
	*) echo "$line" ;;
	esac
done </tmp/bad-input
equal "nor after all of these" "1 1" "$(marks)"
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
