// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The features that are the kernel's alone: it has an interface for each but one, so programs may
//! read them and not set them. Data only. Pure.
//!
//! Source: the list in `drivers/cxl/core/features.c` of Linux 7.3 and the names in
//! `include/cxl/features.h`; the interfaces are those that `drivers/cxl/core/edac.c` fills, by the
//! names of their files in `Documentation/ABI/testing`.

use super::{bytes::Uuid, permitted::Exclusive};

const fn exclusive(digits: u128, why: &'static str) -> Exclusive {
    Exclusive {
        uuid: Uuid::new(digits),
        why,
    }
}

/// The features.
#[rustfmt::skip]
pub(crate) const FEATURES: &[Exclusive] = &[
    exclusive(0x96dad7d6_fde8_482b_a733_75774e06db8a, "patrol scrub: sysfs-edac-scrub"),
    exclusive(0xe5b13f22_2328_4a14_b8ba_b9691e893386, "error check scrub: sysfs-edac-ecs"),
    exclusive(0x892ba475_fad8_474e_9d3e_692c917568bb, "soft post-package repair: sysfs-edac-memory-repair"),
    exclusive(0x80ea4521_786f_4127_afb1_ec7459fb0e24, "hard post-package repair: on upstream's list, without an interface yet"),
    exclusive(0x96c33386_91dd_44c7_9ecb_fdaf6503bac4, "cache line sparing: sysfs-edac-memory-repair"),
    exclusive(0x450ebf67_b135_4f97_a498_c2d57f279bed, "row sparing: sysfs-edac-memory-repair"),
    exclusive(0x78b79636_90ac_4b64_a4ef_faac5d18a863, "bank sparing: sysfs-edac-memory-repair"),
    exclusive(0x34dbaff5_0552_4281_8f76_da0b5e7a76a7, "rank sparing: sysfs-edac-memory-repair"),
];
