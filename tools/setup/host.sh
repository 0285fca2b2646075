# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the set-up needs of the host, and what it takes over from it: Debian mirror, proxy, name server, certificates.

# check_host: stop with one sentence if this machine cannot run the set-up. Cheap; called before the first step that works.
check_host() {
	local tool
	if [ "$(uname -s)" != Linux ] || [ "$(uname -m)" != x86_64 ]; then
		die "This is $(uname -s) on $(uname -m), and the guests need Linux on x86_64: use such a machine, or build only the modules with make KDIR=/path/to/kernel."
	fi
	if [ "$(id -u)" -ne 0 ]; then
		die "The set-up makes root file systems and mounts, so it must run as root: use sudo -E make ..., or build only the modules with make KDIR=/path/to/kernel."
	fi
	for tool in flock unshare chroot; do
		command -v "$tool" >/dev/null || die "The program $tool is missing: install Debian's util-linux and coreutils."
	done
	if ! unshare --mount --propagation private true 2>/dev/null; then
		die "This machine does not let root make a mount namespace: run outside the container, or give it CAP_SYS_ADMIN."
	fi
	mkdir -p "$CACHE" 2>/dev/null || die "The cache $CACHE cannot be made: set AUXCORE_CACHE to a directory that can be written."
	if findmnt -n -o OPTIONS -T "$CACHE" 2>/dev/null | tr ',' '\n' | grep -q -x -E 'noexec|nodev'; then
		die "The cache $CACHE lies on a disk mounted noexec or nodev: set AUXCORE_CACHE to a directory on another disk."
	fi
}

# check_apt: stop unless packages can be fetched.
check_apt() {
	command -v apt-get >/dev/null ||
		die "This machine has no apt-get: the set-up needs Debian 12 or 13, or build only the modules with make KDIR=/path/to/kernel."
}

# debian_mirror: the URI of the Debian archive that the host itself uses. Called inside a step.
debian_mirror() {
	local uri
	if [ -n "${AUXCORE_MIRROR:-}" ]; then
		printf '%s\n' "$AUXCORE_MIRROR"
		return
	fi
	# The names in $(...) are apt's own format fields.
	# shellcheck disable=SC2016
	uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 2>/dev/null |
		awk '$2 ~ /^(bookworm|trixie)$/ && $3 == "main" { print $1; exit }')
	case $uri in
	mirror+file:*) uri=$(grep -v '^#' "${uri#mirror+file:}" 2>/dev/null | awk 'NF { print $1; exit }') ;;
	esac
	if [ -z "$uri" ]; then
		fail "No Debian 12 or 13 archive is configured for apt on this machine: set AUXCORE_MIRROR to the URI of a Debian mirror."
	fi
	printf '%s\n' "$uri"
}

# debian_keyring: the keys that the archive is signed with.
debian_keyring() {
	local file=/usr/share/keyrings/debian-archive-keyring.gpg
	if [ ! -r "$file" ]; then
		fail "Debian's archive keys ($file) are missing: install the package debian-archive-keyring."
	fi
	printf '%s\n' "$file"
}

# have_host_programs: install the host programs that make root file systems and enter them.
have_host_programs() {
	local program missing=()
	for program in mmdebstrap mount; do
		command -v "$program" >/dev/null || missing+=("$program")
	done
	if [ ${#missing[@]} -eq 0 ]; then return; fi
	check_apt
	# Each lies in a package of its own name.
	work "host programs ${missing[*]} from apt" install_host_programs "${missing[@]}"
}

install_host_programs() {
	export DEBIAN_FRONTEND=noninteractive
	apt-get install -y --no-install-recommends "$@" || {
		apt-get update
		apt-get install -y --no-install-recommends "$@"
	} || fail "apt could not install $*: install it by hand (apt-get install $*) and run the same command again."
}

# debian_root VARIANT PACKAGES ROOT HOOK...: a Debian root file system with these packages. Each HOOK is a command that gets
# ROOT as $1. A package written NAME/sid comes from Debian's unstable suite, and what it needs from there only if Debian 13
# does not have it.
debian_root() {
	local variant=$1 packages=$2 root=$3 mirror keyring proxy hook options=() sources=()
	shift 3
	mirror=$(debian_mirror)
	keyring=$(debian_keyring)
	for hook in "$@"; do
		options+=("--customize-hook=$hook")
	done
	for hook in http https; do
		proxy=$(apt-config shell P "Acquire::$hook::Proxy" | sed -n "s/^P='\(.*\)'$/\1/p")
		if [ -n "$proxy" ]; then options+=("--aptopt=Acquire::$hook::Proxy \"$proxy\";"); fi
	done
	sources=("deb $mirror trixie main" "deb $mirror trixie-backports main")
	if [[ $packages == */sid* ]]; then
		# A mirror may lag behind, and one package of a state that was signed at any time will do.
		sources+=("deb [check-valid-until=no] $mirror sid main")
		options+=('--aptopt=APT::Default-Release "trixie";')
	fi
	rm -rf --one-file-system "$root"
	mkdir -p "$(dirname "$root")"
	mmdebstrap --mode=root --variant="$variant" --dpkgopt=force-unsafe-io --include="$packages" --keyring="$keyring" "${options[@]}" trixie "$root" "${sources[@]}"
}
