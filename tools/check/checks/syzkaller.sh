# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The syzkaller description of fwctl has the constants and layouts of the kernel's headers, and every permitted command.

description=tests/syzkaller/fwctl.txt
constants=$description.const
document=Documentation/userspace-api/fwctl-mlx5-scopes.rst

# layouts: each structure of the description, and how many bytes its fields have, without those of no fixed number.
layouts() {
	awk '
		/^(type )?fwctl_[^=]* \{$/ { name = $(NF - 1); sub(/\[.*/, "", name); bytes = 0 }
		/^\}/ && name { print name, bytes; name = "" }
		/^\t/ && name && /ptr64\[/ { bytes += 8; next }
		/^\t/ && name && !/array\[.*:/ && match($0, /int[0-9]+/) {
			one = substr($0, RSTART + 3, RLENGTH - 3) / 8
			bytes += /array\[/ ? one * substr($0, index($0, ", ") + 2) : one
		}
	' "$CHECKED/$description"
}

# Every constant has its value in the headers, and structures are as long there as their fields here. The kernel has no
# structure for the header of mlx5.
assertions() {
	local name bytes there header
	header=$(sed -n 's/^pub const HEADER_LEN: usize = \([0-9]*\);$/\1/p' "$CHECKED/uapi/src/mlx5.rs")
	echo '#include <sys/ioctl.h>'
	sed -n 's|^include <uapi/\(.*\)>$|#include <\1>|p' "$CHECKED/$description"
	sed -n 's/^\([A-Z_0-9]*\) = \([0-9]*\)$/_Static_assert(\1 == \2, "\1 is not \2");/p' "$CHECKED/$constants"
	layouts | while read -r name bytes; do
		case $name in
		fwctl_mlx5_*) there=$header ;;
		fwctl_cxl_*) there='__builtin_offsetof(struct fwctl_rpc_cxl, get_feat_in)' ;;
		*) there="sizeof(struct $name)" ;;
		esac
		echo "_Static_assert($there == $bytes, \"$name is not $bytes bytes long\");"
	done
}
said=$(assertions | in_checked clang -fsyntax-only -x c -idirafter "$(kernel_source)/include/uapi" - 2>&1) || {
	grep -oE "(static assertion failed.*|error: .*)" <<<"$said" |
		sed "s|^|$constants:1: |; /bytes long/s|^$constants|$description|"
	exit 1
}
# Every constant that the description names has a value, and no other has one.
used=$(grep -v '^#' "$CHECKED/$description" | grep -oE '\bFWCTL_[A-Z_0-9]+\b' | grep -v '^FWCTL_RPC_mlx5' | LC_ALL=C sort -u)
valued=$(sed -n 's/^\([A-Z_0-9]*\) = .*/\1/p' "$CHECKED/$constants" | LC_ALL=C sort -u)
different=$(diff <(echo "$used") <(echo "$valued") | sed -n 's/^[<>] //p')
if [ -n "$different" ]; then
	sed "s|.*|$constants:1: & is used without a value, or has one and is not used|" <<<"$different"
	exit 1
fi
# Every permitted command is tried.
listed=$(sed -n 's/^fwctl_mlx5_opcode = //p' "$CHECKED/$description" | tr -d ' ' | tr ',' '\n')
missing=$(grep -oE '^0x[0-9a-f]{4}' "$CHECKED/$document" | sed 's/^0x0*/0x/' | LC_ALL=C sort -u | grep -vxF "$listed" || :)
if [ -n "$missing" ]; then
	sed "s|.*|$description:1: the permitted command & is not in fwctl_mlx5_opcode|" <<<"$missing"
	exit 1
fi
