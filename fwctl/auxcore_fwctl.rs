// SPDX-License-Identifier: GPL-2.0

//! The `fwctl` consumer: firmware commands for user programs, for every vendor of auxcore.
//!
//! It binds to the children named `auxcore.fwctl` and registers a fwctl device for each, with the
//! bus device of the core as parent. What a vendor's firmware understands stays behind
//! [`auxcore::class::fwctl::Service`]; what is the same for all stands here: a context per open
//! file, and the checks a request passes before it executes.
//!
//! Denied is the default. A request that fails a check executes nothing. One that executed and may
//! have changed the device is written to the journal of its core, whatever became of it.
//!
//! # Limitations
//!
//! The subsystem knows four device types, so a vendor without one of them has no such child.
//!
//! # Layering
//!
//! `kernel` <- `auxbus` <- `auxcore` <- this crate. It knows no PCI, no BAR and no vendor.

mod driver;
mod ffi;
mod kinds;
mod policy;
mod rpc;
mod uctx;

auxbus::module_consumer! {
    type: driver::Driver,
    name: "auxcore_fwctl",
    authors: ["auxcore maintainers"],
    description: "fwctl consumer of auxcore",
    license: "GPL",
    imports_ns: ["FWCTL"],
}
