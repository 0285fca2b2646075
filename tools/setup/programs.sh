# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What is built from this tree: the programs of the cargo workspace, and the kernel modules with those of the kernel.

# Where sources of kernel modules may lie; Kbuild at the root of the tree names what is built of them.
MODULE_SOURCES=(Kbuild crates.mk aux core fwctl uapi consumers tests/kunit tests/modules tests/null tests/pure)

# The plugin of QEMU that counts instructions, the only library among the programs.
COUNTER=libauxcore_counter.so

# program_files: every file that a program is built from. One shows tables of the drivers.
program_files() {
	(cd "$TREE" && find Cargo.toml Cargo.lock core/mlx5/permitted.rs core/cxl/{bytes,exclusive,permitted}.rs tests tools uapi -type d -name target -prune -o -type f \
		\( -name '*.rs' -o -name 'Cargo.*' -o -name '*.json' -o -name '*.txt' -o -name '*.in' \) -print 2>/dev/null | LC_ALL=C sort) || :
}

# sources_in PLACE...: every file below the places that a module is built from.
sources_in() {
	find "$@" -type f \
		\( -name '*.rs' -o -name '*.[chS]' -o -name '*.mk' -o -name '*.sh' -o -name '*.lds' -o -name '*.py' -o -name Kbuild \
		-o -name Makefile -o -name Kconfig \) ! -name '*.mod.c' ! -name '*_exports.c' -print 2>/dev/null | LC_ALL=C sort || :
}

# module_files: every file that a module of ours is built from.
module_files() {
	(cd "$TREE" && sources_in "${MODULE_SOURCES[@]}")
}

# need_programs: build the workspace; PROGRAMS is the directory with its programs.
need_programs() {
	local files
	[ -e "$TREE/Cargo.lock" ] || die "The tree has no Cargo.lock: the host programs need a complete checkout."
	mapfile -t files < <(program_files)
	PROGRAMS=$TREE_CACHE/programs-$(cd "$TREE" && key "$TOOLCHAIN_KEY" "$(hash_files "${files[@]}")")
	if [ -e "$PROGRAMS/.complete" ]; then return; fi
	need_toolchain
	mkdir -p "$CACHE/lock" "$TREE_CACHE"
	# cargo's own directory is shared by all programs of this tree, so one build at a time.
	exec {programs_lock}>"$CACHE/lock/programs-$TREE_ID"
	flock "$programs_lock"
	step "$PROGRAMS" "host programs" 2 make_programs
	exec {programs_lock}>&-
}

make_programs() {
	local dir=$1 file
	inside cargo build --release --locked --workspace --bins --lib ||
		fail "The host programs do not build: see the compiler's message above, and after a change of dependencies run tools/enter cargo update --workspace."
	rm -rf "$dir"
	mkdir -p "$dir"
	# By name, since a program that the tree no longer has may still lie there.
	for file in $(inside cargo metadata --format-version 1 --no-deps --offline | inside python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    for target in package["targets"]:
        if "bin" in target["kind"]:
            print(target["name"])'); do
		install -m 755 "$TREE_CACHE/target/release/$file" "$dir/$file"
	done
	install -m 644 "$TREE_CACHE/target/release/$COUNTER" "$dir/$COUNTER"
	keep_newest 4 "$TREE_CACHE"/programs-*
}

# need_modules KERNEL OWN [DIR...]: MODULES is a disk with the modules of that kernel, with ours if OWN is yes, and with those
# of vendors outside of the tree, which are built against ours.
need_modules() {
	local name=$1 own=$2 files=() hash=none dir
	shift 2
	need_kernel "$name"
	if [ "$own" = yes ]; then
		mapfile -t files < <(module_files)
		[ -e "$TREE/Kbuild" ] || die "The tree has no Kbuild, so there are no modules of ours: use --driver upstream or none, or a complete checkout."
		hash=$(cd "$TREE" && hash_files "${files[@]}")
	fi
	for dir; do
		hash+=$(cd "$dir" && mapfile -t files < <(sources_in .) && hash_files "${files[@]}")
	done
	MODULES=$TREE_CACHE/modules-$name-$(key "$KERNEL" "$own" "$hash" "layout 3")
	if [ -e "$MODULES/.complete" ]; then return; fi
	need_toolchain
	mkdir -p "$CACHE/lock" "$TREE_CACHE"
	exec {modules_lock}>"$CACHE/lock/modules-$TREE_ID"
	flock "$modules_lock"
	# The step adds its directory to the arguments, at the end.
	step "$MODULES" "modules for the $name kernel" 1 make_modules "$name" "$own" "$@"
	exec {modules_lock}>&-
}

# make_modules NAME OWN [DIR...] TARGET: build in copies of the sources, so that the tree stays clean and two kernels do not
# mix.
make_modules() {
	local name=$1 own=$2 dir=${*: -1} copy=$TREE_CACHE/build-$1 release other number=0
	release=$(cat "$KERNEL/release")
	shift 2
	rm -rf "$dir"
	mkdir -p "$dir/root"
	cp -a "$KERNEL/modules/lib" "$dir/root/lib"
	rm -f "$dir/root/lib/modules/$release/build" "$dir/root/lib/modules/$release/source"
	if [ "$own" = yes ]; then
		copy_sources "$TREE" "$copy"
		build_modules "$copy" "$dir/root/lib/modules/$release/updates"
	fi
	while [ $# -gt 1 ]; do
		number=$((number + 1))
		other=$TREE_CACHE/outside-$name-$number
		copy_sources "$(realpath "$1")" "$other"
		build_modules "$other" "$dir/root/lib/modules/$release/updates" AUXCORE="$(seen_inside "$copy")"
		shift
	done
	inside depmod -b "$(seen_inside "$dir")/root" "$release"
	inside mkfs.erofs --quiet -T0 "$(seen_inside "$dir")/modules.erofs.part" "$(seen_inside "$dir")/root/lib/modules"
	mv "$dir/modules.erofs.part" "$dir/modules.erofs"
	rm -rf "$dir/root"
	keep_newest 6 "$TREE_CACHE/modules-$name"-*
}

# build_modules COPY TARGET [VARIABLE=VALUE...]: build all modules of a copy and put them into the directory.
build_modules() {
	local copy=$1 target=$2 file
	shift 2
	mkdir -p "$target"
	inside make -C "$(seen_inside "$KERNEL")/build" M="$(seen_inside "$copy")" LLVM=1 AUXCORE_KUNIT=1 "$@" "-j$(nproc)" modules ||
		fail "The kernel modules do not build: see the compiler's message above."
	while read -r file; do
		inside llvm-strip --strip-debug -o "$(seen_inside "$target")/$(basename "${file%.o}").ko" \
			"$(seen_inside "$copy")/${file%.o}.ko"
	done <"$copy/modules.order"
	sign_modules "$target"
}

# sign_modules DIR: sign what lies there with the key that the kernel's own modules are signed with, if its build has one.
sign_modules() {
	local build
	build=$(seen_inside "$KERNEL")/build
	# The shell in the toolchain root knows these names, not this one.
	# shellcheck disable=SC2016
	inside sh -eu -c '
		build=$1 target=$2
		hash=$(sed -n "s/^CONFIG_MODULE_SIG_HASH=\"\(.*\)\"/\1/p" "$build/.config")
		key=$build/certs/signing_key
		if [ -z "$hash" ] || [ ! -e "$key.pem" ] || [ ! -x "$build/scripts/sign-file" ]; then exit 0; fi
		for module in "$target"/*.ko; do
			"$build/scripts/sign-file" "$hash" "$key.pem" "$key.x509" "$module"
		done' sign "$build" "$(seen_inside "$1")"
}

# copy_sources FROM COPY: bring the copy up to date; files that left the original leave the copy, build products stay.
copy_sources() {
	local from=$1 copy=$2 have old
	mkdir -p "$copy"
	# Another directory's products are newer than this one's sources.
	if [ "$(cat "$copy/.from" 2>/dev/null)" != "$from" ]; then
		rm -rf --one-file-system "$copy"
		mkdir -p "$copy"
		printf '%s\n' "$from" >"$copy/.from"
	fi
	if [ "$from" = "$TREE" ]; then module_files; else (cd "$from" && sources_in .); fi >"$copy/.sources.new"
	if [ -e "$copy/.sources" ]; then
		LC_ALL=C comm -13 "$copy/.sources.new" "$copy/.sources" | while read -r old; do
			rm -f "$copy/$old" "$copy/${old%.*}.o" "$copy/${old%.*}.ko"
		done
	fi
	mv "$copy/.sources.new" "$copy/.sources"
	have=$(seen_inside "$copy")
	# Inside the toolchain root, since the host may have no rsync. Times are kept, so that make rebuilds only what changed.
	if [ "$from" = "$TREE" ]; then from=/src; else from=/host$from; fi
	inside rsync -a --files-from="$have/.sources" "$from/" "$have/"
}
