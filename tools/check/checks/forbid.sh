# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Unsafe code stands only in ffi.rs and dma.rs, and every other file forbids it.
#
# What exactly that means for parents of such files is in tools/check/src/forbid.rs.

rule forbid
