// SPDX-License-Identifier: GPL-2.0
//! The commands and features of CXL memory devices.

#![forbid(unsafe_code)]

use super::text;

#[allow(
    clippy::all,
    clippy::pedantic,
    dead_code,
    reason = "the kernel's lints are the law for this file, and the driver uses all of it"
)]
#[path = "../../../../core/cxl/bytes.rs"]
mod bytes;

#[allow(
    clippy::all,
    clippy::pedantic,
    reason = "the kernel's lints are the law for this file"
)]
#[path = "../../../../core/cxl/exclusive.rs"]
mod exclusive;

#[allow(
    clippy::all,
    clippy::pedantic,
    reason = "the kernel's lints are the law for this file"
)]
#[path = "../../../../core/cxl/permitted.rs"]
mod permitted;

use exclusive::FEATURES;
use permitted::{Effect, Exclusive, Read, Scope, Verdict, EFFECTS, READS};

/// Returns the document.
pub fn document() -> String {
    let mut text = text::document(
        "core/cxl/permitted.rs and core/cxl/exclusive.rs",
        "Commands of CXL memory devices, by scope",
    );
    text::paragraph(
        &mut text,
        "The commands that a program may execute through a fwctl device of type cxl, and the \
         lowest scope each needs; every higher scope may execute it too. Every other command is \
         refused with ``EINVAL`` in every scope.",
    );
    text::heading(&mut text, "Reading", '=');
    text::paragraph(&mut text, &scope(Scope::Configuration));
    let rows: Vec<[String; 2]> = READS.iter().map(read).collect();
    text::table(&mut text, &rows);

    text::heading(&mut text, "Setting a feature", '=');
    text::paragraph(
        &mut text,
        "``SET_FEATURE``, 0x0502. Which scope may set a feature follows from what the device says \
         that setting it does: the effects in the feature's entry in the list. The highest scope \
         that one of them needs is the one that the feature needs. It cannot be set at all, and the \
         answer is ``EINVAL``, if one of them is denied, if none needs a scope, or if the device \
         does not let it be changed. Each execution is written to the journal.",
    );
    let rows: Vec<[String; 3]> = EFFECTS.iter().map(effect).collect();
    text::table(&mut text, &rows);

    text::heading(&mut text, "Features that are the kernel's alone", '=');
    text::paragraph(
        &mut text,
        "These are listed as ones that cannot be changed. Setting one is refused with ``EPERM`` in \
         the scope that could set it otherwise, and with ``EINVAL`` below. With each stands the \
         interface that the kernel has for it, as ``Documentation/ABI/testing`` of Linux names it.",
    );
    let rows: Vec<[String; 2]> = FEATURES.iter().map(feature).collect();
    text::table(&mut text, &rows);
    text::ended(text)
}

/// A scope by its name in the header, and its number.
fn scope(scope: Scope) -> String {
    match scope {
        Scope::Configuration => "``FWCTL_RPC_CONFIGURATION``, 0",
        Scope::DebugWrite => "``FWCTL_RPC_DEBUG_WRITE``, 2",
        Scope::DebugWriteFull => "``FWCTL_RPC_DEBUG_WRITE_FULL``, 3",
    }
    .to_owned()
}

fn read(read: &Read) -> [String; 2] {
    [format!("0x{:04x}", read.opcode), read.why.to_owned()]
}

fn effect(effect: &Effect) -> [String; 3] {
    let bits = (0..u16::BITS).filter(|bit| (effect.bits >> bit) & 1 != 0);
    let bits: Vec<String> = bits.map(|bit| bit.to_string()).collect();
    let verdict = match effect.verdict {
        Verdict::Needs(needed) => scope(needed),
        Verdict::Denied => "denied".to_owned(),
        Verdict::Nothing => "no scope".to_owned(),
    };
    [
        format!("bit {}", bits.join(", ")),
        verdict,
        effect.why.to_owned(),
    ]
}

fn feature(feature: &Exclusive) -> [String; 2] {
    [format!("``{}``", feature.uuid), feature.why.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_tables_is_there() {
        let text = document();
        let whys = READS.iter().map(|row| row.why);
        let whys = whys.chain(EFFECTS.iter().map(|row| row.why));
        for why in whys.chain(FEATURES.iter().map(|row| row.why)) {
            assert!(text.lines().any(|line| line.ends_with(why)), "{why}");
        }
        assert!(text.contains("\n``96dad7d6-fde8-482b-a733-75774e06db8a``  patrol scrub"));
        assert!(text.contains("\nbit 7, 8 "));
    }

    #[test]
    fn lines_end_without_blanks() {
        for line in document().lines() {
            assert_eq!(line.trim_end(), line);
        }
    }
}
