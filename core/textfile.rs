// SPDX-License-Identifier: GPL-2.0

//! Text files in debugfs: those of every core device, and those of consumers that no subsystem
//! serves yet, where a program writes a line and reads the answer.
//!
//! Only root may open a consumer's file, and a locked-down kernel refuses it. Its format is the
//! business of the consumer that makes it, and no stable interface.

#![forbid(unsafe_code)]

use kernel::{fmt, prelude::*};

pub use crate::ffi::textfile::TextFile;

/// Most bytes of one write.
pub(crate) const MAX_WRITE: usize = 256;

/// What is behind a text file.
///
/// Both methods are called in process context, for any number of programs at once.
pub trait Text: Send + Sync {
    /// Prints what a program reads. Called again from the start when the text did not fit.
    ///
    /// # Errors
    ///
    /// Those of the formatter; they cut the text off.
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Takes what a program wrote with one call, at most [`MAX_WRITE`] bytes of anything.
    ///
    /// # Errors
    ///
    /// Any errno; the program gets it. A text that cannot be written is `EINVAL`.
    fn write(&self, text: &[u8]) -> Result {
        let _ = text;
        Err(EINVAL)
    }
}
