# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Every row of Documentation/requirements.rst is there, and what it names as proof exists.

lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
"$CHECKED/tests/run" --list >"$lists/suites"
"$CHECKED/tools/check/run" --list >"$lists/checks"
rule requirements --suites "/host$lists/suites" --checks "/host$lists/checks"
