# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Comments and documents have no word of the kernel's list of misspellings, and use the words of the glossary.
#
# The glossary's wrong words are in tools/check/words, in the form of the kernel's list: `wrong||right`.

# The prose of a file: `LINE:TEXT`.
prose() {
	case $1 in
	*.rs | *.c | *.h) grep -noE '(//|^[[:space:]]*/?\*).*' "$CHECKED/$1" ;;
	*.rst | README | MAINTAINERS | */ACKS | Documentation/*) grep -n '' "$CHECKED/$1" ;;
	*.patch | Cargo.lock | LICENSES/* | COPYING | */words) ;;
	*) grep -noE '(^|[[:space:]])#.*' "$CHECKED/$1" ;;
	esac || :
}

files | while IFS= read -r file; do
	prose "$file" | sed "s|^|$file:|"
done | awk -v phrases="$CHECKED/tools/check/words" '
	FILENAME == phrases { if (split($0, part, /\|\|/) == 2 && $0 !~ /^#/) phrase[part[1]] = part[2]; next }
	FILENAME != "-" { if (split($0, part, /\|\|/) == 2 && $0 !~ /^#/) right[part[1]] = part[2]; next }
	{
		place = $0; sub(/:[^:]*$/, "", place)
		match($0, /^[^:]*:[0-9]+:/)
		place = substr($0, 1, RLENGTH); text = substr($0, RLENGTH + 1)
		n = split(tolower(text), word, /[^a-z'"'"'-]+/)
		for (i = 1; i <= n; i++) if (word[i] in right) { print place " " word[i] ": " right[word[i]]; bad = 1 }
		for (wrong in phrase) if (match(text, "(^|[^A-Za-z0-9_-])" wrong "($|[^A-Za-z0-9_-])")) { print place " " wrong ": write " phrase[wrong]; bad = 1 }
	}
	END { exit bad }' "$CHECKED/tools/check/words" "$KERNEL_SOURCE/linux/scripts/spelling.txt" -
