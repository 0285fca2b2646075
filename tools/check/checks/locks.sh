# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The locks of code that vendors share are made by the macros of core/lock.rs.
#
# What goes wrong with those of the kernel crate is told there.

status=0
while IFS= read -r file; do
	vendor=${file#core/} vendor=${vendor%%/*}
	if [ "$file" = core/lock.rs ] || [ -e "$CHECKED/core/$vendor/auxcore_$vendor.rs" ]; then continue; fi
	while IFS=: read -r line macro; do
		if ! grep -qE "\block::(\{[^}]*)?\b$macro\b" "$CHECKED/$file"; then
			echo "$file:$line: $macro! is not that of core/lock.rs"
			status=1
		fi
	done < <(grep -noE '\bnew_(mutex|spinlock|spinlock_irq|condvar)!' "$CHECKED/$file" | tr -d '!')
done < <(files 'aux/*.rs' 'core/*.rs')
exit "$status"
