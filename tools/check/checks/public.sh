# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Every public item of aux/ and core/ has a user outside its crate.

rule public
