// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The firmware channel: commands in, replies out, nobody stuck.
//!
//! One lock (interrupts off) guards the slot table, the queue of commands that wait for a slot, and
//! the mode. The interrupt handler only marks slots as returned and wakes waiters; everything that
//! frees memory runs in process context. The memory of a command belongs to its slot until firmware
//! returns it (see [`crate::slots`]).
//!
//! A channel lives for one generation of the device: it is made for a bring-up and is dead for good
//! once [`Channel::kill`] ran. A reset makes a new one, so nothing of the old generation can be
//! mistaken for the new.

mod wait;

use kernel::{
    new_spinlock_irq,
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc, SpinLockIrq,
    },
};

use crate::{
    deadline::Deadline,
    handle::Mortal,
    ring::Ring,
    slots::{Lane, SlotTable},
    ticket::{Licence, Ticket}, //
};

/// Who may use the channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mode {
    /// Bring-up or tear-down: only the owner.
    Owner,
    /// Clients too.
    Up,
    /// The device does not answer, or is not allowed to any more. Final.
    Dead,
}

struct State<M> {
    mode: Mode,
    slots: SlotTable<Arc<Ticket<M>>>,
    /// Commands that wait for a slot, in order of arrival.
    queue: KVec<Arc<Ticket<M>>>,
}

/// A command that firmware has answered.
pub struct Done<R: Ring> {
    /// What firmware left in the slot.
    pub reply: R::Reply,
    ticket: Arc<Ticket<R::Message>>,
}

impl<R: Ring> Done<R> {
    /// Returns the command's memory, now holding the reply.
    pub fn message(&self) -> &R::Message {
        &self.ticket.message
    }
}

/// The firmware channel of one core device, for one generation of it.
///
/// Made through [`crate::owner::Booting`]; shared with the interrupt handler, which may only report
/// returned slots.
#[pin_data]
pub struct Channel<R: Ring> {
    ring: R,
    /// Whether returned slots are announced by interrupts; polled until then.
    events: Atomic<bool>,
    #[pin]
    state: SpinLockIrq<State<R::Message>>,
}

impl<R: Ring> Channel<R> {
    pub(crate) fn new(ring: R, reserved: usize) -> Result<Arc<Self>> {
        let count = ring.slots();
        let state = State {
            mode: Mode::Owner,
            slots: SlotTable::new(count, reserved, (count / 2).max(1)),
            queue: KVec::new(),
        };
        Arc::pin_init(
            try_pin_init!(Self {
                ring,
                events: Atomic::new(false),
                state <- new_spinlock_irq!(state),
            }),
            GFP_KERNEL,
        )
    }

    /// Returns the ring below. Context: any.
    pub fn ring(&self) -> &R {
        &self.ring
    }

    /// Looks at the slots in `mask` and wakes the waiters of those that firmware has returned.
    /// Context: any, hard interrupt included.
    ///
    /// Returns whether [`Self::reclaim`] has work to do.
    pub fn completed(&self, mask: u32) -> bool {
        let mut orphans = false;
        let mut state = self.state.lock();
        let mut left = mask & state.slots.posted();
        while left != 0 {
            let slot = left.trailing_zeros() as usize; // CAST: at most 31.
            left &= left - 1;
            let Some(token) = self.ring.returned(slot) else {
                continue;
            };
            match state.slots.returned(slot, token) {
                Some((_, true)) => orphans = true,
                Some((ticket, false)) => ticket.done.complete(),
                None => (),
            }
        }
        orphans
    }

    /// Frees the slots of commands whose waiters have left and that firmware has returned since.
    /// Context: process.
    pub fn reclaim(&self) {
        loop {
            let (ticket, reply) = {
                let mut state = self.state.lock();
                let Some((slot, ticket)) = state.slots.take_orphan() else {
                    return;
                };
                let reply = self.ring.collect(slot, &ticket.message);
                self.pump(&mut state);
                (ticket, reply)
            };
            self.ring.late(&ticket.message, reply);
        }
    }

    /// Switches from polling to events, or back.
    pub(crate) fn set_events(&self, on: bool) {
        self.events.store(on, Relaxed);
    }

    pub(crate) fn set_up(&self, up: bool) {
        let mut state = self.state.lock();
        if state.mode != Mode::Dead {
            state.mode = if up { Mode::Up } else { Mode::Owner };
        }
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.state.lock().mode == Mode::Dead
    }

    /// Declares the device dead: every waiter returns `ENXIO` at once, every later command fails
    /// with it.
    pub(crate) fn kill(&self) {
        let queue = {
            let mut state = self.state.lock();
            state.mode = Mode::Dead;
            state.slots.each_posted(|_, ticket| {
                ticket.done.complete();
                true
            });
            core::mem::replace(&mut state.queue, KVec::new())
        };
        for ticket in &queue {
            ticket.done.complete();
        }
    }

    /// Takes the right to use the channel from all commands under `licence`: their waiters return
    /// `ENODEV` at once.
    pub(crate) fn revoke(&self, licence: &Arc<Licence>) {
        let mut state = self.state.lock();
        licence.revoke();
        state.slots.each_posted(|_, ticket| {
            let mine = Arc::ptr_eq(&ticket.licence, licence);
            if mine {
                ticket.done.complete();
            }
            mine
        });
        // Waiters take their commands out of the queue themselves; `pump` passes them over.
        for ticket in &state.queue {
            if Arc::ptr_eq(&ticket.licence, licence) {
                ticket.done.complete();
            }
        }
    }

    /// Executes one command and waits for its reply. Context: process.
    ///
    /// # Errors
    ///
    /// Those of [`Client::exec`](crate::client::Client::exec).
    pub(crate) fn exec(
        &self,
        licence: &Arc<Licence>,
        owner: bool,
        lane: Lane,
        message: R::Message,
        deadline: Deadline,
    ) -> Result<Done<R>> {
        let ticket = Ticket::new(message, licence.clone(), lane, false)?;
        self.submit(ticket.clone(), owner)?;
        let reply = self.wait(&ticket, deadline);
        self.reclaim();
        Ok(Done {
            reply: reply?,
            ticket,
        })
    }

    /// Sends one command that nobody waits for; its memory is reclaimed when firmware returns it.
    /// Context: process.
    ///
    /// # Errors
    ///
    /// Those of [`Client::send`](crate::client::Client::send).
    pub(crate) fn send(
        &self,
        licence: &Arc<Licence>,
        owner: bool,
        lane: Lane,
        message: R::Message,
    ) -> Result {
        self.submit(Ticket::new(message, licence.clone(), lane, true)?, owner)
    }

    /// Frees the memory of all commands. The caller has made sure that the device can no longer
    /// write to it.
    pub(crate) fn purge(&self) {
        loop {
            let item = self.state.lock().slots.purge();
            if item.is_none() {
                return;
            }
        }
    }

    fn submit(&self, ticket: Arc<Ticket<R::Message>>, owner: bool) -> Result {
        // Declared before the guard, so that a refused command is freed after the lock is dropped.
        let _keep = ticket.clone();
        let mut state = self.state.lock();
        match state.mode {
            Mode::Dead => return Err(ENXIO),
            Mode::Owner if !owner => return Err(EBUSY),
            _ => (),
        }
        if ticket.licence.is_revoked() {
            return Err(ENODEV);
        }
        let queued = state.queue.iter().any(|t| t.lane == ticket.lane);
        if queued || !state.slots.admits(ticket.lane) {
            state.queue.push(ticket, GFP_ATOMIC)?;
        } else {
            self.post(&mut state, ticket);
        }
        Ok(())
    }

    /// Posts as many queued commands as there is room for.
    fn pump(&self, state: &mut State<R::Message>) {
        let mut i = 0;
        while i < state.queue.len() {
            let ticket = &state.queue[i];
            if ticket.licence.is_revoked() || !state.slots.admits(ticket.lane) {
                i += 1;
                continue;
            }
            let Ok(ticket) = state.queue.remove(i) else {
                return;
            };
            self.post(state, ticket);
        }
    }

    fn post(&self, state: &mut State<R::Message>, ticket: Arc<Ticket<R::Message>>) {
        let keep = ticket.clone();
        if let Ok(slot) = state.slots.post(keep.lane, R::token(&keep.message), ticket) {
            if keep.detached {
                state.slots.orphan(slot);
            }
            self.ring.post(slot, &keep.message);
        }
    }
}

impl<R: Ring> Mortal for Channel<R> {
    fn kill(&self) {
        Channel::kill(self);
    }
}
