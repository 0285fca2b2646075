// SPDX-License-Identifier: GPL-2.0

//! An open mlx5 device and the requests executed on it.

#![forbid(unsafe_code)]

use crate::error::Error;
use crate::mlx5::wire::{Reply, Request};
use auxcore_uapi::fwctl::DeviceType;
use auxcore_uapi::{mlx5, Device};
use std::path::Path;
use std::time::{Duration, Instant};

/// Room for the device data of a later kernel, which would be longer.
const INFO_ROOM: u16 = 64;

/// An open mlx5 device.
#[derive(Debug)]
pub(crate) struct Session {
    device: Device,
    info: mlx5::Info,
}

impl Session {
    /// Opens a device and makes sure that it speaks mlx5.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let device = Device::open(path)?;
        let info = device.info(INFO_ROOM)?;
        if info.device_type != DeviceType::Mlx5 {
            return Err(Error::Type(info.device_type.name()));
        }
        let info = mlx5::Info::parse(&info.data).ok_or(Error::ShortInfo(info.data.len()))?;
        Ok(Self { device, info })
    }

    /// Returns the device itself.
    pub(crate) fn device(&self) -> &Device {
        &self.device
    }

    /// Returns what the driver said about this context.
    pub(crate) fn info(&self) -> mlx5::Info {
        self.info
    }

    /// Executes a request. Returns the reply and how long it took.
    pub(crate) fn execute(&self, request: &Request) -> Result<(Reply, Duration), Error> {
        let start = Instant::now();
        let bytes = self
            .device
            .rpc(request.scope, &request.bytes, request.room)?;
        let time = start.elapsed();
        let reply = Reply::new(bytes).ok_or_else(|| Error::ShortReply(request.name.clone()))?;
        Ok((reply, time))
    }
}
