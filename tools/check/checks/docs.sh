# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The documentation builds without a warning.
# slow

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
AUXCORE_CACHE=$CACHE "$CHECKED/tools/docs" "$out"
