// SPDX-License-Identifier: GPL-2.0

//! Why the program could not do what it was asked for.

#![forbid(unsafe_code)]

use crate::errno;
use std::path::PathBuf;

/// Why the program failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The device failed a call.
    #[error("{error}{}", errno::suffix(error.errno()))]
    Device {
        /// What it said.
        #[from]
        error: auxcore_uapi::Error,
    },
    /// The device speaks another format.
    #[error("The device is of type {0}, and only mlx5 is understood")]
    Type(&'static str),
    /// The device data is shorter than its format.
    #[error("The device data has {0} bytes, fewer than its format")]
    ShortInfo(usize),
    /// The reply is shorter than a header.
    #[error("The reply to {0} has no header")]
    ShortReply(String),
    /// No such capability group.
    #[error("There is no capability group {0:?}; see the list command")]
    Group(String),
    /// No such register.
    #[error("There is no register {0:?}; see the list command")]
    Register(String),
    /// Random requests could damage a real device.
    #[error("The device {0:?} is no device model, and random requests could damage it")]
    RealDevice(String),
    /// Nobody knows what to ask.
    #[error("No random requests are known for devices of type {0}")]
    NoRequests(&'static str),
    /// The request is missing.
    #[error("--hex must be given")]
    NoRequest,
    /// The device data is that of another type.
    #[error("The device is of type {0}, and this is about cxl")]
    NotCxl(&'static str),
    /// A memory device's file cannot be opened or refuses a command.
    #[error("{path}: {source}{}", errno::suffix(source.raw_os_error()))]
    Memdev {
        /// The file.
        path: PathBuf,
        /// The system's errno.
        source: std::io::Error,
    },
    /// The device refused a command that was asked for by name.
    #[error("The device refused command {opcode:#06x}: return code {code:#x}")]
    Refused {
        /// The command.
        opcode: u16,
        /// What the device returned.
        code: u32,
    },
    /// Standard input or output failed.
    #[error("Standard input or output failed: {0}")]
    Stdio(#[from] std::io::Error),
    /// The report could not be written as JSON.
    #[error("The report could not be written: {0}")]
    Json(#[from] serde_json::Error),
    /// A thread could not be run.
    #[error("A thread ended early")]
    Thread,
}

impl Error {
    /// Returns the name of the system's errno, or the message if the system gave none.
    pub(crate) fn result(&self) -> String {
        match self {
            Self::Device { error } if error.errno().is_some() => errno::name(error.errno()),
            Self::Memdev { source, .. } if source.raw_os_error().is_some() => {
                errno::name(source.raw_os_error())
            }
            other => other.to_string(),
        }
    }
}
