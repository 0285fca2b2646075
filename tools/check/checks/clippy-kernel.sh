# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The kernel crates build without a warning, with clippy and with the kernel's extra warnings for C.
# slow
#
# In a copy of the sources that is kept, so that only what changed is built again; a warning is an error, so it does not get
# lost when the next run finds the object up to date.

need_kernel default
copy=${AUXCORE_CHECK_COPY:-$TREE_CACHE/check-default}
(
	# Read by copy_sources.
	# shellcheck disable=SC2034
	TREE=$CHECKED
	copy_sources "$CHECKED" "$copy"
)
in_checked make -s -C "$(seen_inside "$KERNEL")/build" M="$(seen_inside "$copy")" LLVM=1 AUXCORE_KUNIT=1 CLIPPY=1 W=1 \
	KRUSTFLAGS=-Dwarnings KCFLAGS=-Werror "-j$(nproc)" modules
