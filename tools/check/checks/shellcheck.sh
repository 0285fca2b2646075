# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The scripts pass shellcheck without a warning.
# slow

scripts | grep -vE '^tools/check/checks/' | in_reading xargs shellcheck -x -f gcc -S warning
scripts | grep -E '^tools/check/checks/' | in_reading xargs shellcheck -x -f gcc -S warning -e SC2154
