// SPDX-License-Identifier: GPL-2.0

//! A vendor whose functions have many children that nobody binds to, to measure what a child costs.
//!
//! It binds to QEMU's `edu` device, by `driver_override` only, and does nothing with it. Binding adds
//! the children, unbinding removes them. It counts as no user of what it uses.
//!
//! # Layering
//!
//! `kernel` <- `auxbus` <- `auxcore` <- this crate.

#![forbid(unsafe_code)]

#[path = "many/many.rs"]
mod many;

auxcore::module_vendor! {
    type: many::Many,
    name: "auxcore_test_many",
    authors: ["auxcore developers"],
    description: "Test vendor with many children",
    license: "GPL",
    params: {
        many: u32 {
            default: 4096,
            description: "Number of children of a function, at most 4096",
        },
    },
}
