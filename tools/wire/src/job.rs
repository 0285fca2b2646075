// SPDX-License-Identifier: GPL-2.0
//! What the runner asks of the agent, and how it ended.
#![forbid(unsafe_code)]

use serde::{Deserialize, Serialize};

/// The driver stack that is loaded before the command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stack {
    /// `auxcore_mlx5`, told to claim every ConnectX function; consumers follow by modalias.
    Ours,
    /// The stock `mlx5_core`; `mlx5_fwctl` follows by modalias.
    Upstream,
    /// Nothing is loaded.
    None,
}

/// One command to run in the guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The command and its arguments; never empty.
    pub argv: Vec<String>,
    /// Environment added to the guest's own.
    pub env: Vec<(String, String)>,
    /// Where the project tree is mounted; also the working directory.
    pub tree: String,
    /// Directories of the host that the guest sees at the same paths, beside the tree.
    pub folders: Vec<String>,
    /// The driver stack to load.
    pub stack: Stack,
    /// Bring up the user-mode network.
    pub net: bool,
    /// The command reads the runner's standard input.
    pub stdin: bool,
    /// Leave the driver stack loaded at the end, so that power-off meets a bound driver.
    pub keep_loaded: bool,
}

/// How the command ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It returned this status.
    Status(i32),
    /// This signal killed it.
    Signal(i32),
    /// It could not be started; the text says why, the status is what a shell would return (126 or 127).
    NotStarted(i32, String),
    /// It succeeded, but the driver stack could not be unloaded after it.
    NotUnloaded(String),
    /// It succeeded, but leaked memory could not be searched for after it.
    NotSearched(String),
    /// The guest could not be made ready for it: mounts, udev or the driver stack failed.
    NotReady(String),
}
