# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Every part of the set-up, for the scripts that use it.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
for part in host toolchain checks kernel image programs; do
	# shellcheck source=/dev/null
	. "$TREE/tools/setup/$part.sh"
done
