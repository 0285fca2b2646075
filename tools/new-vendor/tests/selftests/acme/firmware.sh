#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[one]: --mem 256M --device edu --append kunit.enable=1
# guest[eight]: --mem 256M --devices 8 edu --append kunit.enable=1
#
# Acme functions come up, and what a program asks for goes through the consumer to firmware and back.

. tests/selftests/lib.sh

mapfile -t bdfs < <(lspci -Dn -d 1234:11e8 | cut -d' ' -f1)
files() { find /sys/kernel/debug -maxdepth 1 -name 'auxcore_acme.calc.*' | LC_ALL=C sort; }
have_files() { [ "$(files | wc -l)" = "${#bdfs[@]}" ]; }
ask() { echo "$2" >"$1" && cat "$1"; }
all_ask() { local file; for file in $(files); do ask "$file" "$1"; done | sort -u; }
units() { cat "/sys/kernel/debug/kunit/acme_$1/results"; }
interrupts() { awk '/auxcore/ { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }' /proc/interrupts; }

plan 17
check "the plugin loads" modprobe auxcore_acme
check "the consumer follows by modalias, and every function has its file" within 30 have_files
equal "every function is bound" "${#bdfs[@]}" "$(find /sys/bus/pci/drivers/auxcore_acme/ -name '0000:*' | wc -l)"
before=$(interrupts)
equal "firmware computes" 3628800 "$(all_ask 'factorial 10')"
equal "firmware answers the liveness check" 4294967288 "$(all_ask 'liveness 7')"
equal "data goes to the device and back by DMA" "through the device" "$(all_ask 'echo through the device')"
equal "every command ends with an interrupt" $((4 * ${#bdfs[@]})) $(($(interrupts) - before))
file=$(files | head -n 1)
refuse "a line that is no request is refused" ask "$file" 'halve 2'
refuse "a factorial that does not fit is refused" ask "$file" 'factorial 13'
refuse "a line that is too long is refused" ask "$file" "echo $(printf '%300s' '')"
bdf=${bdfs[0]}
echo "$bdf" >/sys/bus/pci/drivers/auxcore_acme/unbind
refuse "an unbound function has no children" ls "$PCI/$bdf"/auxcore_acme.*
echo "$bdf" >/sys/bus/pci/drivers/auxcore_acme/bind
check "a function that is bound again works again" within 30 have_files
equal "the next generation computes too" 120 "$(all_ask 'factorial 5')"
# Outside of the tree the unit tests are a module of the vendor's, inside they are in that of the tree.
modprobe auxcore_acme_kunit 2>/dev/null || modprobe auxcore_kunit
for file in command line; do
	what="the unit tests of $file.rs hold in the kernel"
	if grep -qw kunit.enable=1 /proc/cmdline; then
		says "$what" "^ok 1 acme_$file\$" units "$file"
	else
		pass "$what # SKIP they run with --append kunit.enable=1"
	fi
done
check "nothing of level error is in the log" no_error_logged
check "the plugin unloads" rmmod auxcore_calc_acme auxcore_acme
finish
