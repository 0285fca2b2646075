// SPDX-License-Identifier: GPL-2.0

//! What user programs changed in a device.

#![forbid(unsafe_code)]

use crate::cli;
use crate::device::Core;
use crate::error::Error;
use crate::lines::{self, Line};
use crate::out::Out;
use crate::places::Places;
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
    let names = match &args.device {
        Some(name) => vec![Core::find(places, name)?.name],
        None => places.files_of()?,
    };
    if let (true, [name]) = (args.follow, names.as_slice()) {
        return follow(places, out, name);
    }
    let mut entries = Vec::new();
    for name in &names {
        entries.extend(lines::parse(&places.file(name, FILE)?));
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
    let mut last = 0;
    let mut found = false;
    loop {
        let text = match places.file(name, FILE) {
            Ok(text) => text,
            Err(Error::NotOffered { .. } | Error::NoDebugfs(_) | Error::Read { .. }) if found => {
                return Err(Error::Gone(name.to_owned()));
            }
            Err(error) => return Err(error),
        };
        found = true;
        let entries = newer(&text, &mut last);
        print(out, &entries)?;
        sleep(PERIOD);
    }
}

/// Returns the entries behind the last one seen. A journal that starts anew belongs to a new binding.
fn newer(text: &str, last: &mut u64) -> Vec<Line> {
    let entries = lines::parse(text);
    let newest = entries.iter().filter_map(|entry| entry.number("seq")).max();
    if newest.unwrap_or(0) < *last {
        *last = 0;
    }
    let seen = *last;
    *last = newest.unwrap_or(0);
    let is_new = |entry: &Line| entry.number("seq").is_some_and(|seq| seq > seen);
    entries.into_iter().filter(is_new).collect()
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

    fn seqs(text: &str, last: &mut u64) -> Vec<u64> {
        let entries = newer(text, last);
        entries
            .iter()
            .filter_map(|entry| entry.number("seq"))
            .collect()
    }

    #[test]
    fn each_entry_is_printed_once() {
        let mut last = 0;
        assert!(seqs("# none\n", &mut last).is_empty());
        assert_eq!(seqs("seq=1 a=b\nseq=2 a=b\n", &mut last), [1, 2]);
        assert!(seqs("seq=1 a=b\nseq=2 a=b\n", &mut last).is_empty());
        assert_eq!(seqs("seq=2 a=b\nseq=3 a=b\nodd\n", &mut last), [3]);
    }

    #[test]
    fn a_new_binding_starts_anew() {
        let mut last = 9;
        assert_eq!(seqs("seq=1 a=b\n", &mut last), [1]);
        let mut last = 9;
        assert!(seqs("", &mut last).is_empty());
        assert_eq!(seqs("seq=1 a=b\n", &mut last), [1]);
    }
}
