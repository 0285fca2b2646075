# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Rust is formatted: host crates as cargo does it, kernel crates as the kernel does.
# slow

status=0
in_checked cargo fmt --all --check -- -l | sed 's/^\/src\///; s/$/: not formatted (cargo fmt)/' || status=1
mapfile -t kernel < <(kernel_rust)
for file in "${kernel[@]}"; do printf '%s\0' "$file"; done |
	in_checked xargs -0 rustfmt --edition 2021 --check -l --config-path "$(kernel_source)/.rustfmt.toml" | sort -u | sed 's/^\/src\///; s/$/: not formatted (rustfmt of the kernel)/' || status=1
exit "$status"
