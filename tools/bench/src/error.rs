// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Why there is no result.

use std::io;
use std::path::PathBuf;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's errno.
        source: io::Error,
    },
    /// A file is not as the runner or the guest writes it.
    #[error("{}: the line '{line}' is not understood", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line.
        line: String,
    },
    /// The results are no JSON.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The plot cannot be drawn.
    #[error("the plot: {0}")]
    Plot(String),
}
