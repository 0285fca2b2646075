#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --append kunit.enable=1
#
# Unit tests run by the guest's kernel: those of the pure files, and those of the bus that need a kernel.

. tests/selftests/lib.sh

# The sources say which suites there are: one that is missing fails, so it is not enough to look at those that have run.
mapfile -t suites < <(grep -rshoE 'kunit_tests\([a-z0-9_]+\)' --include='*.rs' \
	aux core fwctl consumers tests/kunit tests/modules tests/null | sed 's/.*(\(.*\))/\1/' | LC_ALL=C sort)

DEBUGFS=/sys/kernel/debug/kunit

# cases SUITE: its cases as lines "ok NAME" or "not NAME".
cases() {
	sed -n 's/^ *\(ok\|not\)\( ok\)* [0-9]* \([a-z0-9_]*\)$/\1 \3/p' "$DEBUGFS/$1/results" | grep -v " $1\$"
}

# have_run: the suites that have run, the kernel's own among them.
have_run() { find "$DEBUGFS" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort; }

before=$(have_run)
modprobe auxcore_kunit
modprobe auxcore_test_bus
total=0
for suite in "${suites[@]}"; do
	total=$((total + 1 + $(cases "$suite" 2>/dev/null | wc -l)))
done
plan $((total + 2))
check "the sources have suites" [ ${#suites[@]} -gt 0 ]
equal "the suites that ran are those of the sources" "$(printf '%s\n' "${suites[@]}")" \
	"$(LC_ALL=C comm -13 <(echo "$before") <(have_run))"
for suite in "${suites[@]}"; do
	check "the suite $suite has run" grep -q . "$DEBUGFS/$suite/results"
	while read -r verdict name; do
		[ -n "$name" ] || continue
		if [ "$verdict" = ok ]; then pass "$suite: $name"; else fail "$suite: $name" "$(cat "$DEBUGFS/$suite/results")"; fi
	done < <(cases "$suite" 2>/dev/null)
done
finish
