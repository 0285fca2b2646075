// SPDX-License-Identifier: GPL-2.0

//! Standard output, whose reader may go at any time.

#![forbid(unsafe_code)]

use crate::error::Error;
use serde::Serialize;
use std::io::{self, Write};

/// Where results go.
#[derive(Debug)]
pub(crate) struct Out {
    json: bool,
}

impl Out {
    /// Makes an output for text or JSON.
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Tells whether JSON is wanted.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a text as it is, at once.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Error> {
        let mut stdout = io::stdout().lock();
        let done = stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush());
        done.map_err(closed)
    }

    /// Prints a value as JSON, over several lines.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(value)?;
        self.text(&format!("{text}\n"))
    }

    /// Prints a value as JSON in one line, for a reader that takes them one by one.
    pub(crate) fn json_line(&mut self, value: &impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_string(value)?;
        self.text(&format!("{text}\n"))
    }
}

fn closed(source: io::Error) -> Error {
    if source.kind() == io::ErrorKind::BrokenPipe {
        Error::Closed
    } else {
        Error::Stdio(source)
    }
}

/// Says on standard error why the program failed.
pub(crate) fn complain(error: &Error) -> io::Result<()> {
    writeln!(io::stderr(), "auxctl: {error}")
}
