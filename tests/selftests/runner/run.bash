# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of the runner share: run a command, look at how it ended.

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
