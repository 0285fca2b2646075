// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters of auxcore_cxl. The kernel crate has no string
 * parameters, so this one is declared in C.
 */

#include <linux/moduleparam.h>

#define CLAIM_LEN 1024

/* Read-only after load. Not static: claim in ffi.rs reads it. */
char auxcore_cxl_claim[CLAIM_LEN];
const size_t auxcore_cxl_claim_len = CLAIM_LEN;

module_param_string(claim, auxcore_cxl_claim, CLAIM_LEN, 0444);
MODULE_PARM_DESC(claim, "PCI functions to drive: dddd:bb:dd.f[,...]; default none");
