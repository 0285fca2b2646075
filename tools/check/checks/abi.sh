# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Every entry of Documentation/ABI has the fields of the kernel's own, well formed.

rule abi
