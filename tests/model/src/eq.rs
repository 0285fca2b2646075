// SPDX-License-Identifier: GPL-2.0
//! Event queues.
//!
//! Producer and consumer are 24-bit counters. The owner bit of an entry is the parity of the
//! producer's lap, so software sees an entry the moment its last byte is stored. An armed queue
//! that holds an entry fires its vector once.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use crate::memory::Memory;

/// Bytes of an entry.
pub const EQE: usize = 64;
const COUNTER: u32 = 0xff_ffff;

/// Event types the model produces.
pub mod event {
    /// A port changed its state.
    pub const PORT_CHANGE: u8 = 0x09;
    /// Commands completed; the data is the bitmask of their slots.
    pub const COMMAND: u8 = 0x0a;
    /// Firmware asks for pages or gives some back.
    pub const PAGE_REQUEST: u8 = 0x0b;
}

/// One event before it has a place in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The event type.
    pub kind: u8,
    /// The event sub-type.
    pub subtype: u8,
    /// The 28 bytes of event data.
    pub data: [u8; 28],
}

/// What CREATE_EQ says about a queue.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Pages of the ring.
    pub pages: Vec<u64>,
    /// Bytes of a page.
    pub page_size: u64,
    /// log2 of the entries.
    pub log_size: u8,
    /// The index in the MSI-X table.
    pub vector: u16,
    /// The events the queue takes, bit n of word n/64.
    pub mask: [u64; 4],
    /// The UAR page its doorbells come on.
    pub uar: u32,
    /// The user context, zero for the kernel.
    pub uid: u16,
}

/// An event queue.
#[derive(Clone, Debug)]
pub struct Eq {
    /// What it was created with.
    pub layout: Layout,
    /// Entries written so far.
    pub producer: u32,
    /// Entries consumed so far, as software last said.
    pub consumer: u32,
    /// Whether the next entry fires the vector.
    pub armed: bool,
}

/// How an entry is written; anything but the default is a planted fault.
#[derive(Clone, Copy, Default)]
pub struct EqeStyle {
    /// Write the opposite owner bit.
    pub wrong_owner: bool,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// Written; the vector need not fire.
    Quiet,
    /// Written; the vector fires.
    Fire(u16),
    /// The ring is full.
    Full,
    /// The ring is no longer guest memory.
    NoMemory,
}

impl Eq {
    /// Returns an empty queue, not armed.
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            producer: 0,
            consumer: 0,
            armed: false,
        }
    }

    fn size(&self) -> u32 {
        1 << self.layout.log_size
    }

    fn pending(&self) -> u32 {
        self.producer.wrapping_sub(self.consumer) & COUNTER
    }

    /// Returns whether at least half of the ring is not consumed yet.
    pub fn is_half_full(&self) -> bool {
        self.pending() >= self.size() / 2
    }

    /// Returns whether the queue takes events of this type.
    pub fn takes(&self, kind: u8) -> bool {
        let word = self
            .layout
            .mask
            .get(usize::from(kind / 64))
            .copied()
            .unwrap_or(0);
        (word >> (kind % 64)) & 1 == 1
    }

    /// Writes an event into the ring, its owner byte last.
    pub fn post(&mut self, memory: &dyn Memory, event: &Event, style: EqeStyle) -> Posted {
        if self.pending() >= self.size() {
            return Posted::Full;
        }
        let offset = u64::from(self.producer % self.size()) * EQE as u64;
        let page = usize::try_from(offset / self.layout.page_size).ok();
        let Some(base) = page.and_then(|n| self.layout.pages.get(n)) else {
            return Posted::NoMemory;
        };
        let address = base + offset % self.layout.page_size;
        let lap = (self.producer >> self.layout.log_size) & 1 == 1;
        let mut entry = [0u8; EQE - 1];
        let (head, data) = entry.split_at_mut(0x20);
        for (at, value) in [(1, event.kind), (3, event.subtype)] {
            if let Some(byte) = head.get_mut(at) {
                *byte = value;
            }
        }
        for (to, from) in data.iter_mut().zip(event.data) {
            *to = from;
        }
        let owner = u8::from(lap != style.wrong_owner);
        if !memory.write(address, &entry) || !memory.write(address + EQE as u64 - 1, &[owner]) {
            return Posted::NoMemory;
        }
        self.producer = (self.producer + 1) & COUNTER;
        if std::mem::take(&mut self.armed) {
            Posted::Fire(self.layout.vector)
        } else {
            Posted::Quiet
        }
    }

    /// Takes a consumer index; `arm` also arms. Returns the vector if it must fire at once.
    ///
    /// # Errors
    /// An index that is not between the last one and the producer is refused.
    pub fn consume(&mut self, index: u32, arm: bool) -> Result<Option<u16>, u32> {
        let ahead = index.wrapping_sub(self.consumer) & COUNTER;
        if ahead > self.pending() {
            return Err(self.producer);
        }
        self.consumer = index & COUNTER;
        if !arm {
            return Ok(None);
        }
        self.armed = self.pending() == 0;
        Ok((!self.armed).then_some(self.layout.vector))
    }
}

/// The event queues of a function.
#[derive(Default)]
pub struct Eqs {
    live: BTreeMap<u8, Eq>,
    last: u8,
}

impl Eqs {
    /// Adds a queue if fewer than `limit` exist and returns its number; numbers are reused as late
    /// as possible.
    pub fn create(&mut self, layout: Layout, limit: usize) -> Option<u8> {
        if self.live.len() >= limit {
            return None;
        }
        let number = (1..=u8::MAX)
            .map(|step| self.last.wrapping_add(step))
            .find(|n| *n != 0 && !self.live.contains_key(n))?;
        self.last = number;
        self.live.insert(number, Eq::new(layout));
        Some(number)
    }

    /// Removes a queue and returns whether it existed.
    pub fn destroy(&mut self, number: u8) -> bool {
        self.live.remove(&number).is_some()
    }

    /// Returns a queue.
    pub fn get(&self, number: u8) -> Option<&Eq> {
        self.live.get(&number)
    }

    /// Returns a queue to change.
    pub fn get_mut(&mut self, number: u8) -> Option<&mut Eq> {
        self.live.get_mut(&number)
    }

    /// Returns the first queue that takes events of this type.
    pub fn taker(&mut self, kind: u8) -> Option<&mut Eq> {
        self.live.values_mut().find(|eq| eq.takes(kind))
    }

    /// Returns whether some queue takes events of this type.
    pub fn has_taker(&self, kind: u8) -> bool {
        self.live.values().any(|eq| eq.takes(kind))
    }

    /// Returns whether a queue uses this UAR page.
    pub fn uses_uar(&self, uar: u32) -> bool {
        self.live.values().any(|eq| eq.layout.uar == uar)
    }

    /// Returns the numbers of all queues.
    pub fn numbers(&self) -> Vec<u8> {
        self.live.keys().copied().collect()
    }

    /// Forgets all queues.
    pub fn clear(&mut self) {
        self.live.clear();
    }
}

#[cfg(test)]
mod tests;
