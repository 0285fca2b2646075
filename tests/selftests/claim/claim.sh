#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest: --device connectx --device connectx
#
# auxcore_mlx5 drives the functions it was told to, and no other.

. tests/selftests/lib.sh

executed() { number_of "$1" total_commands; }

if has_stack upstream; then plan 23; else plan 18; fi
read -r a b <<<"$(functions | xargs)"

load_nothing() { modprobe auxcore_mlx5 "$@" && udevadm settle --timeout=60; }

check "the module loads without a claim" load_nothing
equal "without a claim the first function has no driver" none "$(bound "$PCI/$a")"
equal "without a claim the second function has no driver" none "$(bound "$PCI/$b")"
equal "a function that is left alone executes no command" "0 0" "$(executed 0) $(executed 1)"

echo auxcore_mlx5 >"$PCI/$a/driver_override"
check "driver_override gives a function to the driver" tee /sys/bus/pci/drivers_probe <<<"$a"
udevadm settle --timeout=60
equal "the function with the override is bound" auxcore_mlx5 "$(bound "$PCI/$a")"
equal "the function beside it is left alone" none "$(bound "$PCI/$b")"
equal "only one of them executed commands" "yes 0" "$([ "$(executed 0)" -gt 0 ] && echo yes) $(executed 1)"
refuse "a function without override or claim cannot be bound by hand" tee /sys/bus/pci/drivers/auxcore_mlx5/bind <<<"$b"
check "the function with the override serves fwctl" works "$(fwctl_of "$a")"

check "the stack unloads" unload ours
echo >"$PCI/$a/driver_override"

check "a claim of an address that no function has loads" load_nothing claim=0000:77:00.0
equal "and takes nothing" "none none" "$(bound "$PCI/$a") $(bound "$PCI/$b")"
check "the stack unloads after claiming nothing" unload ours

check "the module loads with a claim of the second function" load ours "$b"
equal "a claimed function is bound" auxcore_mlx5 "$(bound "$PCI/$b")"
equal "the function that is not in the claim is left alone" none "$(bound "$PCI/$a")"
if has_stack upstream; then
	modprobe mlx5_core
	udevadm settle --timeout=60
	equal "the stock driver takes the function that is left" mlx5_core "$(bound "$PCI/$a")"
	equal "and leaves the claimed one" auxcore_mlx5 "$(bound "$PCI/$b")"
	check "fwctl works through the stock driver beside ours" works "$(fwctl_of "$a")"
	check "fwctl works through ours beside the stock driver" works "$(fwctl_of "$b")"
	check "the stock driver unloads beside ours" unload upstream
fi
check "ours unloads after it" unload ours
finish
