# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Every planted fault of tests/mutations still applies, and is in a list.

status=0
while IFS= read -r file; do
	name=$(basename "$file" .patch)
	if ! patch -s -f -p1 --dry-run -d "$CHECKED" <"$CHECKED/$file" >/dev/null 2>&1; then
		echo "$file: does not apply any more"
		status=1
	fi
	if ! (cd "$CHECKED" && grep -rqE "\\| *$name *\\|" tests/mutations --include='LIST*'); then
		echo "$file: is in no list"
		status=1
	fi
done < <(files 'tests/mutations/*.patch')
exit "$status"
