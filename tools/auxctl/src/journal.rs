// SPDX-License-Identifier: GPL-2.0

//! What user programs changed in a device.

#![forbid(unsafe_code)]

use crate::cli;
use crate::device::{self, Core};
use crate::error::Error;
use crate::lines::{self, Line};
use crate::out::Out;
use crate::places::{Identity, Places};
use crate::Outcome;
use std::thread::sleep;
use std::time::Duration;

const FILE: &str = "journal";

/// How often a journal that is followed is read.
const PERIOD: Duration = Duration::from_millis(200);

/// Prints the entries of one device, or of every one; with `follow`, goes on.
pub(crate) fn journal(
    places: &Places,
    out: &mut Out,
    args: &cli::Journal,
) -> Result<Outcome, Error> {
    if let (true, Some(name)) = (args.follow, &args.device) {
        return follow(places, out, &Core::find(places, name)?.name);
    }
    let mut entries = Vec::new();
    for (_, text) in device::files(places, args.device.as_deref(), FILE)? {
        entries.extend(lines::parse(&text));
    }
    if out.is_json() {
        out.json(&entries.iter().map(Line::json).collect::<Vec<_>>())?;
    } else {
        print(out, &entries)?;
    }
    Ok(Outcome::Done)
}

/// Prints entries as they come; ends when the device leaves its driver.
fn follow(places: &Places, out: &mut Out, name: &str) -> Result<Outcome, Error> {
    let mut seen = Seen::default();
    loop {
        print(out, &seen.look(places, name)?)?;
        sleep(PERIOD);
    }
}

/// What was seen of a journal that is followed.
#[derive(Debug, Default)]
struct Seen {
    /// The file: a later one belongs to a later binding.
    file: Option<Identity>,
    last: u64,
}

impl Seen {
    /// Returns the entries behind the last one seen.
    fn look(&mut self, places: &Places, name: &str) -> Result<Vec<Line>, Error> {
        let gone = || Error::Gone(name.to_owned());
        let (text, file) = match places.identified(name, FILE) {
            Err(Error::NotOffered { .. } | Error::NoDebugfs(_) | Error::Read { .. })
                if self.file.is_some() =>
            {
                return Err(gone());
            }
            found => found?,
        };
        if *self.file.get_or_insert(file) != file {
            return Err(gone());
        }
        Ok(self.newer(&text))
    }

    fn newer(&mut self, text: &str) -> Vec<Line> {
        let mut entries = lines::parse(text);
        entries.retain(|entry| entry.number("seq").is_some_and(|seq| seq > self.last));
        let newest = entries.iter().filter_map(|entry| entry.number("seq")).max();
        self.last = newest.unwrap_or(self.last);
        entries
    }
}

fn print(out: &mut Out, entries: &[Line]) -> Result<(), Error> {
    for entry in entries {
        if out.is_json() {
            out.json_line(&entry.json())?;
        } else {
            out.text(&format!("{}\n", entry.text()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fake;
    use std::fs;

    const DEVICE: &str = "0000:01:00.0";
    const JOURNAL: &str = "debug/auxcore/0000:01:00.0/journal";

    #[test]
    fn each_entry_is_printed_once() {
        let mut seen = Seen::default();
        let mut seqs = |text: &str| -> Vec<u64> {
            let entries = seen.newer(text).into_iter();
            entries.filter_map(|entry| entry.number("seq")).collect()
        };
        assert!(seqs("# none\n").is_empty());
        assert_eq!(seqs("seq=1 a=b\nseq=2 a=b\n"), [1, 2]);
        assert!(seqs("seq=1 a=b\nseq=2 a=b\n").is_empty());
        assert_eq!(seqs("seq=2 a=b\nseq=3 a=b\nodd\n"), [3]);
    }

    #[test]
    fn a_journal_of_a_new_binding_ends_it_however_many_entries_it_has() {
        let fake = Fake::new();
        let mut seen = Seen::default();
        fake.file(JOURNAL, b"seq=1 a=b\n");
        assert_eq!(seen.look(&fake.places(), DEVICE).unwrap().len(), 1);
        fake.file(JOURNAL, b"seq=1 a=b\nseq=2 a=b\n");
        assert_eq!(seen.look(&fake.places(), DEVICE).unwrap().len(), 1);
        fake.file("debug/new", b"seq=1 a=b\nseq=2 a=b\nseq=3 a=b\n");
        fs::rename(fake.path("debug/new"), fake.path(JOURNAL)).unwrap();
        let gone = seen.look(&fake.places(), DEVICE);
        assert!(matches!(gone, Err(Error::Gone(_))));
    }

    #[test]
    fn a_journal_that_goes_ends_it_and_one_that_was_never_there_is_told() {
        let fake = Fake::new();
        let mut seen = Seen::default();
        fake.dir("debug/auxcore");
        let missing = seen.look(&fake.places(), DEVICE);
        assert!(matches!(missing, Err(Error::NotOffered { .. })));
        fake.file(JOURNAL, b"");
        assert!(seen.look(&fake.places(), DEVICE).unwrap().is_empty());
        fs::remove_file(fake.path(JOURNAL)).unwrap();
        let gone = seen.look(&fake.places(), DEVICE);
        assert!(matches!(gone, Err(Error::Gone(_))));
    }
}
