// SPDX-License-Identifier: GPL-2.0

//! The control channel of the device model.

#![forbid(unsafe_code)]

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};

/// The channel of the guest's first model.
const PORT: &str = "/dev/virtio-ports/auxcore.model.0";

/// Sends a command and waits until the model has done it.
///
/// # Errors
///
/// There is no model, or it refuses.
pub(crate) fn tell(command: &str) -> io::Result<()> {
    let mut port = File::options().read(true).write(true).open(PORT)?;
    port.write_all(format!("{command}\n").as_bytes())?;
    for line in BufReader::new(port).lines() {
        let line = line?;
        if line == "ok" {
            return Ok(());
        }
        if line.starts_with("error:") {
            return Err(io::Error::other(line));
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}
