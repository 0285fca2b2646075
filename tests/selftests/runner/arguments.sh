#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host:
#
# What tools/guest refuses before it boots anything: every refusal is status 123 and one sentence that names the culprit.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash

# refused TEXT ARGS...
refused() {
	local text=$1 start=$SECONDS
	shift
	run tools/guest "$@"
	[ $((SECONDS - start)) -lt 20 ] && [ -z "$OUT" ] && ended 123 "$text"
}

# Only the refusals are timed, not the build of the runner.
tools/setup/setup programs 2>/dev/null || exit

plan 18
check "a command is required" refused "required" --driver none
check "an unknown option is refused" refused "--colour" --colour -- true
check "an unknown device is refused" refused "no device 'connectx9'" --device connectx9 -- true
check "a device of QEMU that is not on the list is refused" refused "no device 'vfio-pci'" --device vfio-pci,host=0 -- true
check "a property that the runner sets is refused" refused "'bus' is set by the runner" --device edu,bus=pcie.0 -- true
check "a property that QEMU does not know is refused" refused "'edu.nosuch' not found" --device edu,nosuch=1 -- true
check "a device option without a value is refused" refused "'stall' is not KEY=VALUE" --device connectx,stall -- true
check "an unknown key of the model is refused" refused "nosuch" --device connectx,nosuch=1 -- true
check "a value that the model does not take is refused" refused "no value for fw" --device connectx,fw=abc -- true
check "an unknown driver stack is refused" refused "theirs" --driver theirs -- true
check "an unknown kernel is refused and the known ones are named" refused "the tree has default" --kernel nosuch -- true
check "an unknown network is refused" refused "bridge" --net bridge -- true
check "a timeout of nothing is refused" refused "at least 1" --timeout 0 -- true
check "too many processors are refused" refused "--smp" --smp 99 -- true
check "too little memory is refused" refused "256M to 64G" --mem 1M -- true
check "a kernel argument that the runner needs stays" refused "--append init=/bin/sh" --append init=/bin/sh -- true
many=()
for _ in $(seq 65); do many+=(--device edu); done
check "more devices than slots are refused" refused "at most 64" "${many[@]}" -- true
run tools/guest --help
check "the help names every exit status" \
	eval 'for n in 120 121 122 123 124 125; do case $OUT in *"  $n  "*) ;; *) exit 1 ;; esac; done; ended 0'
finish
