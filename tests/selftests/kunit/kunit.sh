#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --append kunit.enable=1
#
# Unit tests run by the guest's kernel: those of the pure files, and those of the bus that need a kernel.

. tests/selftests/lib.sh

# A suite that is missing fails, so it is not enough to look at those that are there.
SUITES=(
	auxbus_callbacks
	auxbus_queue
	auxbus_reconcile
	auxcore_claim
	auxcore_cxl_bytes
	auxcore_cxl_command
	auxcore_cxl_feature
	auxcore_cxl_layout
	auxcore_cxl_locator
	auxcore_cxl_log
	auxcore_cxl_rpc
	auxcore_fwctl_policy
	auxcore_health
	auxcore_journal_line
	auxcore_journal_window
	auxcore_mlx5_bits
	auxcore_mlx5_change
	auxcore_mlx5_rpc
	auxcore_mlx5_scope
	auxcore_mlx5_wire
	auxcore_pending
	auxcore_policy
	auxcore_slots
	auxcore_stats
	auxcore_text
)

DEBUGFS=/sys/kernel/debug/kunit

# cases SUITE: its cases as lines "ok NAME" or "not NAME".
cases() {
	sed -n 's/^ *\(ok\|not\)\( ok\)* [0-9]* \([a-z0-9_]*\)$/\1 \3/p' "$DEBUGFS/$1/results" | grep -v " $1\$"
}

modprobe auxcore_kunit
modprobe auxcore_test_bus
total=0
for suite in "${SUITES[@]}"; do
	total=$((total + 1 + $(cases "$suite" 2>/dev/null | wc -l)))
done
plan $((total + 1))
in_tree=$(grep -rhoE 'kunit_tests\([a-z0-9_]+\)' --include='*.rs' aux core fwctl tests/modules | sed 's/.*(\(.*\))/\1/' | LC_ALL=C sort)
equal "every suite of the tree is in the list" "$(printf '%s\n' "${SUITES[@]}")" "$in_tree"
for suite in "${SUITES[@]}"; do
	check "the suite $suite has run" grep -q . "$DEBUGFS/$suite/results"
	while read -r verdict name; do
		[ -n "$name" ] || continue
		if [ "$verdict" = ok ]; then pass "$suite: $name"; else fail "$suite: $name" "$(cat "$DEBUGFS/$suite/results")"; fi
	done < <(cases "$suite" 2>/dev/null)
done
finish
