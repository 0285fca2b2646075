// SPDX-License-Identifier: GPL-2.0

//! A driver of a function that uses the channel of another function, as the driver of a virtual
//! function does; no auxiliary device is involved.
//!
//! It binds by `driver_override` only. The channel is that of the function at bus `pf_bus`, device
//! and function zero. Each read of the file `/sys/kernel/debug/auxcore_test_vf/query` executes one
//! command and shows how it ended: firmware's status, or an errno. Each read of the file `burst`
//! submits 64 commands at once, with a deadline of `burst_ms`, and shows how they ended. Each read of
//! the file `flow` executes `flow` commands, as many at once as it may, each with a deadline of
//! `flow_ms`, needs `flow_us` for the end of each, and shows how long that took.
//! Each read of the file `last` executes one command as `query` does, on a handle of its own that
//! only the command's answer holds. It counts as no user of what it uses.
//!
//! # Layering
//!
//! `kernel` <- `auxcore` <- this crate.

#[path = "vf/burst.rs"]
mod burst;
#[path = "vf/driver.rs"]
mod driver;
#[path = "vf/ffi.rs"]
mod ffi;
#[path = "vf/flow.rs"]
mod flow;
#[path = "vf/last.rs"]
mod last;

kernel::module_pci_driver! {
    type: driver::Driver,
    name: "auxcore_test_vf",
    authors: ["auxcore developers"],
    description: "Test driver that uses the channel of another function",
    license: "GPL",
    params: {
        pf_bus: u8 {
            default: 1,
            description: "PCI bus of the function whose channel is used",
        },
        burst_ms: u32 {
            default: 500,
            description: "Milliseconds that the commands of a burst may take",
        },
        flow: u32 {
            default: 2800,
            description: "Number of commands of a flow",
        },
        flow_ms: u32 {
            default: 60000,
            description: "Milliseconds that a command of a flow may take",
        },
        flow_us: u32 {
            default: 0,
            description: "Microseconds that the end of a command of a flow takes",
        },
    },
}
