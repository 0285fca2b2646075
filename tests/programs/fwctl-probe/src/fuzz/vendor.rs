// SPDX-License-Identifier: GPL-2.0

//! What differs from one vendor to the next: requests, and how they may end.

#![forbid(unsafe_code)]

use super::cxl::Cxl;
use super::mlx5::Mlx5;
use super::random::Random;
use crate::error::Error;
use crate::session::Session;
use auxcore_uapi::fwctl::DeviceType;
use auxcore_uapi::Device;
use std::path::Path;

/// A device model that random requests can be made for.
pub(super) trait Vendor: Sync {
    /// Returns the results that a healthy device and driver can give.
    fn results(&self) -> &'static [&'static str];

    /// Makes a request: mostly one that is executed, or nearly so.
    fn request(&self, random: &mut Random) -> Vec<u8>;

    /// Returns whether a reply to `request` comes from firmware: some the driver gives by itself.
    fn is_for_firmware(&self, request: &[u8]) -> bool;
}

/// Returns who makes requests for the device at `path`, having made sure that it is a model.
///
/// # Errors
///
/// [`Error::RealDevice`]; [`Error::NoRequests`] for a device of another type.
pub(super) fn of(path: &Path) -> Result<Box<dyn Vendor>, Error> {
    let device = Device::open(path)?;
    match device.info(0)?.device_type {
        DeviceType::Mlx5 => Ok(Box::new(Mlx5::of(&Session::open(path)?)?)),
        DeviceType::Cxl => Ok(Box::new(Cxl::of(device)?)),
        other => Err(Error::NoRequests(other.name())),
    }
}
