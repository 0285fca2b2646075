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
//! # Sleep, shutdown, recovery
//!
//! The child, and the fwctl device with it, belongs to one generation of its function. When the
//! machine sleeps, the function is reset or recovers, both go, and others come. A file that is open
//! then keeps nothing up: what it waits for and all its later calls fail with `ENODEV`, and its
//! context is destroyed; a program opens the new device. User programs do not run while the machine
//! goes to sleep, so no request starts then; one that firmware still works on lets the machine
//! stay awake if it takes longer than the kernel waits for programs to freeze. Once the machine
//! goes down, every request fails with `ENODEV`.
//!
//! # Limitations
//!
//! The subsystem knows four device types, so a vendor without one of them has no such child;
//! `Documentation/userspace-api/fwctl.rst` says how to come to one.
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
