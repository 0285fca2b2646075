// SPDX-License-Identifier: GPL-2.0

//! A vendor whose functions are split into parts, more of them than a machine word has bits.
//!
//! It binds to QEMU's `edu` device, by `driver_override` only, and does nothing with it. The number
//! of parts is a parameter; part N has the attribute `sfnum`, which is 100 + N. A part has one child
//! of the class `port`, and would have one of the class fwctl, if a nested function could. It counts
//! as no user of what it uses.
//!
//! # Layering
//!
//! `kernel` <- `auxbus` <- `auxcore` <- this crate.

#![forbid(unsafe_code)]

#[path = "parts/part.rs"]
mod part;
#[path = "parts/whole.rs"]
mod whole;

auxcore::module_vendor! {
    type: whole::Whole,
    nested: part::Small,
    name: "auxcore_test_parts",
    authors: ["auxcore developers"],
    description: "Test vendor with nested functions",
    license: "GPL",
    params: {
        parts: u32 {
            default: 72,
            description: "Number of parts of a function, at most 72",
        },
    },
}
