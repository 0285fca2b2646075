# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A crate imports and names only what its layer may.
#
# Layers and exceptions are in tools/check/src/layers.rs; the `uses-` lines of crates.mk agree with the sources.

rule layers
