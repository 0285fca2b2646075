// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The journal: what user programs had firmware do that may have changed the device.
//!
//! Machines with the same drivers and firmware can behave differently because somebody configured
//! one of them past the drivers; the journal is where that shows. It belongs to the core device: it
//! survives the consumers, and every recovery of the device. It is of fixed size and is never
//! cleared; the newest entries take the place of the oldest, and the numbers tell how many are gone.
//!
//! Which requests may change the device is the vendor's to say, with [`Rule::change`]. The consumer
//! that executes them writes the entry.
//!
//! [`Rule::change`]: crate::class::fwctl::Rule::change

mod line;
mod window;

use core::fmt;
use kernel::{
    device::Device,
    prelude::*,
    sync::{Arc, Mutex},
    time::{ClockSource, RealTime}, //
};

use crate::{
    class::fwctl::RpcScope,
    lock::new_mutex,
    text::{Escaped, Text},
    textfile,
    who::Who, //
};

pub use line::Outcome;

use line::Line;
use window::Window;

/// Entries a journal holds, about 60 kB.
const ENTRIES: usize = 512;

/// A vendor's words for a request: its name and what it is about, without spaces.
pub type Command = Text<48>;

/// One request.
#[derive(Clone, Copy)]
struct Entry {
    nanos: i64,
    who: Who,
    scope: RpcScope,
    command: Command,
    outcome: Outcome,
}

struct Entries {
    window: Window,
    /// As many as the window has places, or fewer as long as some were never used.
    places: KVVec<Entry>,
}

/// The journal of one core device.
#[pin_data]
pub struct Journal {
    #[pin]
    entries: Mutex<Entries>,
}

impl Journal {
    /// Returns an empty journal. Errors: `ENOMEM`.
    pub(crate) fn new() -> Result<Arc<Self>> {
        let entries = Entries {
            window: Window::new(ENTRIES),
            places: KVVec::with_capacity(ENTRIES, GFP_KERNEL)?,
        };
        Arc::pin_init(
            try_pin_init!(Self { entries <- new_mutex!(entries) }? Error),
            GFP_KERNEL,
        )
    }

    /// Writes that the current task had `command` executed in `scope`. Context: process; never
    /// fails and allocates nothing.
    pub fn record(&self, scope: RpcScope, command: Command, outcome: Outcome) {
        let who = Who::current();
        let mut entries = self.entries.lock();
        let entry = Entry {
            // Under the lock, so that times and numbers have one order.
            nanos: RealTime::ktime_get(),
            who,
            scope,
            command,
            outcome,
        };
        let Some(place) = entries.window.push() else {
            return;
        };
        match entries.places.get_mut(place) {
            Some(old) => *old = entry,
            // The first round fills the places in order; there is room for all of them.
            None => {
                let _ = entries.places.push_within_capacity(entry);
            }
        }
    }
}

/// The journal as a file of `device`'s directory.
pub(crate) struct JournalFile<'a> {
    pub(crate) device: &'a Device,
    pub(crate) journal: Arc<Journal>,
}

impl textfile::Text for JournalFile<'_> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let device = Escaped(self.device.name().to_bytes());
        let entries = self.journal.entries.lock();
        let held = entries.window.held();
        writeln!(
            f,
            "# {device}: {} entries, {} older ones overwritten",
            held.end - held.start,
            entries.window.overwritten()
        )?;
        for number in held {
            let place = entries.window.place(number);
            let Some(entry) = place.and_then(|place| entries.places.get(place)) else {
                continue;
            };
            let line = Line {
                number,
                nanos: entry.nanos,
                who: &entry.who,
                device: &device,
                // CAST: the numbers of the user interface.
                scope: entry.scope as u32,
                command: &entry.command.as_str(),
                outcome: entry.outcome,
            };
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}
