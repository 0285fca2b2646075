#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host:
#
# The parts of the set-up as functions: steps are done once, are resumed, and do not meet; a kernel option that is dropped
# is named; a kernel version that is gone is replaced by the newest of its series.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export AUXCORE_CACHE=$work/cache

# in_setup SCRIPT ARGS...: run a script that has all functions of the set-up.
in_setup() {
	run bash -c 'set -euo pipefail; . tools/setup/all.sh; eval "$1"' setup "$@"
}

makes_once() {
	local step='make() { echo made >>"$CACHE/count"; mkdir -p "$1"; }; step "$CACHE/a-1" "one step" 1 make'
	in_setup "$step"
	in_setup "$step"
	ended 0 && [ "$(wc -l <"$work/cache/count")" -eq 1 ]
}

resumes() {
	local step='make() { mkdir -p "$1"; [ -e "$1/half" ] || { touch "$1/half"; fail "Pull the plug back in."; }; touch "$1/whole"; }
		step "$CACHE/b-1" "broken step" 1 make'
	in_setup "$step"
	ended 125 "Pull the plug back in." || return 1
	in_setup "$step"
	ended 0 && [ -e "$work/cache/b-1/whole" ]
}

two_at_once() {
	local step='make() { echo made >>"$CACHE/both"; sleep 2; mkdir -p "$1"; }; step "$CACHE/c-1" "slow step" 1 make'
	in_setup "$step" &
	in_setup "$step"
	ended 0 && wait %1 && [ "$(wc -l <"$work/cache/both")" -eq 1 ]
}

# dropped FRAGMENT CONFIG: check_config on these texts.
dropped() {
	mkdir -p "$work/cache/log"
	printf '%s\n' "$1" >"$work/fragment"
	printf '%s\n' "$2" >"$work/config"
	in_setup "check() { check_config default '$work/fragment' '$work/config'; }; work check check"
}

names_first_dropped() {
	dropped $'CONFIG_A=y\nCONFIG_B=m\nCONFIG_C=y' $'CONFIG_A=y\n# CONFIG_B is not set'
	ended 125 "dropped 'CONFIG_B=m'"
}

unset_must_stay_unset() {
	dropped '# CONFIG_A is not set' $'CONFIG_AB=y' && ended 0 || return 1
	dropped '# CONFIG_A is not set' $'CONFIG_A=y'
	ended 125 "dropped '# CONFIG_A is not set'"
}

last_line_counts() {
	dropped $'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_A=m\nCONFIG_B=y' $'CONFIG_A=m\nCONFIG_B=y'
	ended 0
}

# archive AVAILABLE: make_kernel_source with an archive that has this version of the package, or none.
archive() {
	in_setup '
		available='"'$1'"'
		need_toolchain() { :; }
		inside() {
			case "$*" in
			*download*=*) [ -n "$available" ] && case "$*" in *"=$available"*) ;; *) return 100 ;; esac ;;
			*download*) [ -n "$available" ] || return 100 ;;
			*dpkg-deb*) echo "$available" >"$KERNEL_SOURCE/version" ;;
			"apt-cache show"*) [ -n "$available" ] ;;
			esac
		}
		need_kernel_source
		kernel_source_version'
}

pinned() {
	local pin
	pin=$(sed -n 's/^KERNEL_VERSION=//p' tests/config/kernel.pin)
	archive "$pin"
	ended 0 && [ "$OUT" = "$pin" ] && ! grep -q 'is gone' <<<"$ERR"
}

newest() {
	rm -rf "$work"/cache/source-*
	archive 7.3.99-1
	ended 0 "is gone from the archive; took the newest of the series, 7.3.99-1" && [ "$OUT" = 7.3.99-1 ]
}

none_left() {
	rm -rf "$work"/cache/source-*
	archive ''
	ended 125 "KDIR=/path/to/kernel"
}

mirror() {
	in_setup "apt-get() { printf '%s\n' 'http://mirror.test/debian-security bookworm-security main' 'http://mirror.test/other sid main' \
		'http://mirror.test/debian bookworm non-free' 'http://mirror.test/debian bookworm main'; }; debian_mirror"
	ended 0 && [ "$OUT" = http://mirror.test/debian ]
}

mirror_list() {
	printf '# a list\n\nhttp://listed.test/debian\tpriority:1\n' >"$work/list"
	in_setup "apt-get() { echo 'mirror+file:$work/list trixie main'; }; debian_mirror"
	ended 0 && [ "$OUT" = http://listed.test/debian ]
}

given_mirror() {
	AUXCORE_MIRROR=http://given.test/debian in_setup debian_mirror
	[ "$OUT" = http://given.test/debian ]
}

plan 12
check "a step is made once" makes_once
check "a step that was cut short goes on and counts only when whole" resumes
check "a step that two runs want is made by one of them" two_at_once
check "the first dropped kernel option is named" names_first_dropped
check "an option that must be off must be off" unset_must_stay_unset
check "of an option set twice the last line counts" last_line_counts
check "the pinned kernel is taken while it is there" pinned
check "when it is gone, the newest of the series is taken and said" newest
check "when there is none, KDIR= is named" none_left
check "the mirror is the host's own for the release, not that of updates" mirror
check "a list of mirrors is followed to its first entry" mirror_list
check "a mirror that is given wins" given_mirror
finish
