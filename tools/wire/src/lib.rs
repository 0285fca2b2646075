// SPDX-License-Identifier: GPL-2.0
//! The frames that the guest runner (host) and the agent (guest) exchange over one virtio-serial port.
//!
//! The port carries what must not be scraped from a console: the command, its two output streams, and its end. A frame is one
//! byte of kind, four bytes of length (big endian) and the payload; payloads with structure are JSON.
#![forbid(unsafe_code)]

mod frame;
mod job;

pub use frame::{read_frame, write_frame, Frame, FrameError, MAX_PAYLOAD};
pub use job::{Job, Outcome, Stack};

/// Name of the virtio-serial port that carries the frames.
pub const AGENT_PORT: &str = "auxcore.agent";

/// 9p tag of the project tree, mounted read-only in the guest.
pub const TREE_TAG: &str = "tree";

/// 9p tag of the run's scratch directory, mounted writable at [`SCRATCH_DIR`].
pub const SCRATCH_TAG: &str = "scratch";

/// 9p tag of the host programs, mounted read-only at [`PROGRAMS_DIR`].
pub const PROGRAMS_TAG: &str = "programs";

/// 9p tag of the directory `index` of [`Job::folders`], mounted read-only.
#[must_use]
pub fn folder_tag(index: usize) -> String {
    format!("folder{index}")
}

/// Where the guest sees its scratch directory.
pub const SCRATCH_DIR: &str = "/scratch";

/// Where the guest sees the programs of the cargo workspace; part of PATH there.
pub const PROGRAMS_DIR: &str = "/opt/auxcore";
