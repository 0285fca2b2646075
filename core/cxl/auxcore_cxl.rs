// SPDX-License-Identifier: GPL-2.0

//! Vendor plugin for CXL memory devices (type 3).
//!
//! Brings the primary mailbox of a device up, asks the device what it is and what its commands do,
//! and offers its features to programs through fwctl. It drives only devices it was told to claim,
//! by `driver_override` or the parameter `claim`, so it never takes memory away from cxl_pci. It
//! does nothing to the memory itself: what firmware decoded stays decoded.
//!
//! # Limitations
//!
//! - No regions, no events, no firmware update, no poison, no security: those are cxl_core's, and a
//!   device that needs them is better off there.
//! - The mailbox is polled, also when the device could interrupt.
//! - A command carries 1 KiB in each direction at most, whatever the mailbox holds: the payload is
//!   copied to and from registers with interrupts off. Longer values are moved in parts.
//! - No command that goes on in the background.
//!
//! # Glossary
//!
//! - *Mailbox*: the registers through which commands go. *Doorbell*: the bit that hands the mailbox
//!   to the device, and is zero when the device has handed it back.
//! - *CEL*: command effects log, in which the device says which commands it has and what they do.
//! - *Feature*: a value in the device, named by a UUID, that can be read and perhaps set.
//! - *Exclusive*: of a feature, that the kernel has an interface for it, so no program may set it.
//!
//! # Layering
//!
//! `auxcore <- auxcore_cxl <- consumers`; knows no consumer.

mod bytes;
mod command;
mod device;
mod exclusive;
mod feature;
mod ffi;
mod fwctl;
mod layout;
mod limits;
mod locator;
mod log;
mod mailbox;
mod permitted;
mod regs;
mod ring;
mod rpc;
mod vendor;

auxcore::module_vendor! {
    type: vendor::Cxl,
    name: "auxcore_cxl",
    authors: ["auxcore developers"],
    description: "Core driver of CXL memory devices",
    license: "GPL",
}
