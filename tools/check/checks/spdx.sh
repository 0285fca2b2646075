# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Every file says its licence in the first lines, in the form of its kind.
#
# Exempt are licence texts, plain texts that the kernel has without one too, and what programs write.

status=0
while IFS= read -r file; do
	case $file in
	COPYING | LICENSES/* | Documentation/ABI/* | MAINTAINERS | README | */README | Cargo.lock | *.patch | *.svg | *.png) continue ;;
	esac
	head=$(head -n 3 "$CHECKED/$file")
	case $file in
	*.rs | *.c) begin='// SPDX' ;;
	*.h) begin='/* SPDX' ;;
	*.rst | *.inc) begin='.. SPDX' ;;
	uapi/ACKS) begin='SPDX' ;;
	*) begin='# SPDX' ;;
	esac
	if ! grep -qF -e "$begin-License-Identifier: GPL-2.0" <<<"$head"; then
		echo "$file:1: no line '$begin-License-Identifier: GPL-2.0'"
		status=1
	fi
done < <(files)
exit "$status"
