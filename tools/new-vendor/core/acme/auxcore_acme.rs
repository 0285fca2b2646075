// SPDX-License-Identifier: GPL-2.0

//! Vendor plugin for Acme functions.
//!
//! Acme's device is QEMU's `edu` for now: it computes a factorial, inverts a word and copies memory
//! by DMA. That is its firmware, reached through a channel with one slot. Consumers are offered
//! the class `calc`.
//!
//! # Limitations
//!
//! The device does not echo a token with its replies, so the ring remembers the token it posted.
//! With one slot nothing can be mixed up; a device with more slots must send tokens back.
//!
//! # Layering
//!
//! `kernel <- auxbus <- auxcore <- auxcore_acme <- consumers`; knows no consumer.

#![forbid(unsafe_code)]

pub mod calc;
mod command;
mod device;
mod regs;
mod ring;
mod vendor;

auxcore::module_vendor! {
    type: vendor::Acme,
    name: "auxcore_acme",
    authors: ["auxcore developers"],
    description: "Core driver of Acme functions",
    license: "GPL",
}
