// SPDX-License-Identifier: GPL-2.0

//! Why the program could not do what it was asked for, and the exit status of each reason.

#![forbid(unsafe_code)]

use auxcore_formats::errno;
use std::io;
use std::path::PathBuf;

/// Why the program failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Nothing has this name.
    #[error("There is no device {0:?}: name a PCI address, or a fwctl, network, RDMA or auxiliary device")]
    NoDevice(String),
    /// The device cannot be asked.
    #[error("{0} has no fwctl device: its driver offers none, or the policy of its driver does not allow one now")]
    NoFwctl(String),
    /// The name stands for more than one fwctl device.
    #[error("{0} has several fwctl devices: name one of {1}")]
    ManyFwctl(String, String),
    /// The device's driver is not one of auxcore.
    #[error("{device} has no {what}: it is not bound to a driver of auxcore that offers one")]
    NotOffered {
        /// The device.
        device: String,
        /// What its driver does not offer.
        what: &'static str,
    },
    /// Files of debugfs were asked for.
    #[error("There is no directory {0}: mount debugfs, or load a driver of auxcore")]
    NoDebugfs(PathBuf),
    /// debugfs is for root.
    #[error("{0} is closed to this user: debugfs is for root")]
    NotRoot(PathBuf),
    /// A device that was followed went.
    #[error("{0} left its driver")]
    Gone(String),
    /// The device failed a call.
    #[error("{error}{}", errno::suffix(error.errno()))]
    Call {
        /// What it said.
        #[from]
        error: auxcore_uapi::Error,
    },
    /// A file could not be read.
    #[error("Cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("Cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The driver knows no such policy.
    #[error("The driver of {device} does not take the policy {value:?}: it knows always, rdma and not-netdev-only")]
    Policy {
        /// The device.
        device: String,
        /// What was asked for.
        value: String,
    },
    /// The name is one of another type's.
    #[error("The {what} is one of {named} devices, and this one is of type {kind}: give the request with --hex")]
    Names {
        /// What was named.
        what: &'static str,
        /// The type of device that has it.
        named: &'static str,
        /// The type of this device.
        kind: &'static str,
    },
    /// A CXL device does not say what features it has.
    #[error("The device does not list its features")]
    Features,
    /// No such command.
    #[error("There is no command {0:?} here: `auxctl list` tells the names, and --hex takes any request")]
    Command(String),
    /// No such field.
    #[error("The command {command} has no field {field:?}: it has {known}")]
    Field {
        /// The command.
        command: &'static str,
        /// What was given.
        field: String,
        /// The fields it has.
        known: String,
    },
    /// A value that does not fit.
    #[error("{value:?} does not fit the field {field}")]
    Value {
        /// The field.
        field: String,
        /// What was given.
        value: String,
    },
    /// No such register.
    #[error(
        "There is no register {0:?} here: `auxctl list` tells the names, and 0xID/BYTES reads any"
    )]
    Register(String),
    /// The bytes of a request.
    #[error("The request is no hexadecimal text: {0}")]
    Hex(String),
    /// The reply is shorter than its format.
    #[error("The reply has {0} bytes, fewer than its header")]
    ShortReply(usize),
    /// The device data is shorter than its format.
    #[error("The device data has {0} bytes, fewer than its format")]
    ShortInfo(usize),
    /// The reader of standard output went away; that is no failure.
    #[error("Nobody reads any more")]
    Closed,
    /// Standard input or output failed.
    #[error("Standard input or output failed: {0}")]
    Stdio(#[source] io::Error),
    /// The report could not be written as JSON.
    #[error("The report could not be written: {0}")]
    Json(#[from] serde_json::Error),
}

impl Error {
    /// Returns the exit status.
    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Names { .. }
            | Self::Command(_)
            | Self::Field { .. }
            | Self::Value { .. }
            | Self::Register(_)
            | Self::Policy { .. }
            | Self::Hex(_) => 2,
            Self::NoDevice(_)
            | Self::NoFwctl(_)
            | Self::ManyFwctl(..)
            | Self::NotOffered { .. }
            | Self::NoDebugfs(_)
            | Self::Gone(_) => 4,
            _ => 1,
        }
    }
}
