# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The document of the commands that user programs may execute shows the tables that decide it.

rule scopes
