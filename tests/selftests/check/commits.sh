#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host:
#
# The rules about commits, on sample commits in a repository of their own: what each lacks is said, and what lacks nothing
# passes.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/runner/run.bash

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# maintainers VENDOR...: a MAINTAINERS with these vendors.
maintainers() {
	local vendor
	for vendor in "$@"; do
		printf 'VENDOR %s\nM:\tmaintainers <%s@auxcore.invalid>\nF:\tcore/%s/\n\n' "${vendor^^}" "$vendor" "$vendor"
	done
	printf 'USER INTERFACES\nM:\tmaintainers <netdev@auxcore.invalid>\nM:\tmaintainers <rdma@auxcore.invalid>\nF:\tuapi/\n'
}

sample() { git -C "$work/tree" -c user.name=Author -c user.email=author@acme.invalid "$@"; }

mkdir "$work/tree"
sample init -q -b main
mkdir -p "$work/tree"/{aux,core/acme,core/zeta,uapi/src}
maintainers acme zeta >"$work/tree/MAINTAINERS"
touch "$work/tree/"{aux/bus.rs,core/channel.rs,core/acme/acme.rs,uapi/ACKS,uapi/src/{fwctl,raw}.rs}
sample add .
sample commit -q -m 'treewide: Begin'

# judge FILES MESSAGE: the verdict about a commit that changes the files, and removes those with a - before them.
judge() {
	local file
	sample checkout -q --detach main
	for file in $1; do
		case $file in
		-*) rm "$work/tree/${file#-}" ;;
		*) echo change >>"$work/tree/$file" ;;
		esac
	done
	sample add .
	sample commit -q -m "$2"
	run tools/check/commits --tree "$work/tree" ${form:-} main..HEAD
}

# good FILES MESSAGE
good() {
	judge "$1" "$2"
	[ "$STATUS" -eq 0 ] || { echo "$OUT$ERR"; return 1; }
}

# bad TEXT FILES MESSAGE: this is found, and nothing else.
bad() {
	judge "$2" "$3"
	[ "$STATUS" -eq 1 ] && [ "$(wc -l <<<"$OUT")" -eq 1 ] && [[ $OUT == *"$1"* ]] || { echo "$STATUS $OUT$ERR"; return 1; }
}

why=$'\n\nThe old way loses a reply.'
mine="core/acme: Keep the reply$why"
shared="core: Keep the reply$why"
first=$'\n\nReviewed-by: One <one@acme.invalid> # acme'
second=$'\nReviewed-by: Two <two@zeta.invalid> # zeta'
acks=$'\n\nAcked-by: Three <three@net.invalid> # netdev\nAcked-by: Four <four@rdma.invalid> # rdma'
interface="uapi: Describe a scope$why"

plan 24
check "a vendor's own change needs nobody" good core/acme/acme.rs "$mine"
check "a summary without a place is found" bad "not \`dir/sub: What is done\`" core/acme/acme.rs "Keep the reply$why"
check "a summary of another place is found" bad "is not where the change is" core/acme/acme.rs "core/zeta: Keep the reply$why"
check "a summary that is no order is found" bad "is not an order" core/acme/acme.rs "core/acme: Keeps the reply$why"
check "a summary in the past is found" bad "is not an order" core/acme/acme.rs "core/acme: Changed the reply$why"
check "a small letter is found" bad "capital letter" core/acme/acme.rs "core/acme: keep the reply$why"
check "a full stop is found" bad "full stop" core/acme/acme.rs "core/acme: Keep the reply.$why"
check "a long summary is found" bad "longer than 75" core/acme/acme.rs "core/acme: Keep the reply $(printf 'x%.0s' {1..60})$why"
check "a message without a reason is found" bad "does not say why" core/acme/acme.rs "core/acme: Keep the reply"
check "a reason that is only trailers is none" bad "does not say why" core/acme/acme.rs "core/acme: Keep the reply$first"
check "a shared change with reviews of two vendors passes" good "core/channel.rs" "$shared$first$second"
check "so does one of the bus" good "aux/bus.rs" "aux: Keep the child$why$first$second"
check "a shared change without a review is found" bad "has reviews of 0 people" core/channel.rs "$shared"
check "one vendor is not enough" bad "vendors [acme]" core/channel.rs "$shared$first"$'\nReviewed-by: Five <five@acme.invalid> # acme'
check "one person is not enough" bad "of 1 people" core/channel.rs "$shared$first"$'\nReviewed-by: One <one@acme.invalid> # zeta'
check "the author is nobody" bad "of 1 people" core/channel.rs "$shared"$'\n\nReviewed-by: Author <author@acme.invalid> # acme\nReviewed-by: Two <two@zeta.invalid> # zeta'
check "a changed user interface with all acknowledgments and its line passes" good "uapi/src/fwctl.rs uapi/ACKS" "$interface$acks"
check "one without a line in ACKS is found" bad "no line of uapi/ACKS" uapi/src/fwctl.rs "$interface$acks"
check "what describes no interface needs none" good uapi/src/raw.rs "$interface$acks"
check "a user interface that goes without one is found" bad "no line of uapi/ACKS" -uapi/src/fwctl.rs "uapi: Drop a scope$why$acks"
check "one acknowledgment that is missing is named" bad "no Acked-by for rdma" "uapi/src/fwctl.rs uapi/ACKS" "$interface"$'\n\nAcked-by: Three <three@net.invalid> # netdev'
check "a new user interface without a line in ACKS is found" bad "no line of uapi/ACKS" uapi/src/new.rs "$interface$acks"
check "a new user interface with its line passes" good "uapi/src/new.rs uapi/ACKS" "$interface$acks"

one_vendor() {
	maintainers acme >"$work/tree/MAINTAINERS"
	sample add . && sample commit -q -m 'treewide: Have one vendor' && sample branch -q -f main
	good core/channel.rs "$shared$first"$'\nReviewed-by: Four <four@rdma.invalid> # rdma' &&
		bad "vendors [acme]" core/channel.rs "$shared$first"$'\nReviewed-by: Five <five@acme.invalid> # acme'
}
check "a subsystem stands in while there is one vendor" one_vendor
finish
