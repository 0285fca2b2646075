// SPDX-License-Identifier: GPL-2.0

//! A vendor without firmware, to test what no real device lets itself be made to do.
//!
//! Its functions are QEMU's `pci-testdev`, of which it uses nothing but the place on the bus. Its
//! firmware is a thread in this module that obeys every command to the letter: it answers late,
//! twice, with another command's token, or not at all, refuses, and dies. It counts as no user of
//! what it uses.
//!
//! # Limitations
//!
//! No interrupts and no DMA, and a part has no window.
//!
//! # Layering
//!
//! `kernel <- auxbus <- auxcore <- auxcore_null <- auxcore_test_null`.

mod board;
mod device;
mod ffi;
mod fwctl;
pub mod order;
mod part;
mod ring;
pub mod service;
mod vendor;

auxcore::module_vendor! {
    type: vendor::Null,
    nested: part::NullPart,
    name: "auxcore_null",
    authors: ["auxcore developers"],
    description: "Test vendor without firmware",
    license: "GPL",
}
