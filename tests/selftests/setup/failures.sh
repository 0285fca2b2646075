#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host:
#
# What the set-up says on machines that lack something: one sentence with the mend, and no success. The machines are played
# by programs that stand first in PATH, with an empty cache; nothing is fetched.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# machine NAME [PROGRAM LINE]...: start a machine whose programs do these lines of shell.
machine() {
	rm -rf "${work:?}/bin" "$work/cache"
	mkdir -p "$work/bin"
	while [ $# -gt 0 ]; do
		printf '#!/bin/bash\n%s\n' "$2" >"$work/bin/$1"
		chmod +x "$work/bin/$1"
		shift 2
	done
}

# setup PART: run the set-up on that machine.
setup() {
	run env PATH="$work/bin:$PATH" AUXCORE_CACHE="${cache:-$work/cache}" tools/setup/setup "$@"
}

# says TEXT PART: the set-up of the part fails, and the last line says so.
says() {
	setup "$2"
	ERR=$(tail -n 1 <<<"$ERR")
	ended 125 "$1"
}

debootstrap_says() {
	machine mmdebstrap "echo '$1' >&2; exit 1"
	says "$2" toolchain
}

plan 17

machine id 'echo 1000'
check "a user who is not root is told to become root" says "must run as root: use sudo -E make" toolchain
machine uname 'case $1 in -m) echo riscv64 ;; *) echo Linux ;; esac'
check "another processor is named" says "Linux on riscv64" toolchain
machine unshare 'exit 1'
check "a container without mounts is recognised" says "CAP_SYS_ADMIN" toolchain
machine df 'echo head; echo "disk 1 1 $((3 << 20)) 1% /"'
check "a full disk is recognised before anything is fetched" says "3 GiB free and this step needs 8 GiB" toolchain
machine findmnt 'echo rw,noexec'
check "a cache on a noexec disk is refused" says "mounted noexec" toolchain
machine
cache=/proc/nowhere check "a cache that cannot be made is refused" says "cannot be made: set AUXCORE_CACHE" toolchain
machine apt-get 'exit 0'
check "a host without a Debian archive is told of AUXCORE_MIRROR" says "set AUXCORE_MIRROR to the URI" toolchain
check "a dead network is recognised" debootstrap_says "E: Temporary failure resolving" "network did not answer"
check "a package that is gone is named" debootstrap_says "E: Unable to locate package rustc" "no package rustc"
check "a disk that fills up is recognised" debootstrap_says "tar: No space left on device" "disk of"
check "an unknown failure names its log" debootstrap_says "E: something else" "toolchain-root.log"
machine
check "an unknown part is refused and the parts are named" says "the parts are toolchain, source" nosuch
AUXCORE_KERNEL=nosuch check "an unknown kernel is refused and the known ones are named" says "the tree has default" kernel

no_second_try() {
	debootstrap_says "E: something else" "toolchain-root.log" && [ ! -e "$(echo "$work"/cache/toolchain-*/.complete)" ]
}
check "a step that failed does not count as done" no_second_try

long_socket() {
	run env AUXCORE_TMPDIR="/tmp/$(printf 'x%.0s' $(seq 100))" tools/guest --driver none -- true
	ended 125 "a socket address takes 107: set AUXCORE_TMPDIR"
}
check "a socket path that does not fit is refused before anything boots" long_socket

usage() {
	run tools/enter
	ended 64 "usage: tools/enter"
}
check "tools/enter without a command says how it is used" usage
inside_status() {
	run tools/enter sh -c 'pwd; echo err >&2; exit 7'
	[ "$OUT" = /src ] && ended 7 err
}
check "tools/enter runs in the tree and returns the command's status" inside_status
finish
