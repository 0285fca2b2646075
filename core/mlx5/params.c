// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters of auxcore_mlx5. The kernel crate has no string
 * parameters, so this one is declared in C.
 */

#include <linux/moduleparam.h>

#define CLAIM_LEN 1024

/* Read-only after load. Not static: claim in ffi.rs reads it. */
char auxcore_mlx5_claim[CLAIM_LEN];
const size_t auxcore_mlx5_claim_len = CLAIM_LEN;

module_param_string(claim, auxcore_mlx5_claim, CLAIM_LEN, 0444);
MODULE_PARM_DESC(claim, "PCI functions to drive: dddd:bb:dd.f[,...]; default none");
