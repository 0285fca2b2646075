#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[caller]: --driver ours --device connectx --timeout 1200
# guest[worker]: --driver ours --device connectx --timeout 1200
# kernel: debug
#
# Every allocation of an operation fails once: the operation fails with ENOMEM or succeeds, says which, and works when it is
# repeated. A recovery ends by itself, or the driver says that it has given up. [caller] is about the task that asks for it,
# [worker] about the kernel threads that make children and recover. What leaks is found by the scan at the end of the run.
# Nearly all points that are taken have to be hit in [caller], half of them in [worker].
#
# AUXCORE_SWEEP=full takes every point, a number that many of each operation, spread over all of it.

. tests/selftests/lib.sh

bdf=$(functions)
log_mark

case ${AUXCORE_SWEEP:-24} in
full) most=0 ;;
*) most=${AUXCORE_SWEEP:-24} ;;
esac

# sweep NAME OPERATION ARGS: prints the figures whether it holds or not.
sweep() {
	local name=$1 said status
	shift
	said=$(fail-nth "$1" --function "$bdf" --most "$most" "${@:2}" 2>&1)
	status=$?
	sed "s/^/# $*: /" <<<"$said"
	if [ "$status" = 0 ]; then pass "$name"; else fail "$name" "status $status"; fi
}

all_contexts_gone() { within 20 no_contexts 0; }

case $1 in
caller)
	plan 11
	sweep "binding the core survives every failed allocation" core-bind
	sweep "unbinding the core does" core-unbind
	sweep "binding the consumer does" consumer-bind
	sweep "unbinding the consumer does" consumer-unbind
	sweep "opening a file does" open
	sweep "closing a file does" close
	sweep "asking what the device is does" info
	sweep "executing a command does" rpc
	;;
worker)
	plan 7
	sweep "adding children survives every failed allocation of the thread that adds them" core-bind --worker auxbus
	sweep "removing children does" core-unbind --worker auxbus
	sweep "recovery survives every failed allocation of the thread that recovers" recover --worker auxcore_mlx5
	sweep "making children anew after it does" recover --worker auxbus
	;;
esac
check "no context is left in firmware" all_contexts_gone
check "the stack unloads" unload ours
check "nothing is left in the device" device_clean 0
finish
