# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Every user interface in uapi/ has an entry in uapi/ACKS.

rule acks
