#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --driver ours --device connectx
# kernel: debug
#
# Errors that the bus reports, injected into its reports: one that was corrected is nobody's business; any other ends the
# generation at once, the bus resets the function, and it comes back on the path of every recovery. One that was given up
# stays so.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash

bdf=$(functions)
threads=8

# Bits of the status registers: a receiver error; a completion that does not come, which is not fatal; a broken link, which is.
CORRECTED=0x1
TIMEOUT=0x4000
LINK=0x10

# bytes NUMBER: a number of 32 bits as printf writes its bytes.
bytes() { printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24)); }

# inject UNCORRECTABLE CORRECTABLE: the structure that /dev/aer_inject takes, in one write.
inject() {
	local place=${bdf#*:}
	# The format is made here.
	# shellcheck disable=SC2059
	printf "\\x${place%%:*}\\x$(printf %02x "0x$(cut -c4-5 <<<"$place")")\\x0${place##*.}\\x00$(bytes "$1")$(bytes "$2")$(bytes 0)$(bytes 0)$(bytes 0)$(bytes 0)$(bytes $((16#${bdf%%:*})))" >/dev/aer_inject
}

child() { stat -c %i "$AUX/$(fwctl_child ours)/"; }
another_child() { [ "$(child)" != "$before" ]; }
starts() { accepted 0 INIT_HCA; }

# struck NAME UNCORRECTABLE: an error while programs wait for firmware that does not answer.
struck() {
	local name=$1
	before=$(child) started=$(starts)
	start_load "$name" --device "/dev/fwctl/$(fwctl_of "$bdf")" load --threads "$threads" --linger
	model 0 set stall=1
	load_go "$name"
	check "$name: programs wait for firmware" within 30 hanging "$name" "$threads"
	mark
	check "$name: the error is reported" inject "$2" 0
	check "$name: every program is told ENXIO" load_reads "$name" 30 "$threads requests: $threads ENXIO;*"
	model 0 set stall=0
	check "$name: the driver says so" within 20 logged 'the bus reported an error' 1
	check "$name: the bus has recovered" within 60 logged 'AER: device recovery successful' 1
	check "$name: the function comes back" within 60 back "$bdf"
	check "$name: with another child" another_child
	equal "$name: firmware was started once more" $((started + 1)) "$(starts)"
	equal "$name: the device is up" up "$(state "$bdf")"
	check "$name: the files close" eval "load_reads $name 30 done && load_go $name && load_reads $name 30 '*afterwards: $threads ENODEV;*' && load_end $name"
}

given_up() { [ "$(state "$bdf")" = "given up" ]; }
settled() { given_up || back "$bdf"; }
# dies_for_good: firmware dies until the function is given up.
dies_for_good() {
	local n
	for n in 1 2 3 4; do
		mark
		model 0 health fatal && within 15 logged 'firmware is dead' && within 60 settled || return
		if given_up; then return; fi
	done
	return 1
}

plan 33
check "errors can be injected" [ -c /dev/aer_inject ]
before=$(child) started=$(starts)
mark
check "an error that was corrected is reported" inject 0 "$CORRECTED"
check "the bus tells of it" within 20 logged 'AER: Correct(able|ed)'
equal "the child stays, and so does its generation" "$before $started" "$(child) $(starts)"
struck timeout "$TIMEOUT"
struck link "$LINK"

check "a function that dies too often is given up" dies_for_good
started=$(starts)
mark
check "given up: an error is reported" inject "$TIMEOUT" 0
check "given up: the bus has recovered" within 60 logged 'AER: device recovery successful' 1
equal "given up: the device stays so, and firmware is not started" "given up $started" "$(state "$bdf") $(starts)"
check "given up: it has no child" no_children "$bdf"
check "given up: bound anew it works" eval 'unbind "$bdf" && bind "$bdf" && within 60 back "$bdf"'
check "the stack unloads" unload ours
# Contexts of a generation that was lost were never destroyed; the reset took them.
equal "firmware has all its pages back" 0 "$(number_of 0 pages_held)"
check "firmware found nothing to complain of" no_violation 0
finish
