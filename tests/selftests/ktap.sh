# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# KTAP for the scripts of this directory. Names of checks state the property that holds.
#
#   plan N                       first; a script that makes more or fewer checks fails
#   check NAME COMMAND ARGS      holds if COMMAND succeeds; what it prints is shown if it does not
#   refuse NAME COMMAND ARGS     holds if COMMAND fails
#   says NAME PATTERN COMMAND    holds if what COMMAND prints matches the extended regular expression
#   equal NAME EXPECTED ACTUAL   holds if both are the same text
#   below NAME LIMIT ACTUAL      holds if ACTUAL is a number and smaller than LIMIT: a time, of which a slow guest gets more
#   finish                       last

ktap_said=$(mktemp)
ktap_made=0
ktap_failed=0

plan() {
	echo "KTAP version 1"
	echo "1..$1"
}

pass() {
	ktap_made=$((ktap_made + 1))
	echo "ok $ktap_made $1"
}

# fail NAME [TEXT]
fail() {
	ktap_made=$((ktap_made + 1))
	ktap_failed=$((ktap_failed + 1))
	echo "not ok $ktap_made $1"
	if [ -n "${2:-}" ]; then sed 's/^/# /' <<<"$2"; fi
}

# The command runs in this shell, not in one below it: it may set variables and open files.
check() {
	local name=$1 status
	shift
	"$@" >"$ktap_said" 2>&1
	status=$?
	if [ "$status" -eq 0 ]; then pass "$name"; else fail "$name" "$* fails ($status):"$'\n'"$(tail -n 30 "$ktap_said")"; fi
}

refuse() {
	local name=$1
	shift
	if "$@" >"$ktap_said" 2>&1; then
		fail "$name" "$* succeeds:"$'\n'"$(tail -n 30 "$ktap_said")"
	else
		pass "$name"
	fi
}

says() {
	local name=$1 pattern=$2 said
	shift 2
	said=$("$@" 2>&1)
	if grep -qE -- "$pattern" <<<"$said"; then pass "$name"; else fail "$name" "no '$pattern' in:"$'\n'"$(tail -n 30 <<<"$said")"; fi
}

equal() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "expected: $2"$'\n'"got:      $3"; fi
}

below() {
	local limit=$(($2 * ${SLOW:-1}))
	if [[ $3 =~ ^[0-9]+$ ]] && [ "$3" -lt "$limit" ]; then pass "$1"; else fail "$1" "limit: $limit, got: $3"; fi
}

finish() {
	rm -f "$ktap_said"
	[ "$ktap_failed" -eq 0 ]
	exit
}
