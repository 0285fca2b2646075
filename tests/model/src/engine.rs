// SPDX-License-Identifier: GPL-2.0
//! The command engine: slots from doorbell to completion.
//!
//! A rung slot waits in line until the engine takes it: then its memory is read, and it ripens for
//! as long as the fault knobs say. All slots ripen at the same time; each is executed and answered
//! when its own time is up.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, VecDeque};

use crate::device::Device;
use crate::eq::{event, Event};
use crate::fault::Fate;
use crate::field::{get16, get32, get8, low8, put32};
use crate::firmware::{refused, Context, Request};
use crate::journal::{Outcome, Record};
use crate::memory::{Interrupts, Memory};
use crate::mutation::Mutation;
use crate::queue::{self, Fetched, Style, SLOTS};
use crate::status::Delivery;

/// How long the planted early completions run ahead of their replies.
const LEAD_US: u64 = 5_000;
/// cmdif_checksum: signatures are checked.
const CHECKSUM_ON: u64 = 3;

struct Pending {
    slot: u32,
    rung: u64,
    due: u64,
    /// A command event queue existed when the command was taken.
    evented: bool,
    command: Fetched,
    /// The reply, if it is to be written later than it was computed.
    reply: Option<Vec<u8>>,
}

/// Slots on their way.
#[derive(Default)]
pub struct Engine {
    line: VecDeque<(u32, u64)>,
    pending: Vec<Pending>,
    undelivered: u32,
    /// Token and inline reply of the last command of each slot, for the planted stale replies.
    last: BTreeMap<u32, (u8, [u8; 16])>,
}

/// What [`Device::step`] leaves to its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing to do until something is written.
    Idle,
    /// The next command is due at this time.
    At(u64),
    /// The device dies now.
    Die,
}

impl Engine {
    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Puts rung slots in line and returns those that already were on their way.
    pub fn ring(&mut self, slots: u32, now: u64) -> Vec<u32> {
        let rung: Vec<u32> = (0..SLOTS).filter(|slot| (slots >> slot) & 1 == 1).collect();
        let (busy, fresh): (Vec<u32>, Vec<u32>) =
            rung.into_iter().partition(|slot| self.has(*slot));
        self.line.extend(fresh.into_iter().map(|slot| (slot, now)));
        busy
    }

    fn has(&self, slot: u32) -> bool {
        self.line.iter().any(|(s, _)| *s == slot) || self.pending.iter().any(|p| p.slot == slot)
    }

    /// Returns whether a slot is on its way.
    pub fn is_busy(&self) -> bool {
        !self.line.is_empty() || !self.pending.is_empty()
    }

    /// Returns whether every completion has been told.
    pub fn undelivered_is_empty(&self) -> bool {
        self.undelivered == 0
    }

    /// Leaves the reply of a command for a little later.
    fn postpone(&mut self, mut pending: Pending, reply: Vec<u8>, now: u64) {
        pending.reply = Some(reply);
        pending.due = now.saturating_add(LEAD_US);
        self.pending.push(pending);
    }

    /// Remembers what a command leaves in its slot.
    fn remember(&mut self, pending: &Pending, reply: &[u8]) {
        let mut inline = [0; 16];
        for (to, from) in inline.iter_mut().zip(reply) {
            *to = *from;
        }
        let left = (pending.command.token, inline);
        self.last.insert(pending.slot, left);
    }

    fn pop_due(&mut self, now: u64) -> Option<Pending> {
        let ripe = self
            .pending
            .iter()
            .enumerate()
            .filter(|(_, p)| p.due <= now);
        let (at, _) = ripe.min_by_key(|(at, p)| (p.due, *at))?;
        Some(self.pending.remove(at))
    }
}

impl Device {
    /// Takes rung slots, executes ripe commands, and posts events.
    pub fn step(&mut self, now: u64, memory: &dyn Memory, lines: &mut dyn Interrupts) -> Next {
        if self.faults.stall || self.faults.dead || self.iseg.health.frozen.is_some() {
            return Next::Idle;
        }
        while let Some((slot, rung)) = self.engine.line.pop_front() {
            if !self.take(slot, rung, now, memory) {
                return Next::Die;
            }
        }
        while let Some(pending) = self.engine.pop_due(now) {
            self.finish(pending, now, memory, lines);
        }
        self.tell(memory, lines);
        self.announce(memory, lines);
        self.engine
            .pending
            .iter()
            .map(|p| p.due)
            .min()
            .map_or(Next::Idle, Next::At)
    }

    /// Reads a slot and lets it ripen; `false` if the device dies of it.
    fn take(&mut self, slot: u32, rung: u64, now: u64, memory: &dyn Memory) -> bool {
        let Some(base) = self.iseg.queue else {
            return true;
        };
        let signed = self.firmware.caps.general("cmdif_checksum") == CHECKSUM_ON;
        let evented = self.firmware.eqs.has_taker(event::COMMAND);
        let command = match queue::fetch(memory, base, slot, signed) {
            Ok(command) => command,
            Err(fault) => {
                self.violations.count(fault.kind, fault.what);
                if let Some(delivery) = fault.delivery {
                    queue::refuse(memory, base, slot, delivery);
                    self.engine.undelivered |= if evented { 1 << slot } else { 0 };
                    self.record(slot, rung, now, None, Outcome::Undelivered(delivery));
                }
                return true;
            }
        };
        let second = self.mutations.has(Mutation::DropSecond) && !self.engine.pending.is_empty();
        match self.faults.next(get16(&command.input, 0)) {
            Fate::Die => return false,
            Fate::Execute(delay) if !second => {
                let due = now.saturating_add(delay);
                self.engine.pending.push(Pending {
                    slot,
                    rung,
                    due,
                    evented,
                    command,
                    reply: None,
                });
            }
            _ => self.record(slot, rung, now, Some(&command), Outcome::Dropped),
        }
        true
    }

    fn finish(
        &mut self,
        mut pending: Pending,
        now: u64,
        memory: &dyn Memory,
        lines: &mut dyn Interrupts,
    ) {
        let style = self.style();
        let delivery = if self.mutations.has(Mutation::DeliveryLie) && pending.evented {
            Delivery::InputLength
        } else {
            Delivery::Ok
        };
        if pending.reply.is_none() {
            let reply = self.answer(&pending.command, memory);
            let early = [Mutation::EarlyEqe, Mutation::EarlyRelease]
                .map(|m| self.mutations.has(m) && pending.evented);
            if early != [false, false] {
                if early[1] {
                    pending.command.release(memory, delivery, style);
                }
                self.engine.undelivered |= 1 << pending.slot;
                self.tell(memory, lines);
                self.engine.postpone(pending, reply, now);
                return;
            }
            if self.mislead(&pending, memory, lines) {
                self.engine.postpone(pending, reply, now);
                return;
            }
            pending.command.write(memory, &reply, style);
            pending.command.release(memory, delivery, style);
            self.engine.undelivered |= if pending.evented {
                1 << pending.slot
            } else {
                0
            };
            pending.reply = Some(reply);
        } else if let Some(reply) = &pending.reply {
            pending.command.write(memory, reply, style);
            pending.command.restore(memory);
            pending.command.release(memory, delivery, style);
            if self.mutations.has(Mutation::StaleReply) {
                self.engine.undelivered |= 1 << pending.slot;
            }
        }
        let reply = pending.reply.take().unwrap_or_default();
        self.engine.remember(&pending, &reply);
        let outcome = Outcome::Answered(get8(&reply, 0), get32(&reply, 4));
        self.record(
            pending.slot,
            pending.rung,
            now,
            Some(&pending.command),
            outcome,
        );
    }

    /// Gives a slot back with what its last command left there, if that lie is planted; returns
    /// whether it is.
    fn mislead(
        &mut self,
        pending: &Pending,
        memory: &dyn Memory,
        lines: &mut dyn Interrupts,
    ) -> bool {
        let planted = self.mutations.has(Mutation::StaleReply) && pending.evented;
        let last = self.engine.last.get(&pending.slot).copied();
        let Some((token, inline)) = last.filter(|_| planted) else {
            return false;
        };
        pending.command.mislead(memory, token, inline);
        self.engine.undelivered |= 1 << pending.slot;
        self.tell(memory, lines);
        true
    }

    /// Executes a command, or fails it if the knobs say so.
    fn answer(&mut self, command: &Fetched, memory: &dyn Memory) -> Vec<u8> {
        let request = Request {
            input: &command.input,
            outlen: command.outlen,
        };
        if let Some(failure) = self.faults.fail.get(&request.opcode()) {
            return refused(failure.status, failure.syndrome);
        }
        let mut context = Context {
            memory,
            violations: &mut self.violations,
            mutations: &self.mutations,
        };
        let mut reply = self.firmware.execute(&request, &mut context);
        let bring_up = request.opcode() < 0x200 && request.opcode() != 0x100;
        let ok = get8(&reply, 0) == 0;
        if let Some(status) = reply.first_mut() {
            if self.mutations.has(Mutation::StatusFlip) && ok && !bring_up {
                *status = 1;
            }
            if self.mutations.has(Mutation::StatusLost) && !ok {
                *status = 0;
            }
        }
        if self.mutations.has(Mutation::AllZero) {
            reply.fill(0);
        }
        reply
    }

    fn style(&self) -> Style {
        Style {
            sign: self.firmware.caps.general("cmdif_checksum") == CHECKSUM_ON,
            wrong_token: self.mutations.has(Mutation::WrongToken),
            cut: self.mutations.has(Mutation::ShortReply),
            overrun: self.mutations.has(Mutation::IgnoreOutlen),
        }
    }

    /// Tells software which slots completed, all in one event.
    fn tell(&mut self, memory: &dyn Memory, lines: &mut dyn Interrupts) {
        let slots = std::mem::take(&mut self.engine.undelivered);
        if slots == 0 {
            return;
        }
        let named = if self.mutations.has(Mutation::WrongSlot) {
            slots.rotate_left(1)
        } else {
            slots
        };
        let mut data = [0; 28];
        put32(&mut data, 0, named);
        let event = Event {
            kind: event::COMMAND,
            subtype: 0,
            data,
        };
        let times = 1 + u8::from(self.mutations.has(Mutation::DoubleEqe));
        for _ in 0..times {
            if !self.post(&event, memory, lines) {
                self.engine.undelivered = slots;
            }
        }
    }

    fn record(
        &mut self,
        slot: u32,
        rung: u64,
        now: u64,
        command: Option<&Fetched>,
        outcome: Outcome,
    ) {
        let mut head = [0; 16];
        let input = command.map_or(&[][..], |c| &c.input);
        for (to, from) in head.iter_mut().zip(input) {
            *to = *from;
        }
        self.journal.add(Record {
            at: rung,
            took: now.saturating_sub(rung),
            slot,
            token: command.map_or(0, |c| low8(c.token.into())),
            head,
            inlen: input.len(),
            outlen: command.map_or(0, |c| c.outlen),
            outcome,
        });
    }
}
