# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# clippy has no complaint about the host crates.
# slow

in_checked env ${AUXCORE_CHECK_TARGET:+CARGO_TARGET_DIR="$AUXCORE_CHECK_TARGET"} \
	cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
