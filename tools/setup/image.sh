# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The guest's root file system: a small Debian without systemd as init, read-only on an erofs disk; our agent is its init.

GUEST_PACKAGES=udev,kmod,iproute2,ethtool,pciutils,strace,busybox,libcap2-bin,util-linux,mount,procps,bash,coreutils
GUEST_PACKAGES+=,libkmod2,findutils,grep,sed,gawk,diffutils

# The users of fwctl and of the in-tree CXL driver that exist today, as Debian ships them. The mstflint of Debian 13 was made
# for a kernel interface that was never merged.
GUEST_PACKAGES+=,mstflint/sid,cxl

GUEST_ROOT=$CACHE/guest-root-$(key "$GUEST_PACKAGES" "layout 1")

need_guest_root() {
	if [ -e "$GUEST_ROOT/.complete" ]; then return; fi
	check_host
	have_host_programs
	step "$GUEST_ROOT" "guest root" 3 make_guest_root
}

make_guest_root() {
	# Each hook runs on the host with the new root as $1. Documentation and caches would only make the image larger; the
	# directories are mount points of the agent.
	# shellcheck disable=SC2016
	debian_root essential "$GUEST_PACKAGES" "$1/root" \
		'rm -rf "$1"/usr/share/doc "$1"/usr/share/man "$1"/usr/share/locale "$1"/usr/share/info "$1"/var/lib/apt/lists "$1"/var/cache' \
		'mkdir -p "$1/overlay" "$1/scratch" "$1/opt/auxcore" "$1/lib/modules" "$1/var/cache"'
}

# need_image: the guest root together with the agent and the files of tests/image.
need_image() {
	local agent files
	need_guest_root
	need_toolchain
	agent=$PROGRAMS/auxcore-agent
	[ -x "$agent" ] || die "The host programs lack auxcore-agent: run tools/setup/setup programs from a complete checkout."
	mapfile -t files < <(find "$TREE/tests/image" -type f | LC_ALL=C sort)
	IMAGE=$CACHE/guest-image-$(key "$GUEST_ROOT" "$(sha256sum <"$agent")" "$(hash_tree "${files[@]}")")
	step "$IMAGE" "guest image" 1 make_image "$agent"
}

make_image() {
	local agent=$1 dir=$2
	rm -rf --one-file-system "$dir"
	mkdir -p "$dir"
	# Hard links: the root is copied in no time, and new files replace links, they do not write through them.
	cp -al "$GUEST_ROOT/root" "$dir/root"
	cp -a --remove-destination "$TREE/tests/image/." "$dir/root/"
	install -D -m 755 "$agent" "$dir/root/sbin/auxcore-agent"
	chown -R 0:0 "$dir/root/etc/modprobe.d"
	inside mkfs.erofs --quiet -T0 "$(seen_inside "$dir")/root.erofs.part" "$(seen_inside "$dir")/root"
	mv "$dir/root.erofs.part" "$dir/root.erofs"
	rm -rf --one-file-system "$dir/root"
	keep_newest 6 "$CACHE"/guest-image-*
}
