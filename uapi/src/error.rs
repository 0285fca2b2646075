// SPDX-License-Identifier: GPL-2.0

//! What can go wrong when a device is used.

#![forbid(unsafe_code)]

use std::io;
use std::path::PathBuf;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The device file could not be opened; the vendor's refusal of a context shows here too.
    #[error("Cannot open {path}: {source}")]
    Open {
        /// The device file.
        path: PathBuf,
        /// The system's errno.
        source: io::Error,
    },
    /// The file is no device of the fwctl class, so no call is made on it.
    #[error("{0} is not a fwctl device")]
    NotFwctl(PathBuf),
    /// The device could not be asked what it is.
    #[error("The device did not tell what it is: {0}")]
    Info(#[source] io::Error),
    /// The request was not delivered. A refusal by firmware is a response instead.
    #[error("The request was not delivered: {0}")]
    Rpc(#[source] io::Error),
    /// A buffer is longer than the interface can name.
    #[error("{0} bytes are more than the interface can name")]
    TooLong(usize),
}

impl Error {
    /// Returns the system's errno, if the system gave one.
    pub fn errno(&self) -> Option<i32> {
        match self {
            Self::Open { source, .. } | Self::Info(source) | Self::Rpc(source) => {
                source.raw_os_error()
            }
            Self::NotFwctl(_) | Self::TooLong(_) => None,
        }
    }
}
