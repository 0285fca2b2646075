# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A root of its own for the programs that only read the tree: they build nothing that is run, so a change of this list must
# not rebuild a kernel, as a change of the toolchain root would.

CHECKS_PACKAGES=python3-sphinx,shellcheck

CHECKS_ROOT=$CACHE/checks-$(key "$CHECKS_PACKAGES" "layout 1")

need_checks_root() {
	if [ -e "$CHECKS_ROOT/.complete" ]; then return; fi
	check_host
	have_host_programs
	step "$CHECKS_ROOT" "documentation tools" 2 make_checks_root
}

make_checks_root() {
	# Each hook runs on the host with the new root as $1.
	# shellcheck disable=SC2016
	debian_root essential "$CHECKS_PACKAGES" "$1/root" \
		'rm -rf "$1"/usr/share/man "$1"/usr/share/locale "$1"/var/lib/apt/lists' \
		'mkdir -p "$1/src" "$1/cache" "$1/host" && touch "$1/etc/resolv.conf"'
}

# reading COMMAND...: run a command in that root; the tree is /src there.
reading() {
	AUXCORE_CACHE=$CACHE "$TREE/tools/enter" --root checks "$@"
}
