#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host:
#
# What make new-vendor refuses: one sentence that names the culprit, and nothing is written.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/ktap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/full" && touch "$work/full/file"

# refused TEXT NAME [DIR]
refused() {
	local text=$1 said
	shift
	said=$(make -s new-vendor NAME="$1" DIR="${2:-}" 2>&1 >"$work/out") && return 1
	said=$(grep -v '^make' <<<"$said")
	echo "$said"
	[ ! -s "$work/out" ] && [ "$(wc -l <<<"$said")" = 1 ] && [[ $said == "new-vendor: "*"$text"* ]]
}

before=$(git status --porcelain 2>/dev/null)
plan 15
check "a name is needed" refused "a name is needed" ""
check "capitals are refused" refused "'Acme' is no name" Acme
check "a leading digit is refused" refused "'3com' is no name" 3com
check "a dash is refused" refused "'a-b' is no name" a-b
check "a slash is refused" refused "'../acme' is no name" ../acme
check "a quote is refused" refused "is no name" "a'b"
check "letters of another alphabet are refused" refused "is no name" äcme
check "an underscore at the end is refused" refused "underscore" acme_
check "a name that does not fit the bus is refused, with the limit" refused "16 characters, at most 15" abcdefghijklmnop
check "a name of the framework is refused" refused "'fwctl' is taken" fwctl
check "a vendor that exists is refused" refused "core/mlx5 exists" mlx5
check "a module of the core driver is refused" refused "core/channel exists" channel
check "a directory with something in it is refused" refused "$work/full exists" acme "$work/full"
check "a directory inside the tree is refused" refused "lies in this tree" acme "$PWD/acme"
equal "nothing was written" "$before" "$(git status --porcelain 2>/dev/null)"
finish
