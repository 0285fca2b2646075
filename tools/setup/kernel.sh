# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The test kernels: tinyconfig plus fragments of tests/config, built out of the source package.

# kernel_fragments NAME: the configuration fragments of a kernel. Every kernel starts from guest.config; a fragment that
# builds on another one names it in a line `# base: NAME`.
kernel_fragments() {
	local base
	if [ "$1" = default ]; then
		printf '%s\n' "$TREE/tests/config/guest.config"
		return
	fi
	base=$(sed -n 's/^# base: \([a-z-]*\)$/\1/p' "$TREE/tests/config/$1.config")
	kernel_fragments "${base:-default}"
	printf '%s\n' "$TREE/tests/config/$1.config"
}

# kernel_names: the kernels that --kernel may name.
kernel_names() {
	local file
	printf 'default'
	for file in "$TREE"/tests/config/*.config; do
		file=$(basename "$file" .config)
		if [ "$file" != guest ]; then printf ' %s' "$file"; fi
	done
	printf '\n'
}

# is_kernel NAME
is_kernel() {
	case " $(kernel_names) " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# kernel_dir NAME: where that kernel is (or will be) built. Needs the source, whose version is part of the key.
kernel_dir() {
	local fragments
	mapfile -t fragments < <(kernel_fragments "$1")
	printf '%s/kernel-%s-%s\n' "$CACHE" "$1" \
		"$(key "$TOOLCHAIN_KEY" "$(kernel_source_version)" "$(cat "${fragments[@]}" | grep -E '^(CONFIG_|# CONFIG_[A-Za-z0-9_]+ is not set)' | sha256sum)")"
}

# need_kernel NAME
need_kernel() {
	need_kernel_source
	KERNEL=$(kernel_dir "$1")
	if [ -e "$KERNEL/.complete" ]; then return; fi
	need_toolchain
	# One kernel build at a time, whichever kernel it is: two would only slow each other down.
	mkdir -p "$CACHE/lock"
	exec {kernel_lock}>"$CACHE/lock/kernel-builds"
	flock "$kernel_lock"
	step "$KERNEL" "$1 kernel" 4 make_kernel "$1"
	exec {kernel_lock}>&-
}

# make_kernel NAME DIR: configure, check that no option was dropped, build. Goes on where an interrupted build stopped.
make_kernel() {
	local name=$1 dir=$2 at source fragments checked
	at=$(seen_inside "$dir")
	source=$(seen_inside "$KERNEL_SOURCE")/linux
	mkdir -p "$dir/build"
	mapfile -t fragments < <(kernel_fragments "$name")
	cat "${fragments[@]}" >"$dir/fragment"
	if ! [ -e "$dir/configured" ]; then
		kernel_make "$source" "$at" tinyconfig
		inside sh -c "cd '$source' && ./scripts/kconfig/merge_config.sh -m -Q -O '$at/build' '$at/build/.config' '$at/fragment'"
		kernel_make "$source" "$at" olddefconfig
		kernel_make "$source" "$at" rustavailable ||
			fail "The toolchain root cannot build Rust for this kernel: remove $TOOLCHAIN and run the same command again."
		check_config "$name" "$dir/fragment" "$dir/build/.config"
		touch "$dir/configured"
	fi
	mapfile -t checked < <(kasan_files "$dir/fragment")
	kernel_make "$source" "$at" "${checked[@]}" "-j$(nproc)" vmlinux modules
	rm -rf "$dir/modules"
	kernel_make "$source" "$at" "INSTALL_MOD_PATH=$at/modules" INSTALL_MOD_STRIP=1 modules_install
	kernel_make "$source" "$at" -s kernelrelease | tail -n 1 >"$dir/release"
	cp "$dir/build/vmlinux" "$dir/vmlinux"
}

# kasan_files FRAGMENT: the variable of make by which only some files' code checks its accesses to memory: those whose paths
# match a pattern in the lines `# kasan: PATTERNS` of the fragment. Without such a line, nothing.
kasan_files() {
	local patterns
	patterns=$(sed -n 's/^# kasan: //p' "$1" | xargs)
	# make, and not this shell, knows which file it builds.
	# shellcheck disable=SC2016
	[ -z "$patterns" ] || printf 'KASAN_SANITIZE=$(if $(filter %s,$(obj)/$(target-stem)),y,n)\n' "$patterns"
}

kernel_make() {
	local source=$1 at=$2
	shift 2
	inside make -C "$source" O="$at/build" LLVM=1 KBUILD_BUILD_USER=auxcore KBUILD_BUILD_HOST=guest \
		KBUILD_BUILD_TIMESTAMP=@0 "$@"
}

# check_config NAME FRAGMENT CONFIG: every line of the fragment must have survived.
check_config() {
	local name=$1 fragment=$2 config=$3 line option
	# Of an option that a later fragment sets again, the last line counts.
	tac "$fragment" | awk '
		/^CONFIG_[A-Za-z0-9_]+=/ { split($0, part, "="); option = part[1] }
		/^# CONFIG_[A-Za-z0-9_]+ is not set$/ { option = $2 }
		option && !(option in seen) { seen[option] = 1; print }
		{ option = "" }' | tac >"$fragment.wanted"
	while read -r line; do
		case $line in
		CONFIG_*) grep -q -x -F -e "$line" "$config" && continue ;;
		*)
			option=${line#\# }
			grep -q -e "^${option%% *}=" "$config" || continue
			;;
		esac
		fail "The $name kernel's configuration dropped '$line': add what it depends on to the fragment in tests/config, or remove the line."
	done <"$fragment.wanted"
}
