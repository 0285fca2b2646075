# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# No Rust file of a kernel crate is longer than 330 lines, its unit tests apart.

rule length
