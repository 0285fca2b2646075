// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Waiting for firmware: by event or by polling, until an absolute deadline, and no longer than the
//! device lives.

use kernel::{
    prelude::*,
    sync::{atomic::Relaxed, Arc},
    time::{delay::fsleep, Delta}, //
};

use super::{account::Watch, Channel, Done, Entry, Mode, State};
use crate::{client::Unanswered, deadline::Deadline, ring::Ring, ticket::Ticket};

/// How often somebody looks whether the device still answers and whether an interrupt was lost,
/// while commands are under way.
pub(super) const LIVENESS: Delta = Delta::from_millis(100);
/// How far apart two looks are at least: many may wait, and who waits alone is to look each time.
pub(super) const APART: Delta = Delta::from_millis(50);
/// First and longest pause between two looks at a slot while there are no events yet. Many
/// functions may come up at once.
const POLL_FIRST: Delta = Delta::from_micros(10);
const POLL_LONGEST_US: i64 = 2000;

impl<R: Ring> Channel<R> {
    /// Executes one command and waits for its reply. Context: process.
    ///
    /// # Errors
    ///
    /// Those of [`Client::exec`](crate::client::Client::exec).
    pub(crate) fn exec(&self, ticket: Arc<Ticket<R>>, owner: bool) -> Result<Done<R>, Unanswered> {
        let entry = Entry {
            ticket: ticket.clone(),
            completion: None,
            watch: Watch::start(),
        };
        self.enter(entry, owner).map_err(Unanswered::Unsent)?;
        let reply = self.wait(&ticket)?;
        Ok(Done { reply, ticket })
    }

    /// Waits for the reply to `ticket`, which has been posted or queued.
    fn wait(&self, ticket: &Arc<Ticket<R>>) -> Result<R::Reply, Unanswered> {
        let mut pause = POLL_FIRST;
        loop {
            let polled = !self.events.load(Relaxed);
            if polled {
                self.completed(u32::MAX);
            } else {
                let slice = ticket
                    .deadline
                    .remaining()
                    .map_or(Delta::ZERO, |left| left.min(LIVENESS));
                if !ticket.done.wait(slice) {
                    // No event for a while: an interrupt may be lost, or the device.
                    self.completed(u32::MAX);
                    self.check_alive();
                }
            }
            if let Some(result) = self.settle(ticket) {
                return result;
            }
            if polled {
                self.check_alive();
                pause = self.pause(pause);
            }
        }
    }

    /// Looks whether the device still answers, unless somebody has just done so: a look reads
    /// registers, which takes the bus its time. A device that does not answer is dead.
    pub(super) fn check_alive(&self) {
        {
            let mut state = self.state.lock();
            if state.look.remaining().is_some() {
                return;
            }
            state.look = Deadline::after(APART);
        }
        if !self.ring.alive() {
            self.kill();
        }
    }

    /// Decides whether the wait for `ticket` is over, and how.
    fn settle(&self, ticket: &Arc<Ticket<R>>) -> Option<Result<R::Reply, Unanswered>> {
        // Declared before the guard, so that its references are dropped after the lock.
        let _entry;
        let mut state = self.state.lock();
        let state = &mut *state;
        if let Some(reply) = ticket.reply.access_mut(state).take() {
            return Some(reply.map_err(Unanswered::Lost));
        }
        let error = state.verdict(ticket)?;
        let is_it = |entry: &Entry<R>| Arc::ptr_eq(&entry.ticket, ticket);
        let slot = state.slots.position(is_it);
        self.tell_given_up(&mut state.stats, ticket, slot, error);
        if let Some(slot) = slot {
            state.slots.orphan(slot);
        }
        let place = state.line.find_in(ticket.lane, is_it);
        Some(Err(
            match place.and_then(|place| state.line.remove(place)) {
                Some(entry) => {
                    _entry = entry;
                    Unanswered::Unsent(error)
                }
                None => Unanswered::Lost(error),
            },
        ))
    }

    /// Waits until firmware has returned every command. Context: process. Returns whether it did
    /// before `deadline`.
    pub(crate) fn idle(&self, deadline: Deadline) -> bool {
        let mut pause = POLL_FIRST;
        loop {
            self.completed(u32::MAX);
            self.flush();
            {
                let state = self.state.lock();
                let firmware = state.slots.busy() == 0 && state.line.is_empty();
                if firmware && state.returned.is_empty() && !state.context.ending {
                    return true;
                }
            }
            if self.is_dead() || deadline.remaining().is_none() {
                return false;
            }
            self.check_alive();
            pause = self.pause(pause);
        }
    }

    fn pause(&self, pause: Delta) -> Delta {
        fsleep(pause);
        Delta::from_micros((pause.as_micros_ceil() * 2).min(POLL_LONGEST_US))
    }
}

impl<R: Ring> State<R> {
    /// Wakes who waits for the commands that satisfy `f`; what is waited for in a slot becomes an
    /// orphan. Waiters take their commands out of the queue themselves; `pump` passes them over.
    pub(super) fn wake(&mut self, f: impl Fn(&Ticket<R>) -> bool) {
        self.slots.each_posted(|entry| {
            let waited = entry.completion.is_none() && f(&entry.ticket);
            if waited {
                entry.ticket.done.complete();
            }
            waited
        });
        self.line.each(|entry| {
            if f(&entry.ticket) {
                entry.ticket.done.complete();
            }
        });
        self.context.kick_all();
    }

    /// Returns why the command of `ticket` is over without a reply, if it is.
    pub(super) fn verdict(&self, ticket: &Ticket<R>) -> Option<Error> {
        if self.mode == Mode::Dead {
            Some(ENXIO)
        } else if ticket.licence.is_revoked() {
            Some(ENODEV)
        } else {
            ticket.deadline.remaining().is_none().then_some(ETIMEDOUT)
        }
    }
}
