// SPDX-License-Identifier: GPL-2.0

//! The user interfaces that auxcore's consumers serve, as Rust, for tools and tests.
//!
//! No interface is born here: each one is merged upstream, and the file `ACKS` beside this crate
//! names its header and who acknowledged it. Kernel code uses the kernel's own headers; a layout
//! test in each module holds this crate to them.
//!
//! - [`fwctl`]: the structures and numbers of the fwctl ioctls.
//! - [`mlx5`], [`cxl`]: what the device types add.
//! - [`Device`]: an open fwctl device, with safe calls.
//! - [`raw`]: calls with every field free, to test the interface itself.

#![deny(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing))]

pub mod cxl;
mod device;
mod error;
#[allow(unsafe_code)]
mod ffi;
pub mod fwctl;
pub mod mlx5;
pub mod raw;

pub use device::{Device, Info};
pub use error::Error;
