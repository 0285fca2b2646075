# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The engine of the set-up: where things are kept, how a step is keyed, locked, timed and reported.
#
# A step makes one directory of the cache. Its name carries the hash of everything the step is made from, and the file
# .complete in it, written last, says that it is whole. A step that was cut short is simply run again.

# The tree and the cache. AUXCORE_CACHE moves the cache, for instance to a larger disk.
TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
CACHE=${AUXCORE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/auxcore}
case $CACHE in
/*) ;;
*) CACHE=$PWD/$CACHE ;;
esac

# Build output of one checkout lives below its own directory of the cache, so that two checkouts do not meet.
TREE_ID=$(printf '%s' "$TREE" | sha256sum | cut -c1-12)
# shellcheck disable=SC2034 # used by the other parts
TREE_CACHE=$CACHE/trees/$TREE_ID

# Exit status of a set-up that failed; tools/guest documents the same number.
SETUP_FAILED=125

# say TEXT: one line of progress, on stderr since stdout belongs to the command that is run.
say() {
	printf 'auxcore: %s\n' "$*" >&2
}

# die TEXT: end with one sentence that says what is missing and how to mend it.
die() {
	say "$*"
	exit "$SETUP_FAILED"
}

# fail TEXT: die from inside a step; the sentence is printed after the end of the step's log.
fail() {
	printf '%s\n' "$*" >"$CACHE/log/sentence.$$"
	exit 1
}

# key TEXT...: a short hash of the arguments.
key() {
	printf '%s\n' "$@" | sha256sum | cut -c1-12
}

# hash_files FILE...: a short hash of the names and contents of the files.
hash_files() {
	sha256sum -- "$@" | sha256sum | cut -c1-12
}

# need_disk GIB: stop unless the cache's disk has that much room.
need_disk() {
	local have
	have=$(df -Pk "$CACHE" | awk 'NR == 2 { print int($4 / 1048576) }')
	if [ "$have" -lt "$1" ]; then
		die "$CACHE has $have GiB free and this step needs $1 GiB: free some space, or set AUXCORE_CACHE to a directory on a larger disk."
	fi
}

# ticker LABEL LOG: show that a step is alive; every second on a terminal, else once a minute. It looks every second whether
# the set-up still runs, so that an interrupted one leaves nothing behind.
ticker() {
	local start=$SECONDS last tick=0
	while sleep 1 && kill -0 "$$" 2>/dev/null; do
		tick=$((tick + 1))
		if [ ! -t 2 ] && [ $((tick % 60)) -ne 0 ]; then continue; fi
		last=$(tail -n 1 "$2" 2>/dev/null | tr -dc '[:print:]' | cut -c1-60)
		if [ -t 2 ]; then
			printf '\r\033[Kauxcore: %s: %d s  %s' "$1" $((SECONDS - start)) "$last" >&2
		else
			say "$1: $((SECONDS - start)) s so far: $last"
		fi
	done
}

# explain LOG: a sentence for the failures that a log shows and that a user can mend.
explain() {
	if [ -s "$CACHE/log/sentence.$$" ]; then
		cat "$CACHE/log/sentence.$$"
	elif grep -q -i -E 'no space left on device|disk quota exceeded' "$1"; then
		echo "The disk of $CACHE is full: free some space, or set AUXCORE_CACHE to a directory on a larger disk."
	elif grep -q -E 'Temporary failure resolving|Could not resolve|Failed to fetch|Could not connect|Connection timed out' "$1"; then
		echo "The network did not answer: check that this machine reaches its Debian mirror and crates registry, then run the same command again."
	elif grep -q -E 'Unable to locate package' "$1"; then
		echo "The archive has no package $(sed -n 's/.*Unable to locate package //p' "$1" | head -n 1): set AUXCORE_MIRROR to a complete Debian mirror."
	elif grep -q -i -E 'Operation not permitted' "$1"; then
		echo "The system refused a privileged call: run as root outside a restricted container (mount and chroot are needed)."
	else
		echo "See $1 for the whole log; after mending the cause, the same command goes on from here."
	fi
}

# work LABEL COMMAND...: run a shell function with its output in a log, showing time; on failure print the log's end.
work() {
	local label=$1 log status=0 start=$SECONDS tick
	shift
	log=$CACHE/log/$(printf '%s' "$label" | tr -c 'a-zA-Z0-9\n' '-').log
	mkdir -p "$CACHE/log"
	rm -f "$CACHE/log/sentence.$$"
	say "$label ..."
	ticker "$label" "$log" &
	tick=$!
	set +e
	(
		set -eu
		"$@"
	) >"$log" 2>&1 </dev/null
	status=$?
	set -e
	kill "$tick" 2>/dev/null || :
	wait "$tick" 2>/dev/null || :
	if [ -t 2 ]; then printf '\r\033[K' >&2; fi
	if [ "$status" -ne 0 ]; then
		say "$label: FAILED after $((SECONDS - start)) s; the end of $log:"
		tail -n 20 "$log" | sed 's/^/    /' >&2
		label=$(explain "$log")
		rm -f "$CACHE/log/sentence.$$"
		die "$label"
	fi
	say "$label: done in $((SECONDS - start)) s"
}

# step DIR LABEL GIB COMMAND...: make DIR complete by `COMMAND... DIR`, once, whoever else wants it at the same time.
step() {
	local dir=$1 label=$2 room=$3 lock lock_fd
	shift 3
	if [ -e "$dir/.complete" ]; then return; fi
	check_host
	mkdir -p "$CACHE/lock" "$(dirname "$dir")"
	lock=$CACHE/lock/$(printf '%s' "${dir#"$CACHE"/}" | tr '/' '-')
	exec {lock_fd}>"$lock"
	if ! flock -n "$lock_fd"; then
		say "$label: waiting for another run that is making it"
		flock "$lock_fd"
	fi
	if [ ! -e "$dir/.complete" ]; then
		need_disk "$room"
		work "$label" "$@" "$dir" {lock_fd}>&-
		touch "$dir/.complete"
	fi
	exec {lock_fd}>&-
}

# keep_newest N GLOB-PREFIX: forget all but the N newest directories with this prefix.
keep_newest() {
	local count=$1 dir
	shift
	# shellcheck disable=SC2012 # the names are our own: no blanks, no newlines
	ls -1dt "$@" 2>/dev/null | tail -n "+$((count + 1))" | while read -r dir; do
		rm -rf --one-file-system "$dir"
	done
}

# hash_tree FILE...: like hash_files, with names relative to the tree, so that every checkout gets the same hash.
hash_tree() {
	local files=("${@#"$TREE"/}")
	(cd "$TREE" && hash_files "${files[@]}")
}
