// SPDX-License-Identifier: GPL-2.0
//! One function behind its BAR0: registers, doorbells, and the state everything else hangs on.
//!
//! The device knows neither sockets nor threads. Accesses come in with the time, memory and
//! interrupts are traits, and whoever owns it calls [`Device::step`] when commands are due.
#![forbid(unsafe_code)]

use crate::engine::Engine;
use crate::eq::{event, EqeStyle, Event, Posted};
use crate::fault::Faults;
use crate::field::low32;
use crate::firmware::{Firmware, Hca, FIRST_UAR};
use crate::identity::Identity;
use crate::iseg::{Iseg, IsegWrite, View, ISEG};
use crate::journal::Journal;
use crate::memory::{Interrupts, Memory};
use crate::mutation::{Mutation, Mutations};
use crate::violation::{Kind, Violations};

/// Bytes of a UAR page.
const UAR: u64 = 4096;
const EQ_ARM: u64 = 0x40;
const EQ_UPDATE: u64 = 0x48;
/// The syndrome of firmware that hit an assertion.
const SYND_ASSERT: u8 = 1;
/// Events kept while their queue is full.
const MAX_BACKLOG: usize = 64;

/// The function.
pub struct Device {
    /// Firmware state.
    pub firmware: Firmware,
    /// Fault knobs.
    pub faults: Faults,
    /// Planted lies.
    pub mutations: Mutations,
    /// What the driver did wrong.
    pub violations: Violations,
    /// What was executed.
    pub journal: Journal,
    /// The init segment.
    pub iseg: Iseg,
    /// Pages to ask for (or, if negative, to offer) once the driver can be told.
    pub regular_pages: i64,
    pub(crate) engine: Engine,
    regular_asked: bool,
    released_while_enabled: bool,
}

impl Device {
    /// Returns a function after power-on.
    pub fn new(identity: Identity) -> Self {
        Self {
            firmware: Firmware::new(identity),
            faults: Faults::default(),
            mutations: Mutations::default(),
            violations: Violations::default(),
            journal: Journal::default(),
            iseg: Iseg::default(),
            regular_pages: 0,
            engine: Engine::default(),
            regular_asked: false,
            released_while_enabled: false,
        }
    }

    /// Function reset: by configuration write, by the client, or by disconnect.
    pub fn reset(&mut self) {
        self.journal.remark("function reset");
        self.released_while_enabled = false;
        self.regular_asked = false;
        self.firmware.reset();
        self.iseg.reset();
        self.engine.reset();
    }

    /// Firmware dies: its state is gone, it asks for a reset, and until then it answers nothing.
    pub fn crash(&mut self) {
        self.reset();
        self.iseg.health = crate::iseg::Health {
            synd: SYND_ASSERT,
            rfr: true,
            ..self.iseg.health
        };
    }

    /// Firmware is well again; if it was dead it starts afresh.
    pub fn heal(&mut self) {
        if self.iseg.health.rfr {
            self.reset();
        }
        self.iseg.health.synd = 0;
    }

    /// Reads BAR0. UAR pages and what lies behind the init segment read as zero.
    pub fn read(&self, offset: u64, data: &mut [u8], now: u64) {
        let view = self.view(now);
        for (n, byte) in data.iter_mut().enumerate() {
            let at = offset.saturating_add(n as u64);
            let word = if at < ISEG {
                self.iseg.word(at & !3, &view)
            } else {
                0
            };
            *byte = word
                .to_be_bytes()
                .get(crate::field::index(at & 3))
                .copied()
                .unwrap_or(0);
        }
    }

    /// Reads one word of BAR0.
    pub fn read_word(&self, offset: u64, now: u64) -> u32 {
        let mut word = [0; 4];
        self.read(offset, &mut word, now);
        u32::from_be_bytes(word)
    }

    fn view(&self, now: u64) -> View {
        let mut fw = self.firmware.identity.fw;
        if self.mutations.has(Mutation::VersionSplit) {
            fw.sub = fw.sub.wrapping_add(1);
        }
        let frozen = self.mutations.has(Mutation::HealthFrozen);
        let revision = self.mutations.has(Mutation::CmdifRevision).then_some(4);
        let khz = self.firmware.caps.general("device_frequency_khz");
        View {
            fw,
            revision,
            now: if frozen { 0 } else { now },
            khz,
        }
    }

    /// Writes BAR0; returns whether [`Device::step`] has something to do.
    pub fn write(
        &mut self,
        offset: u64,
        data: &[u8],
        now: u64,
        lines: &mut dyn Interrupts,
    ) -> bool {
        let words = data.chunks(4).enumerate();
        let mut kick = false;
        for (n, chunk) in words {
            let at = offset.saturating_add(4 * n as u64);
            let Ok(bytes) = <[u8; 4]>::try_from(chunk) else {
                let what = format!("{} bytes were written to BAR0 at {offset:#x}", data.len());
                self.violations.count(Kind::Mmio, what);
                continue;
            };
            let word = u32::from_be_bytes(bytes);
            kick |= if at % 4 != 0 {
                self.violations.count(
                    Kind::Mmio,
                    format!("BAR0 was written at {at:#x}, which is not aligned"),
                );
                false
            } else if at < u64::from(FIRST_UAR) * UAR {
                self.write_iseg(at, word, now)
            } else {
                self.write_uar(low32(at / UAR), at % UAR, word, lines)
            };
        }
        kick
    }

    fn write_iseg(&mut self, at: u64, word: u32, now: u64) -> bool {
        match self.iseg.write(at, word) {
            IsegWrite::Nothing => false,
            IsegWrite::Doorbell(slots) => {
                self.ring(slots, now);
                true
            }
            IsegWrite::Queue(before, base) => {
                let alive = self.firmware.hca != Hca::Off || self.engine.is_busy();
                if alive && before != Some(base) {
                    let what = format!(
                        "The command queue moved from {before:x?} to {base:#x} while in use"
                    );
                    self.violations.count(Kind::Queue, what);
                }
                false
            }
            IsegWrite::SoftwareReset => {
                self.reset();
                self.iseg.nic_interface = 1;
                false
            }
            IsegWrite::ReadOnly => {
                let what = format!("{word:#x} was written to BAR0 at {at:#x}, which is read-only");
                self.violations.count(Kind::Mmio, what);
                false
            }
        }
    }

    fn ring(&mut self, slots: u32, now: u64) {
        if self.iseg.health.rfr {
            return;
        }
        if slots == 0 {
            self.violations.count(
                Kind::EmptyDoorbell,
                "The doorbell was rung for no slot".into(),
            );
        }
        if self.iseg.queue.is_none() {
            self.violations.count(
                Kind::Queue,
                "The doorbell was rung before a queue was set".into(),
            );
            return;
        }
        if self.released_while_enabled {
            self.left_enabled();
        }
        for busy in self.engine.ring(slots, now) {
            let what = format!("Slot {busy} was rung while its command was executing");
            self.violations.count(Kind::BusySlot, what);
        }
    }

    fn write_uar(&mut self, page: u32, at: u64, word: u32, lines: &mut dyn Interrupts) -> bool {
        if self.firmware.uars.owner(page).is_none() {
            let what = format!("BAR0 was written in UAR {page} at {at:#x}, which is not allocated");
            self.violations.count(Kind::Mmio, what);
            return false;
        }
        if at == EQ_ARM || at == EQ_UPDATE {
            self.eq_doorbell(page, word, at == EQ_ARM, lines);
        }
        // Queues of work and completion do not exist, so their doorbells ring nothing.
        !self.engine.undelivered_is_empty() || !self.firmware.events.is_empty()
    }

    fn eq_doorbell(&mut self, page: u32, word: u32, arm: bool, lines: &mut dyn Interrupts) {
        let number = crate::field::low8(word >> 24);
        let Some(eq) = self
            .firmware
            .eqs
            .get_mut(number)
            .filter(|eq| eq.layout.uar == page)
        else {
            let what = format!(
                "The doorbell of event queue {number} was rung on UAR {page}, where it is not"
            );
            self.violations.count(Kind::EqDoorbell, what);
            return;
        };
        match eq.consume(word & 0xff_ffff, arm) {
            Ok(Some(vector)) => lines.fire(self.vector(vector)),
            Ok(None) => {}
            Err(producer) => {
                let index = word & 0xff_ffff;
                let what =
                    format!("Event queue {number} has {producer} events, {index} were consumed");
                self.violations.count(Kind::EqDoorbell, what);
            }
        }
    }

    fn vector(&self, vector: u16) -> u16 {
        vector + u16::from(self.mutations.has(Mutation::WrongVector))
    }

    /// Bus mastering was switched. A driver that lets go of an enabled function is remembered; it
    /// is counted when the function is used again or the run ends, and forgotten if a reset
    /// follows, because then it was not the driver.
    pub fn bus_master(&mut self, on: bool) {
        if on && self.released_while_enabled {
            self.left_enabled();
        }
        self.released_while_enabled = !on && self.firmware.hca != Hca::Off;
    }

    /// Counts a function left enabled, if it was.
    pub fn end(&mut self) {
        if self.released_while_enabled {
            self.left_enabled();
        }
    }

    fn left_enabled(&mut self) {
        self.released_while_enabled = false;
        let held = self.firmware.pages.held();
        let what = format!(
            "The driver let go of a function that was {:?} and owned {held} pages",
            self.firmware.hca
        );
        self.violations.count(Kind::LeftEnabled, what);
    }

    /// Puts an event into the queue that takes it; returns whether it found one with room.
    pub(crate) fn post(
        &mut self,
        event: &Event,
        memory: &dyn Memory,
        lines: &mut dyn Interrupts,
    ) -> bool {
        let style = EqeStyle {
            wrong_owner: self.mutations.has(Mutation::WrongOwner),
        };
        let quiet = event.kind == event::COMMAND && self.mutations.has(Mutation::LostInterrupt);
        let Some(eq) = self.firmware.eqs.taker(event.kind) else {
            return true;
        };
        match eq.post(memory, event, style) {
            Posted::Fire(vector) => {
                if !quiet {
                    lines.fire(self.vector(vector));
                }
                true
            }
            Posted::Quiet => true,
            Posted::Full => {
                self.violations.count(
                    Kind::EqOverflow,
                    format!("The queue of event {:#x} is full", event.kind),
                );
                false
            }
            Posted::NoMemory => {
                let what = format!(
                    "The queue of event {:#x} is no longer guest memory",
                    event.kind
                );
                self.violations.count(Kind::EqMemory, what);
                true
            }
        }
    }

    /// Posts what firmware has to say, and asks for run-time pages once there is a queue to ask on.
    pub(crate) fn announce(&mut self, memory: &dyn Memory, lines: &mut dyn Interrupts) {
        let ready =
            self.firmware.hca == Hca::Ready && self.firmware.eqs.has_taker(event::PAGE_REQUEST);
        if !ready {
            self.regular_asked = false;
        } else if !self.regular_asked {
            self.regular_asked = true;
            if self.regular_pages != 0 {
                self.request_pages(self.regular_pages);
            }
        }
        let mut kept = Vec::new();
        for event in std::mem::take(&mut self.firmware.events) {
            if !self.post(&event, memory, lines) && kept.len() < MAX_BACKLOG {
                kept.push(event);
            }
        }
        self.firmware.events = kept;
    }

    /// Asks the driver for pages, or offers some back.
    pub fn request_pages(&mut self, count: i64) {
        self.firmware.pages.request(count);
        let mut data = [0; 28];
        let count = i32::try_from(count).unwrap_or(0);
        crate::field::put(&mut data, 4, &count.to_be_bytes());
        self.firmware.events.push(Event {
            kind: event::PAGE_REQUEST,
            subtype: 0,
            data,
        });
    }
}

#[cfg(test)]
mod tests;
