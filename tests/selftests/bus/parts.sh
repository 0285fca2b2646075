#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device edu --device edu
#
# Nested functions: more than 64 children of one kind, ids of their own, attributes that stand before a driver binds.

. tests/selftests/lib.sh

driver=$AUX/../drivers/auxcore_test_parts.auxcore_test_parts
# Used by checks that are evaluated.
# shellcheck disable=SC2034
core=/sys/bus/pci/drivers/auxcore_test_parts
mapfile -t bdfs < <(grep -lx 0x11e8 "$PCI"/*/device | xargs -n 1 dirname | xargs -n 1 basename)

parts() { find "$PCI/$1/" -mindepth 1 -maxdepth 1 -name 'auxcore_test_parts.part.*' -printf '%f\n' | sort -t. -k3n; }
ports() { find "$PCI/$1/" -mindepth 2 -maxdepth 2 -name 'auxcore_test_parts.port.*' -printf '%f\n'; }
ids() { parts "$1" | sed 's/.*\.//' | xargs; }
numbers() { local part; for part in $(parts "$1"); do cat "$AUX/$part/sfnum"; done | xargs; }
unbound() { local part; for part in $(parts "$1"); do [ ! -e "$AUX/$part/driver" ] || return 1; done; }
seen() { [ "$(wc -l </run/parts.seen)" = "$1" ]; }
bind_all() { local part; for part in "$@"; do echo "$part" >"$driver/bind" || return; done; }
unbind_all() { local part; for part in "$@"; do echo "$part" >"$driver/unbind" || return; done; }

mkdir -p /run/udev/rules.d
echo 'ACTION=="add", SUBSYSTEM=="auxiliary", ATTR{sfnum}=="?*", RUN+="/bin/sh -c '\''echo %k $attr{sfnum} >>/run/parts.seen'\''"' \
	>/run/udev/rules.d/90-parts.rules
: >/run/parts.seen
udevadm control --reload
# The answer comes after the rules have been read; that to the line above does not.
udevadm control --ping
for bdf in "${bdfs[@]}"; do echo auxcore_test_parts >"$PCI/$bdf/driver_override"; done

plan 27
log_mark
echo 0 >/sys/bus/auxiliary/drivers_autoprobe
check "the vendor of parts loads" modprobe auxcore_test_parts
equal "72 parts of each function" "72 72" "$(parts "${bdfs[0]}" | wc -l) $(parts "${bdfs[1]}" | wc -l)"
check "no driver has bound to a part" eval 'unbound "${bdfs[0]}" && unbound "${bdfs[1]}"'
equal "every part has its number" "$(seq -s ' ' 100 171)" "$(numbers "${bdfs[0]}")"
equal "the number is read-only" 444 "$(stat -c %a "$AUX/$(parts "${bdfs[0]}" | head -n 1)/sfnum")"
udevadm settle --timeout=60
check "a udev rule has seen every part with its number" within 20 seen 144
equal "udev saw what the files say" "$(sort /run/parts.seen)" "$(for bdf in "${bdfs[@]}"; do
	for part in $(parts "$bdf"); do echo "$part $(cat "$AUX/$part/sfnum")"; done; done | sort)"
equal "no two parts share an id" 144 "$(for bdf in "${bdfs[@]}"; do parts "$bdf"; done | sed 's/.*\.//' | sort -u | wc -l)"
echo 1 >/sys/bus/auxiliary/drivers_autoprobe

mapfile -t all < <(parts "${bdfs[0]}")
check "parts bind in any order" bind_all "${all[40]}" "${all[3]}" "${all[71]}" "${all[0]}"
equal "each bound part has a child of its own" 4 "$(ports "${bdfs[0]}" | wc -l)"
check "the part's device is the one it is named after" [ "$(readlink -f "$AUX/${all[3]}/..")" = "$(readlink -f "$PCI/${bdfs[0]}")" ]
says "a part has its bytes of the window, no vector, and the DMA of the function" \
	"part.*4096 bytes of window, 0 vectors, DMA by ${bdfs[0]}" log
equal "no part has a fwctl child" "" "$(find "$AUX/" -name 'auxcore.fwctl.*')"
check "no part has a policy for it" [ ! -e "$AUX/${all[3]}/auxcore/fwctl_policy" ]
check "the function has one" [ -e "$PCI/${bdfs[0]}/auxcore/fwctl_policy" ]
check "parts unbind in any order" unbind_all "${all[0]}" "${all[71]}"
equal "an unbound part has no child" 2 "$(ports "${bdfs[0]}" | wc -l)"
check "and bind again" bind_all "${all[71]}"

before=$(ids "${bdfs[0]}") other=$(ids "${bdfs[1]}")
check "the function unbinds with parts bound" eval 'echo "${bdfs[0]}" >"$core/unbind"'
equal "its parts are gone, with their children" "0 0" "$(parts "${bdfs[0]}" | wc -l) $(ports "${bdfs[0]}" | wc -l)"
# Not in turns with the children of its parts, which take ids too.
echo 0 >/sys/bus/auxiliary/drivers_autoprobe
check "it binds again" eval 'echo "${bdfs[0]}" >"$core/bind"'
equal "the ids are used again" "$before" "$(ids "${bdfs[0]}")"
equal "the other function's stay" "$other" "$(ids "${bdfs[1]}")"
echo 1 >/sys/bus/auxiliary/drivers_autoprobe
mapfile -t all < <(parts "${bdfs[0]}")
check "all of its parts bind" bind_all "${all[@]}"
equal "each has its child" 72 "$(ports "${bdfs[0]}" | wc -l)"
check "the modules unload" eval 'rmmod auxcore_test_parts && rmmod auxcore && rmmod auxbus'
check "nothing of level error is in the log" no_error_logged
rm /run/udev/rules.d/90-parts.rules
finish
