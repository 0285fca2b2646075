#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest[ours]: --driver ours --device connectx,pages.boot=3,pages.init=700,pages.regular=5
# guest[upstream]: --driver upstream --device connectx,pages.boot=3,pages.init=700,pages.regular=5
#
# Firmware asks for pages whenever it likes, and gets back what it lent.

. tests/selftests/lib.sh

stack=$AUXCORE_DRIVER
held() { [ "$(number_of 0 pages_held)" = "$1" ]; }

plan 9
check "bring-up gives the pages that firmware asks for, in batches and by an event" within 30 held 708
check "firmware asks for 600 more" model 0 event page_request 600
check "and gets them" within 30 held 1308
check "firmware offers 650 back" model 0 event page_request -650
check "and the driver takes them" within 30 held 658
check "commands go on meanwhile" works fwctl0
check "nothing of level error is in the log" no_error_logged
check "the stack unloads" unload "$stack"
check "with every page taken back" device_clean 0
finish
