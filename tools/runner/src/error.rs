// SPDX-License-Identifier: GPL-2.0
//! Why a run ended other than with the command's status, and the exit status that says so.
#![forbid(unsafe_code)]

use std::io;
use std::path::PathBuf;

use auxcore_wire::FrameError;
use thiserror::Error;

/// Exit status: the guest's kernel reported a fault.
pub const KERNEL_REPORT: u8 = 120;
/// Exit status: a model counted protocol violations.
pub const VIOLATIONS: u8 = 121;
/// Exit status: the guest ended without an outcome.
pub const NO_OUTCOME: u8 = 122;
/// Exit status: usage error.
pub const USAGE: u8 = 123;
/// Exit status: the time was up.
pub const TIMEOUT: u8 = 124;
/// Exit status: the run could not be made.
pub const FAILED: u8 = 125;

/// A run that could not be made.
#[derive(Debug, Error)]
pub enum RunError {
    /// The command line asks for something that does not exist.
    #[error("{0}")]
    Usage(String),
    /// The script that starts the runner did not say where something is.
    #[error("The variable {0} is not set: start the runner by tools/guest.")]
    Environment(&'static str),
    /// A file the set-up makes is gone.
    #[error("{} is missing: run make setup.", .0.display())]
    Missing(PathBuf),
    /// A socket's path does not fit into a socket address.
    #[error("The socket path {path} has {length} bytes and a socket address takes {limit}: set AUXCORE_TMPDIR to a shorter directory.")]
    SocketPath {
        /// The path.
        path: String,
        /// Its length.
        length: usize,
        /// The longest that fits.
        limit: usize,
    },
    /// A file or directory of the run cannot be used.
    #[error("{} cannot be used: {source}.", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// A program does not start.
    #[error("{program} does not start: {source}.")]
    Start {
        /// The program.
        program: String,
        /// The reason.
        source: io::Error,
    },
    /// A device model ended before it was ready, or crashed.
    #[error("The model of device {index} {how}.")]
    Model {
        /// Which device.
        index: usize,
        /// What it did.
        how: String,
    },
    /// The guest could not be made ready for the command.
    #[error("The guest is not ready for the command: {0}.")]
    NotReady(String),
    /// The driver stack stayed loaded against the agent's will.
    #[error("The command succeeded, but the driver stack does not unload: {0}.")]
    NotUnloaded(String),
    /// The guest's leak detector did not search.
    #[error("The command succeeded, but leaked memory cannot be searched for: {0}.")]
    NotSearched(String),
    /// The port to the agent is broken.
    #[error(transparent)]
    Port(#[from] FrameError),
}

impl RunError {
    /// The exit status that stands for this error.
    #[must_use]
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Usage(_) => USAGE,
            _ => FAILED,
        }
    }
}
