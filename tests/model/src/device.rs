// SPDX-License-Identifier: GPL-2.0
//! One function behind its BAR0: registers, doorbells, and the state everything else hangs on.
//!
//! The device knows neither sockets nor threads. Accesses come in with the time, memory and
//! interrupts are traits, and whoever owns it calls [`Device::step`] when commands are due.
#![forbid(unsafe_code)]

mod mmio;

use crate::engine::Engine;
use crate::eq::{event, EqeStyle, Event, Posted};
use crate::fault::Faults;
use crate::firmware::{Firmware, Hca};
use crate::identity::Identity;
use crate::iseg::Iseg;
use crate::journal::Journal;
use crate::memory::{Interrupts, Memory};
use crate::mutation::{Mutation, Mutations};
use crate::start::Start;
use crate::violation::{Kind, Violations};

/// The syndrome of firmware that hit an assertion.
const SYND_ASSERT: u8 = 1;
/// Sub-types of a port change.
const PORT_DOWN: u8 = 1;
const PORT_UP: u8 = 4;
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
    /// The way to working firmware.
    pub start: Start,
    /// Pages to ask for (or, if negative, to offer) once the driver can be told.
    pub regular_pages: i64,
    /// Port changes still to be told, as fast as the driver listens.
    pub storm: u64,
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
            start: Start::default(),
            regular_pages: 0,
            storm: 0,
            engine: Engine::default(),
            regular_asked: false,
            released_while_enabled: false,
        }
    }

    /// Function reset: by configuration write, by the client, or by disconnect.
    pub fn reset(&mut self) {
        self.journal.remark("function reset");
        self.forget();
        self.start.reset();
    }

    fn forget(&mut self) {
        self.released_while_enabled = false;
        self.regular_asked = false;
        self.storm = 0;
        self.firmware.reset();
        self.iseg.reset();
        self.engine.reset();
    }

    /// Firmware dies: its state is gone, it asks for a reset, and until then it answers nothing.
    pub fn crash(&mut self) {
        self.journal.remark("firmware dies");
        self.forget();
        self.iseg.health = crate::iseg::Health {
            synd: SYND_ASSERT,
            rfr: true,
            ..self.iseg.health
        };
    }

    /// Firmware hangs: its counter stops, its state stays, and it takes no command until a reset.
    pub fn hang(&mut self, now: u64) {
        self.journal.remark("firmware hangs");
        self.iseg.health.frozen = Some(self.iseg.counter(now));
    }

    /// A port went up or down.
    pub fn change_port(&mut self, port: u8, up: bool) {
        self.firmware.events.push(port_change(port, up));
    }

    /// Returns whether the queue that takes an event is at most half full.
    fn has_room(&mut self, kind: u8) -> bool {
        self.firmware
            .eqs
            .taker(kind)
            .is_some_and(|eq| !eq.is_half_full())
    }

    /// Firmware is well again; if it was dead it starts afresh.
    pub fn heal(&mut self) {
        if self.iseg.health.rfr {
            self.reset();
        }
        self.iseg.health.synd = 0;
        self.iseg.health.frozen = None;
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

    /// Returns the vector to fire for a queue's vector.
    fn vector(&self, vector: u16) -> u16 {
        vector + u16::from(self.mutations.has(Mutation::WrongVector))
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
        while self.storm > 0 && self.has_room(event::PORT_CHANGE) {
            self.storm -= 1;
            let event = port_change(1, self.storm % 2 == 0);
            self.post(&event, memory, lines);
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

fn port_change(port: u8, up: bool) -> Event {
    let mut data = [0; 28];
    crate::field::put(&mut data, 8, &[port << 4]);
    Event {
        kind: event::PORT_CHANGE,
        subtype: if up { PORT_UP } else { PORT_DOWN },
        data,
    }
}

#[cfg(test)]
mod tests;
