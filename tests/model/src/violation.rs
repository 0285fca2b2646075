// SPDX-License-Identifier: GPL-2.0
//! Counting what a driver must not do.
//!
//! A violation is misbehaviour of the kernel driver. A user who sends nonsense through the driver
//! under a user context is only refused by a status and never counted here.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use serde_json::{json, Value};

/// The kinds of violation, by the name they are reported under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A uid that was never created or is already destroyed, or one on a command that takes none.
    Uid,
    /// A mailbox whose token is not that of its slot.
    Token,
    /// A slot or mailbox signature that is wrong while the driver has turned checking on.
    Signature,
    /// A doorbell for a slot software still owns.
    Ownership,
    /// A doorbell for a slot whose command is still executing.
    BusySlot,
    /// A doorbell that names no slot, or a slot the queue does not have.
    EmptyDoorbell,
    /// A slot or mailbox whose reserved bytes are not zero, or of an unknown command type.
    SlotFormat,
    /// A mailbox with a wrong block number.
    BlockNumber,
    /// A mailbox pointer that is not aligned or not guest memory.
    MailboxPointer,
    /// An input that is shorter or longer than the command's.
    InputLength,
    /// An output buffer too small for the command's reply.
    OutputLength,
    /// A command in a state of the function that does not allow it.
    TooEarly,
    /// An opcode the device does not know, sent by the kernel itself.
    UnknownOpcode,
    /// A parameter of a kernel command that names nothing or is out of range.
    Parameter,
    /// An object still alive when the function is torn down.
    ObjectLeaked,
    /// Pages not taken back before the function is disabled, or a function left enabled.
    PagesLeaked,
    /// A page given that is unaligned, given twice, unasked for, or not guest memory.
    PageGiven,
    /// A page that changed while the device owned it.
    PageTouched,
    /// An event queue in memory that is not the guest's.
    EqMemory,
    /// A doorbell of an event queue with an impossible consumer index or queue number.
    EqDoorbell,
    /// An event queue the driver let run full.
    EqOverflow,
    /// The command queue moved while commands or the function were alive, or was set before firmware
    /// had started; or a doorbell with no queue set.
    Queue,
    /// A write to a part of BAR0 that is read-only or belongs to no allocated UAR.
    Mmio,
    /// A function left enabled when its driver let go of it.
    LeftEnabled,
}

impl Kind {
    /// Returns the name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uid => "uid",
            Self::Token => "token",
            Self::Signature => "signature",
            Self::Ownership => "ownership",
            Self::BusySlot => "busy_slot",
            Self::EmptyDoorbell => "empty_doorbell",
            Self::SlotFormat => "slot_format",
            Self::BlockNumber => "block_number",
            Self::MailboxPointer => "mailbox_pointer",
            Self::InputLength => "input_length",
            Self::OutputLength => "output_length",
            Self::TooEarly => "too_early",
            Self::UnknownOpcode => "unknown_opcode",
            Self::Parameter => "parameter",
            Self::ObjectLeaked => "object_leaked",
            Self::PagesLeaked => "pages_leaked",
            Self::PageGiven => "page_given",
            Self::PageTouched => "page_touched",
            Self::EqMemory => "eq_memory",
            Self::EqDoorbell => "eq_doorbell",
            Self::EqOverflow => "eq_overflow",
            Self::Queue => "queue",
            Self::Mmio => "mmio",
            Self::LeftEnabled => "left_enabled",
        }
    }
}

struct Entry {
    count: u64,
    first: String,
}

/// The violations counted so far; the first of each kind is kept in words.
#[derive(Default)]
pub struct Violations {
    entries: BTreeMap<Kind, Entry>,
}

impl Violations {
    /// Counts one violation; `what` is only kept if it is the first of its kind.
    pub fn count(&mut self, kind: Kind, what: String) {
        self.entries
            .entry(kind)
            .or_insert(Entry {
                count: 0,
                first: what,
            })
            .count += 1;
    }

    /// Returns how many of one kind were counted.
    pub fn of(&self, kind: Kind) -> u64 {
        self.entries.get(&kind).map_or(0, |e| e.count)
    }

    /// Returns how many were counted in all.
    pub fn total(&self) -> u64 {
        self.entries.values().map(|e| e.count).sum()
    }

    /// Returns the list for reports.
    pub fn json(&self) -> Value {
        let list = self.entries.iter();
        list.map(|(kind, e)| json!({"kind": kind.name(), "count": e.count, "first": e.first}))
            .collect()
    }

    /// Returns one line of text for each kind.
    pub fn lines(&self) -> Vec<String> {
        let list = self.entries.iter();
        list.map(|(kind, e)| format!("{} x{}, first: {}", kind.name(), e.count, e.first))
            .collect()
    }
}
