# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The documents of the commands that user programs may execute show the tables that decide it.

rule scopes
