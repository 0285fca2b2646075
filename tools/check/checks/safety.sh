# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Every unsafe block and implementation has a SAFETY comment, every unsafe function a section `# Safety`.

rule safety
