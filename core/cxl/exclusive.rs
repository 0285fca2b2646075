// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The features that are the kernel's alone: it has an interface for each, so programs may read
//! them and not set them. Pure.
//!
//! Source: the list in `drivers/cxl/core/features.c` of Linux 7.3 and the names in
//! `include/cxl/features.h`.

use super::bytes::Uuid;

/// The features.
pub(crate) const FEATURES: &[Uuid] = &[
    // Patrol scrub.
    Uuid::new(0x96dad7d6_fde8_482b_a733_75774e06db8a),
    // Error check scrub.
    Uuid::new(0xe5b13f22_2328_4a14_b8ba_b9691e893386),
    // Soft post-package repair.
    Uuid::new(0x892ba475_fad8_474e_9d3e_692c917568bb),
    // Hard post-package repair.
    Uuid::new(0x80ea4521_786f_4127_afb1_ec7459fb0e24),
    // Cache line sparing.
    Uuid::new(0x96c33386_91dd_44c7_9ecb_fdaf6503bac4),
    // Row sparing.
    Uuid::new(0x450ebf67_b135_4f97_a498_c2d57f279bed),
    // Bank sparing.
    Uuid::new(0x78b79636_90ac_4b64_a4ef_faac5d18a863),
    // Rank sparing.
    Uuid::new(0x34dbaff5_0552_4281_8f76_da0b5e7a76a7),
];
