// SPDX-License-Identifier: GPL-2.0
//! Why a rule could not be checked.

#![forbid(unsafe_code)]

use std::{io, path::PathBuf};

/// Why a rule could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or directory could not be read.
    #[error("{path} cannot be read: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// git failed.
    #[error("git {command} fails: {text}")]
    Git {
        /// Its arguments.
        command: String,
        /// What it said.
        text: String,
    },
    /// make failed.
    #[error("make cannot list the crates: {0}")]
    Make(String),
    /// Kbuild lists no crate.
    #[error("Kbuild lists no crate whose root file is in the tree")]
    NoCrates,
    /// A Rust file does not parse.
    #[error("{path}:{line}: {text}")]
    Syntax {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// What is wrong.
        text: String,
    },
}
