#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx,guid=0x1122334455667788,cap.general.driver_version=0 --device connectx,guid=0x1122334455667788,cap.general.driver_version=0
# guest[full]: --device connectx,guid=0x1122334455667788,cap.general.driver_version=0 --device connectx,guid=0x1122334455667788,cap.general.driver_version=0 --timeout 1800
# kernel: default
#
# Every command in every variant and scope, each stack on a model of its own that is fresh and the same: the same errno or
# the same bytes. Commands that the model does not execute tell state that is planted here, a different one for each. A
# driver may leave a text about itself, which QUERY_DRIVER_VERSION tells and which no two drivers share: these models take
# none.

. tests/selftests/lib.sh

mapfile -t bdfs < <(functions)
declare -A index=([upstream]=0 [ours]=1)
args=(--seed 1)
least=60000
if [ "${1:-}" = full ]; then args=(--full) least=1310720; fi
logs=${AUXCORE_SCRATCH:-/tmp}

# The permitted commands as the document lists them, and the state of each: its opcode, eight times.
document=Documentation/userspace-api/fwctl-mlx5-scopes.rst
mapfile -t opcodes < <(grep -oE '^0x[0-9a-f]{4}' "$document" | sort -u)
state_of() { local hex=${1#0x} all=; for _ in 1 2 3 4 5 6 7 8; do all+=$hex; done; echo "$all"; }
plant=$(for opcode in "${opcodes[@]}"; do printf '%s:%s/' "$opcode" "$(state_of "$opcode")"; done)

node() { echo "/dev/fwctl/$(fwctl_of "${bdfs[${index[$1]}]}")"; }
compare() { fwctl-probe --device "$(node "$1")" differential "${args[@]}" >"$logs/differential.$1"; }
number() { sed -n "s/^$2 //p" "$logs/differential.$1"; }
# delivered STACK: opcodes that were answered with the state planted for them.
delivered() {
	local opcode
	for opcode in "${opcodes[@]}"; do
		grep -qE "^${opcode#0x} .* 00[0-9a-f]{14} [0-9a-f]{16} $(state_of "$opcode")\$" "$logs/differential.$1" && echo "$opcode"
	done
}

plan 16
echo auxcore_mlx5 >"$PCI/${bdfs[1]}/driver_override"
for stack in upstream ours; do
	check "the stack $stack loads" load "$stack" "${bdfs[${index[$stack]}]}"
	check "the model of $stack takes the state" model "${index[$stack]}" set "plant=$plant"
	took check "every case through $stack ends" compare "$stack"
	echo "# $stack: $(number "$stack" cases) cases in $elapsed ms, $(number "$stack" 'reached firmware') reached firmware"
	equal "no protocol violation by $stack" 0 "$(number_of "${index[$stack]}" total_violations)"
	check "the device still answers through $stack" fwctl-probe --device "$(node "$stack")" adapter
done
check "there were at least $least cases" test "$(number ours cases)" -ge "$least"
equal "deviations" "" "$(diff "$logs/differential.upstream" "$logs/differential.ours" | head -n 40)"
check "at least 60 opcodes tell state that is not zero" test "$(number ours 'opcodes with state')" -ge 60
mapfile -t told < <(delivered ours)
echo "# ${#told[@]} of ${#opcodes[@]} permitted opcodes tell the state that was planted, $(number ours 'opcodes with state') tell some"
check "at least 60 of them the state that was planted" test "${#told[@]}" -ge 60
for stack in ours upstream; do check "the stack $stack unloads" unload "$stack"; done
finish
