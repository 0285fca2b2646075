// SPDX-License-Identifier: GPL-2.0

//! The ways to a device's mailbox.

#![forbid(unsafe_code)]

use super::{ffi, Args, Through};
use crate::cli::Cli;
use crate::error::Error;
use crate::hex;
use auxcore_uapi::fwctl::{DeviceType, Scope};
use auxcore_uapi::{cxl, Device};
use std::fs::File;
use std::path::PathBuf;
use zerocopy::IntoBytes;

/// Room for the payload of a reply through the in-tree driver, which refuses to be given more than
/// the mailbox holds.
const MAILBOX: usize = 2048;

/// An open way to a mailbox.
#[derive(Debug)]
pub(crate) enum Way {
    /// Through fwctl: what programs may.
    Fwctl(Device),
    /// Through the in-tree driver's file: what it lets pass as raw commands.
    Memdev(File, PathBuf),
}

impl Way {
    /// Opens the way that was asked for.
    pub(crate) fn open(cli: &Cli, args: &Args) -> Result<Self, Error> {
        match args.through {
            Through::Fwctl => {
                let device = Device::open(&cli.device)?;
                match device.info(0)?.device_type {
                    DeviceType::Cxl => Ok(Self::Fwctl(device)),
                    other => Err(Error::NotCxl(other.name())),
                }
            }
            Through::Memdev => {
                let path = args.memdev.clone();
                match File::options().read(true).write(true).open(&path) {
                    Ok(file) => Ok(Self::Memdev(file, path)),
                    Err(source) => Err(Error::Memdev { path, source }),
                }
            }
        }
    }

    /// Returns the device's type and data.
    pub(crate) fn info(&self) -> Result<String, Error> {
        match self {
            Self::Fwctl(device) => {
                let info = device.info(64)?;
                let (name, data) = (info.device_type.name(), hex::run(&info.data));
                Ok(format!("type={name} data={data}"))
            }
            Self::Memdev(..) => Err(Error::NotCxl("memdev")),
        }
    }

    /// Executes a command. Returns the device's return code and what it returned.
    pub(crate) fn execute(
        &self,
        scope: Scope,
        opcode: u16,
        payload: &[u8],
        room: usize,
    ) -> Result<(u32, Vec<u8>), Error> {
        self.execute_stating(scope, opcode, payload, None, room)
    }

    /// As [`Self::execute`], with a header that states another length of the payload.
    pub(crate) fn execute_stating(
        &self,
        scope: Scope,
        opcode: u16,
        payload: &[u8],
        stated: Option<u32>,
        room: usize,
    ) -> Result<(u32, Vec<u8>), Error> {
        match self {
            Self::Fwctl(device) => {
                let too_long = || auxcore_uapi::Error::TooLong(payload.len());
                let mut header = cxl::RequestHeader::new(opcode, payload).ok_or_else(too_long)?;
                header.op_size = stated.unwrap_or(header.op_size);
                let request = [header.as_bytes(), payload].concat();
                let bytes = device.rpc(scope, &request, size_of::<cxl::ResponseHeader>() + room)?;
                let (code, payload) = cxl::response(&bytes)
                    .ok_or_else(|| Error::ShortReply(format!("{opcode:#06x}")))?;
                Ok((code, payload.to_vec()))
            }
            Self::Memdev(file, path) => ffi::send(file, opcode, payload, room.min(MAILBOX))
                .map_err(|source| Error::Memdev {
                    path: path.clone(),
                    source,
                }),
        }
    }

    /// Executes a command that the device must accept.
    pub(crate) fn accepted(
        &self,
        opcode: u16,
        payload: &[u8],
        room: usize,
    ) -> Result<Vec<u8>, Error> {
        match self.execute(Scope::Configuration, opcode, payload, room)? {
            (0, returned) => Ok(returned),
            (code, _) => Err(Error::Refused { opcode, code }),
        }
    }
}
