# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the checks share. They run with the functions of the set-up, whose programs and roots are those of this tree (TREE);
# what is checked is CHECKED, which may be another one.

# files PATTERN...: the files that git knows or would know, relative to CHECKED; all without a pattern. `*` matches `/` too.
files() {
	git -C "$CHECKED" ls-files --cached --others --exclude-standard -- "$@" | LC_ALL=C sort -u |
		while IFS= read -r file; do
			if [ -f "$CHECKED/$file" ]; then printf '%s\n' "$file"; fi
		done
}

# scripts: the shell scripts, and the files that they read.
scripts() {
	files | while IFS= read -r file; do
		case $file in
		*.sh | *.bash) printf '%s\n' "$file" ;;
		*.*) ;;
		*) if head -n 1 "$CHECKED/$file" | grep -qE '^#!/bin/(ba)?sh'; then printf '%s\n' "$file"; fi ;;
		esac
	done
}

# kernel_rust: the Rust files of the kernel modules, for which the kernel's own rules hold.
kernel_rust() {
	files 'aux/*.rs' 'core/*.rs' 'fwctl/*.rs' 'consumers/*.rs' 'tests/kunit/*.rs' 'tests/modules/*.rs' 'tests/null/*.rs'
}

# in_checked COMMAND...: run a command in the toolchain root, with CHECKED as /src.
in_checked() {
	AUXCORE_CACHE=$CACHE "$CHECKED/tools/enter" "$@"
}

# in_reading COMMAND...: the same in the root of the programs that only read.
in_reading() {
	AUXCORE_CACHE=$CACHE "$CHECKED/tools/enter" --root checks "$@"
}

# rule RULE ARGS...: a rule of the program auxcore-check. It runs inside, where CHECKED is below /host like everything.
rule() {
	need_programs
	inside env "GIT_DIR=/host$(git -C "$CHECKED" rev-parse --absolute-git-dir)" "GIT_WORK_TREE=/host$CHECKED" \
		"$(seen_inside "$PROGRAMS")/auxcore-check" --tree "/host$CHECKED" "$@" | sed "s|^/host$CHECKED/||"
}

# kernel_source: the kernel's source as seen inside.
kernel_source() {
	printf '%s/linux\n' "$(seen_inside "$KERNEL_SOURCE")"
}
