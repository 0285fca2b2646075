// SPDX-License-Identifier: GPL-2.0

//! A consumer of the null vendor that gives orders: a program writes one line to the file in
//! debugfs named after the child, and the write ends when the order has.
//!
//! # Layering
//!
//! `kernel <- auxbus <- auxcore <- auxcore_null <- ` this crate.

mod desk;
mod ffi;

auxbus::module_consumer! {
    type: desk::Driver,
    name: "auxcore_test_orders",
    authors: ["auxcore developers"],
    description: "Test consumer that gives orders",
    license: "GPL",
}
