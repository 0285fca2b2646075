// SPDX-License-Identifier: GPL-2.0
//! A ConnectX function as a vfio-user device.
#![forbid(unsafe_code)]

pub mod backend;
pub mod caps;
pub mod command;
pub mod control;
pub mod device;
pub mod dma;
pub mod engine;
pub mod eq;
pub mod fault;
pub mod field;
pub mod firmware;
pub mod identity;
pub mod iseg;
pub mod journal;
pub mod keys;
pub mod machine;
pub mod memory;
pub mod msix;
pub mod mutation;
pub mod number;
pub mod pages;
pub mod pci;
pub mod queue;
pub mod regs;
pub mod report;
pub mod server;
pub mod status;
pub mod violation;
pub mod vport;
