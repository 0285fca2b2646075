#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host:
#
# tests/run, with suites of its own in a tree of its own: what runs side by side, what does not, and that nothing of it is
# lost, whichever suite ends first or dies.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/ktap.sh

tree=$(mktemp -d)
marks=$tree/marks
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/tests/selftests/a" "$marks"
cp tests/run "$tree/tests/"
cp tests/selftests/ktap.sh "$tree/tests/selftests/"

# suite NAME HEADER [guests]: its body is standard input.
suite() {
	{
		printf '#!/bin/bash\n# host:%s\n%s\n' "${3:+ $3}" "$2"
		echo '. tests/selftests/ktap.sh'
		echo "marks=$marks"
		cat
	} >"$tree/tests/selftests/a/$1.sh"
}

suite first '#' <<'TEXT'
plan 1
: >"$marks/first"
check "the next suite runs meanwhile" timeout 20 sh -c "until [ -e '$marks/quick' ]; do sleep 0.1; done"
sleep 1
rm "$marks/first" "$marks/quick"
finish
TEXT
suite quick '#' <<'TEXT'
plan 2
: >"$marks/quick"
pass "one thing holds"
fail "another does not"
finish
TEXT
suite single '# alone' <<'TEXT'
plan 1
: >"$marks/single"
equal "no other suite runs" single "$(ls "$marks")"
sleep 1
rm "$marks/single"
finish
TEXT
suite 'then' '#' <<'TEXT'
plan 1
refuse "none has begun beside that which is alone" test -e "$marks/single"
finish
TEXT

# on NAMES ARGS: the suites a/NAMES.
on() {
	local names=$1
	shift
	rm -f "$marks"/*
	"$tree/tests/run" --only "a/$names" "$@" >"$tree/said" 2>&1
	status=$?
}
verdicts() { grep -E '^(not )?ok ' "$tree/said" | tr '\n' ';'; }

plan 11
on '*' --jobs 2
equal "suites run side by side, are told in their order, and one that is alone is" \
	"ok 1 a/first;not ok 2 a/quick;ok 3 a/single;ok 4 a/then;" "$(verdicts)"
equal "all checks count" "12 passed, 1 failed" "$(tail -n 1 "$tree/said")"
equal "one that fails is told by the status" 1 "$status"
equal "what a suite printed stands together" 1 \
	"$(grep -c 'one thing' < <(sed -n '/^# Subtest: a\/quick/,/^# Subtest: a\/single/p' "$tree/said"))"

suite boots '#' guests <<'TEXT'
plan 1
equal "it is told the kernel and how slow it is" "debug 6" "$AUXCORE_TEST_KERNEL $AUXCORE_TEST_SLOW"
finish
TEXT
on '*' --kernel debug
equal "with another kernel, of those on the host only one that boots guests runs" "ok 1 a/boots;" "$(verdicts)"
equal "and knows the kernel" "3 passed, 0 failed" "$(tail -n 1 "$tree/said")"
rm "$tree/tests/selftests/a/boots.sh"

suite dies '#' <<'TEXT'
plan 1
kill -9 $PPID
TEXT
on '[dt]*' --jobs 2
equal "a suite whose shell is killed has failed, the others count" "not ok 1 a/dies (its shell ended before it);ok 2 a/then;" \
	"$(verdicts)"
equal "and it is one failure" "3 passed, 1 failed" "$(tail -n 1 "$tree/said")"
on 'then' --jobs 1
equal "one at a time, results are the same" "ok 1 a/then;" "$(verdicts)"
rm "$tree/tests/selftests/a/dies.sh"

suite first '#' <<'TEXT'
: >"$marks/first"
sleep 600 & echo $! >"$tree/sleeper"
wait
TEXT
sed -i "s|^marks=.*|&\ntree=$tree|" "$tree/tests/selftests/a/first.sh"
"$tree/tests/run" --only 'a/*' --jobs 2 >"$tree/said" 2>&1 &
pid=$!
timeout 20 sh -c "until [ -s '$tree/sleeper' ]; do sleep 0.1; done"
kill -TERM "$pid"
wait "$pid"
equal "a signal ends the run" 130 "$?"
# What nobody waits for is there until the first process of the machine has seen its end.
check "and the programs of its suites" timeout 20 sh -c "while kill -0 $(cat "$tree/sleeper"); do sleep 0.1; done"
finish
