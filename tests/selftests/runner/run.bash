# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What suites on the host share: run a command, or a guest, and look at how it ended.

. tests/selftests/ktap.sh

# run COMMAND...: keep its status in STATUS, its streams in OUT and ERR.
run() {
	local out err
	out=$(mktemp)
	err=$(mktemp)
	STATUS=0
	"$@" >"$out" 2>"$err" </dev/null || STATUS=$?
	# Read by the tests.
	# shellcheck disable=SC2034
	OUT=$(cat "$out")
	ERR=$(cat "$err")
	rm -f "$out" "$err"
}

# boot SECONDS ARGS...: run a guest with the kernel that tests/run was given. It may take so many seconds, and as many times
# more as that kernel is slower than the usual one.
boot() {
	local words=(--kernel "${AUXCORE_TEST_KERNEL:-default}" --timeout $(($1 * ${AUXCORE_TEST_SLOW:-1})))
	if [ -n "${AUXCORE_TEST_APPEND:-}" ]; then words+=(--append "$AUXCORE_TEST_APPEND"); fi
	run tools/guest "${words[@]}" "${@:2}"
}

# ended STATUS [TEXT]: the last run ended so, and its standard error holds the text.
ended() {
	if [ "$STATUS" -ne "$1" ]; then
		printf 'status %d instead of %d; standard error:\n%s\n' "$STATUS" "$1" "$ERR"
		return 1
	fi
	case $ERR in
	*"${2:-}"*) return 0 ;;
	esac
	printf 'standard error lacks "%s":\n%s\n' "$2" "$ERR"
	return 1
}
