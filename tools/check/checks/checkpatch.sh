# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# C files pass checkpatch --strict.
#
# The kernel's own trace headers are laid out in a way of their own, to which two of its messages do not fit.

checkpatch() {
	in_checked xargs -r perl "$(kernel_source)/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary --show-types "$@" -f
}
trace() { (cd "$CHECKED" && xargs -r grep "$1" -e '^TRACE_EVENT(\|^DECLARE_EVENT_CLASS(') || :; }
status=0
files '*.c' '*.h' | trace -L | checkpatch || status=1
files '*.c' '*.h' | trace -l | checkpatch --ignore OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT || status=1
exit "$status"
