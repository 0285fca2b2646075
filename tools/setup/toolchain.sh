# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The toolchain root: a Debian 13 root file system with every program that builds or runs something here, so that the
# host's own compilers never matter. The kernel source package lies beside it.

# The compilers are those Debian builds its own Rust-enabled kernel with.
TOOLCHAIN_PACKAGES=rustc,rust-src,bindgen,rustfmt,rust-clippy,cargo,clang,lld,llvm,libclang-dev,libc6-dev,make,gcc,bc,bison
TOOLCHAIN_PACKAGES+=,flex,libelf-dev,libssl-dev,pahole,kmod,cpio,rsync,zstd,xz-utils,python3,busybox-static,erofs-utils
TOOLCHAIN_PACKAGES+=,ca-certificates,git,util-linux

# QEMU comes from backports: it has the vfio-user client, which trixie's own does not.
TOOLCHAIN_BACKPORTS=qemu-system-x86

TOOLCHAIN_KEY=$(key "$TOOLCHAIN_PACKAGES" "$TOOLCHAIN_BACKPORTS" "layout 1")
TOOLCHAIN=$CACHE/toolchain-$TOOLCHAIN_KEY

# The kernel's source package: KERNEL_SERIES and KERNEL_VERSION.
# shellcheck source=../../tests/config/kernel.pin
. "$TREE/tests/config/kernel.pin"
KERNEL_SOURCE=$CACHE/source-$(key "$KERNEL_SERIES" "$KERNEL_VERSION")

need_toolchain() {
	if [ -e "$TOOLCHAIN/.complete" ]; then return; fi
	check_host
	have_host_programs
	step "$TOOLCHAIN" "toolchain root" 8 make_toolchain
}

make_toolchain() {
	# Each hook runs on the host with the new root as $1.
	# shellcheck disable=SC2016
	debian_root apt "$TOOLCHAIN_PACKAGES" "$1/root" \
		'chroot "$1" apt-get install -y --no-install-recommends -t trixie-backports '"$TOOLCHAIN_BACKPORTS" \
		'chroot "$1" apt-get clean' \
		'mkdir -p "$1/src" "$1/cache" "$1/host" && touch "$1/etc/resolv.conf"'
}

# inside COMMAND...: run a command in the toolchain root; the tree is /src, the cache /cache there.
inside() {
	AUXCORE_CACHE=$CACHE "$TREE/tools/enter" "$@"
}

# Paths of the cache as seen inside the toolchain root.
seen_inside() {
	printf '/cache/%s\n' "${1#"$CACHE"/}"
}

need_kernel_source() {
	if [ -e "$KERNEL_SOURCE/.complete" ]; then return; fi
	need_toolchain
	step "$KERNEL_SOURCE" "kernel source" 6 make_kernel_source
	if [ "$(kernel_source_version)" != "$KERNEL_VERSION" ]; then
		say "the pinned $KERNEL_SERIES $KERNEL_VERSION is gone from the archive; took the newest of the series, $(kernel_source_version)"
	fi
}

# kernel_source_version: the package version that was really fetched.
kernel_source_version() {
	cat "$KERNEL_SOURCE/version"
}

make_kernel_source() {
	local dir=$1 at
	at=$(seen_inside "$dir")
	rm -rf --one-file-system "$dir"
	mkdir -p "$dir"
	inside apt-get update
	inside sh -c "cd '$at' && apt-get -o APT::Sandbox::User=root download '$KERNEL_SERIES=$KERNEL_VERSION'" ||
		inside sh -c "cd '$at' && apt-get -o APT::Sandbox::User=root download '$KERNEL_SERIES'" ||
		no_kernel_source
	inside sh -c "cd '$at' && dpkg-deb -f *.deb Version >version && dpkg-deb -x *.deb package && rm -f *.deb &&
		mkdir linux && tar -xf package/usr/src/$KERNEL_SERIES.tar.xz -C linux --strip-components=1 && rm -rf package"
}

no_kernel_source() {
	if inside apt-cache show "$KERNEL_SERIES" >/dev/null 2>&1; then
		fail "The package $KERNEL_SERIES could not be fetched: check the network to the Debian mirror and run the same command again."
	fi
	fail "The archive has no $KERNEL_SERIES any more: name a configured kernel tree of that series with KDIR=/path/to/kernel."
}
