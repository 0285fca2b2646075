// SPDX-License-Identifier: GPL-2.0

//! Calls with every field free, to test how the interface treats nonsense.
//!
//! The calls stay safe: a length names at most the memory that is there, and a bad address is one
//! that no program has mapped.

#![forbid(unsafe_code)]

use crate::fwctl::{InfoArgument, Number, RpcArgument};
use crate::{ffi, Device};
use std::io;
use std::os::fd::AsFd;

/// Memory that the kernel reads.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// These bytes.
    Bytes(&'a [u8]),
    /// An address where nothing is mapped.
    Unmapped,
}

/// Memory that the kernel writes.
#[derive(Debug)]
pub enum Output<'a> {
    /// These bytes.
    Bytes(&'a mut [u8]),
    /// An address where nothing is mapped.
    Unmapped,
}

/// Bytes behind the known structure, as a later kernel's structure would have.
#[derive(Clone, Copy, Debug)]
pub struct Tail {
    pub(crate) byte: u8,
    pub(crate) len: u8,
}

impl Tail {
    /// Nothing.
    pub const NONE: Self = Self::zeroes(0);

    /// `len` bytes that mean nothing.
    pub const fn zeroes(len: u8) -> Self {
        Self { byte: 0, len }
    }

    /// `len` bytes that would mean something.
    pub const fn ones(len: u8) -> Self {
        Self { byte: 0xff, len }
    }
}

/// Calls INFO with `argument`, followed by `tail`.
///
/// The address field is set from `data`; all others are passed as they are. What the kernel wrote
/// back is in `argument`.
///
/// # Errors
///
/// The kernel's errno. `EOVERFLOW` without a call if a length names more memory than there is.
pub fn info(
    device: &Device,
    argument: &mut InfoArgument,
    data: Output<'_>,
    tail: Tail,
) -> io::Result<()> {
    ffi::info(device.as_fd(), argument, data, tail)
}

/// Calls RPC with `argument`, followed by `tail`.
///
/// The address fields are set from `input` and `output`; all others are passed as they are. What the
/// kernel wrote back is in `argument`.
///
/// # Errors
///
/// The kernel's errno. `EOVERFLOW` without a call if a length names more memory than there is.
pub fn rpc(
    device: &Device,
    argument: &mut RpcArgument,
    input: Input<'_>,
    output: Output<'_>,
    tail: Tail,
) -> io::Result<()> {
    ffi::rpc(device.as_fd(), argument, input, output, tail)
}

/// Calls `number` with an argument that says it is `size` bytes long and is otherwise zero.
///
/// # Errors
///
/// The kernel's errno.
pub fn zeroes(device: &Device, number: Number, size: u32) -> io::Result<()> {
    ffi::zeroes(device.as_fd(), number, size)
}

/// Calls `number` with an argument address where nothing is mapped.
///
/// # Errors
///
/// The kernel's errno.
pub fn unmapped(device: &Device, number: Number) -> io::Result<()> {
    ffi::unmapped(device.as_fd(), number)
}
