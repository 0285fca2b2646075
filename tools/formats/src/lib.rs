// SPDX-License-Identifier: GPL-2.0

//! What firmware's requests, replies and registers are called, for programs that print them.
//!
//! - [`mlx5`]: commands, capability groups and registers of ConnectX, by name and field.
//! - [`cxl`]: commands, features with their values, and return codes of CXL memory devices.
//! - [`given`]: commands and fields as users give them.
//! - [`hex`] and [`errno`]: bytes and error numbers as text.
//!
//! The drivers and the device model have layouts of their own: a program that used theirs would test
//! them against themselves.

#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

pub mod cxl;
pub mod errno;
pub mod given;
pub mod hex;
pub mod mlx5;
