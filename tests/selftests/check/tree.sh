#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host:
#
# The rules of the tree: `make check`.

cd "$(dirname "$0")/../../.." || exit
exec tools/check/run
