// SPDX-License-Identifier: GPL-2.0
//! What was executed: totals by opcode, the last commands in words, and the trace.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;

use serde_json::{json, Value};

use crate::command;
use crate::field::{get16, get32, get8};
use crate::regs;
use crate::status::{status_name, Delivery};

/// Commands remembered.
const KEPT: usize = 4096;

/// One finished command.
#[derive(Clone, Debug)]
pub struct Record {
    /// Microseconds from start to the doorbell.
    pub at: u64,
    /// Microseconds from the doorbell to the completion.
    pub took: u64,
    /// The slot.
    pub slot: u32,
    /// The token.
    pub token: u8,
    /// The first bytes of the input.
    pub head: [u8; 16],
    /// Bytes of the input.
    pub inlen: usize,
    /// Bytes of the output buffer.
    pub outlen: usize,
    /// The outcome.
    pub outcome: Outcome,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Answered with a status and a syndrome.
    Answered(u8, u32),
    /// Not delivered.
    Undelivered(Delivery),
    /// Swallowed by a fault knob.
    Dropped,
}

#[derive(Default)]
struct Total {
    count: u64,
    failed: u64,
    total_us: u64,
    max_us: u64,
}

/// The record of a run.
#[derive(Default)]
pub struct Journal {
    totals: BTreeMap<u16, Total>,
    last: VecDeque<Record>,
    count: u64,
    trace: Option<Box<dyn Write + Send>>,
}

impl Record {
    /// Returns the record as one line of text.
    pub fn line(&self) -> String {
        let opcode = get16(&self.head, 0);
        let mut text = format!(
            "{:5}.{:06} slot {:2} token {:#04x} uid {} {}({:#x}) op_mod {:#x}",
            self.at / 1_000_000,
            self.at % 1_000_000,
            self.slot,
            self.token,
            get16(&self.head, 2),
            command::name(opcode),
            opcode,
            get16(&self.head, 6),
        );
        text.push_str(&detail(opcode, &self.head));
        text.push_str(&format!(" in {} out {} -> ", self.inlen, self.outlen));
        text.push_str(&match self.outcome {
            Outcome::Answered(0, _) => "OK".to_owned(),
            Outcome::Answered(status, syndrome) => {
                format!(
                    "{}({status:#x}) syndrome {syndrome:#x}",
                    status_name(status)
                )
            }
            Outcome::Undelivered(delivery) => format!("not delivered: {delivery:?}"),
            Outcome::Dropped => "dropped".to_owned(),
        });
        text.push_str(&format!(" {}us", self.took));
        text
    }
}

/// Returns what the head of an input says beyond its opcode.
fn detail(opcode: u16, head: &[u8; 16]) -> String {
    match opcode {
        0x100 | 0x109 => {
            let cap_type = get16(head, 6) >> 1;
            let group = crate::caps::GROUPS.iter().find(|g| g.cap_type == cap_type);
            format!(" {}", group.map_or("unknown group", |g| g.name))
        }
        0x108 => format!(" pages {}", get32(head, 12)),
        0x805 => {
            let id = get16(head, 10);
            format!(
                " {}({id:#x})",
                regs::register(id).map_or("unknown register", |r| r.name)
            )
        }
        0x302 | 0x303 => format!(" eq {}", get8(head, 11)),
        0xa05 | 0xa06 => format!(" names uid {}", get16(head, 10)),
        _ => String::new(),
    }
}

impl Journal {
    /// Sends a line per command to `sink` from now on.
    pub fn trace_to(&mut self, sink: Box<dyn Write + Send>) {
        self.trace = Some(sink);
    }

    /// Writes a remark into the trace.
    pub fn remark(&mut self, text: &str) {
        if let Some(sink) = &mut self.trace {
            // A trace that cannot be written must not stop the device.
            if writeln!(sink, "{text}")
                .and_then(|()| sink.flush())
                .is_err()
            {
                self.trace = None;
            }
        }
    }

    /// Adds a finished command.
    pub fn add(&mut self, record: Record) {
        if self.trace.is_some() {
            self.remark(&record.line());
        }
        let total = self.totals.entry(get16(&record.head, 0)).or_default();
        total.count += 1;
        total.failed += u64::from(record.outcome != Outcome::Answered(0, 0));
        total.total_us += record.took;
        total.max_us = total.max_us.max(record.took);
        self.count += 1;
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(record);
    }

    /// Returns how many commands finished.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Returns the last `n` commands as text, oldest first.
    pub fn last(&self, n: usize) -> Vec<String> {
        let skip = self.last.len().saturating_sub(n);
        self.last.iter().skip(skip).map(Record::line).collect()
    }

    /// Returns the totals by opcode.
    pub fn json(&self) -> Value {
        let totals = self.totals.iter().map(|(opcode, total)| {
            json!({
                "opcode": opcode, "name": command::name(*opcode), "count": total.count, "failed": total.failed,
                "total_us": total.total_us, "max_us": total.max_us,
            })
        });
        totals.collect()
    }
}
