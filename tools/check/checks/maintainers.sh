# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Every file has maintainers, and not only those of the rest.
#
# The kernel's own get_maintainer.pl is asked, file by file. Sections name roles, not people: addresses end in .invalid until
# there are lists, and what all vendors share has a group.

# --sections prints the sections of one file after the other; THE REST, which has every file, is the last of each.
mapfile -t all < <(files)
asked=$(printf '%s\0' "${all[@]}" | inside env -C "/host$CHECKED" xargs -0 perl "$(kernel_source)/scripts/get_maintainer.pl" \
	--no-tree --mpath=MAINTAINERS --no-git --no-git-fallback --sections -f 2>&1)
status=0
if grep 'Invalid MAINTAINERS' <<<"$asked"; then status=1; fi
number=0 found=
while read -r line; do
	if [ "$line" != "THE REST" ]; then
		found=$line
		continue
	fi
	[ -n "$found" ] || { echo "${all[number]}: no section of MAINTAINERS but THE REST" && status=1; }
	number=$((number + 1)) found=
done < <(grep -xE '[A-Z][A-Z0-9 /,-]+' <<<"$asked")
[ "$number" -eq "${#all[@]}" ] || { echo "MAINTAINERS:1: THE REST has $number files, not ${#all[@]}" && status=1; }

awk '
	function close_section() {
		if (title == "") return
		if (!status_line) { print "MAINTAINERS:" at ": " title " has no S: line"; bad = 1 }
		if (!list) { print "MAINTAINERS:" at ": " title " has no L: line"; bad = 1 }
		if (shared && people < 2) { print "MAINTAINERS:" at ": " title " is shared and has " people " M: lines, not a group"; bad = 1 }
		title = ""
	}
	/^[A-Z][A-Z0-9 \/,-]+$/ { close_section(); title = $0; at = NR; people = list = status_line = shared = 0; next }
	title == "" { next }
	/^[MR]:/ { people++; if ($0 !~ /<[a-z0-9-]+@auxcore\.invalid>$/) { print "MAINTAINERS:" NR ": not a role: " $0; bad = 1 } }
	/^L:/ { list = 1 }
	/^S:/ { status_line = 1 }
	/^F:\t(aux|core|consumers|fwctl|uapi|Documentation)\/$/ { shared = 1 }
	END { close_section(); exit bad }' "$CHECKED/MAINTAINERS" || status=1
exit "$status"
