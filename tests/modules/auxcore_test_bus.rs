// SPDX-License-Identifier: GPL-2.0

//! Unit tests of `auxbus` that need a kernel: its queue, and what callbacks of its children may do.
//!
//! The suites run when the module is loaded into a kernel booted with `kunit.enable=1`. The parent
//! of the children is a device of no bus at all. It counts as no user of what it uses.
//!
//! # Layering
//!
//! `kernel` <- `auxbus` <- this crate.

#[path = "bus/callbacks.rs"]
mod callbacks;
#[path = "bus/consumer.rs"]
mod consumer;
#[path = "bus/ffi.rs"]
mod ffi;
#[path = "bus/queue.rs"]
mod queue;
#[path = "bus/table.rs"]
mod table;

auxbus::module_consumer! {
    type: consumer::Driver,
    name: "auxcore_test_bus",
    authors: ["auxcore developers"],
    description: "Unit tests of the children's bus",
    license: "GPL",
}
