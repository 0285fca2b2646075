#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# long
# guest[ours]: --driver ours --device connectx
# guest[upstream]: --driver upstream --device connectx --timeout 200
#
# The kernel's own driver recovers from the same death on the same device, so it is a death as drivers know it.

. tests/selftests/lib.sh
. tests/selftests/recovery/recovery.bash

stack=$AUXCORE_DRIVER
bdf=$(functions)
started_again() { [ "$(accepted 0 ENABLE_HCA)" = 2 ]; }

plan 6
check "the function works" works "$(fwctl_of "$bdf")"
begin=$(now_ms)
check "firmware dies" model 0 health fatal
check "it is started again" within 90 started_again
check "the function works again" within 60 back "$bdf"
echo "# $(core_driver "$stack") had the function back after $(($(now_ms) - begin)) ms"
check "firmware found nothing to complain of" no_violation 0
check "the stack unloads" unload "$stack"
finish
