// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Waiting for firmware: by event or by polling, until an absolute deadline, and no longer than the
//! device lives.

use kernel::{
    prelude::*,
    sync::{atomic::Relaxed, Arc},
    time::{delay::fsleep, Delta}, //
};

use super::{Channel, Mode};
use crate::{deadline::Deadline, ring::Ring, ticket::Ticket};

/// How often a waiter looks whether the device still answers and whether an interrupt was lost.
const LIVENESS: Delta = Delta::from_millis(100);
/// First and longest pause between two looks at a slot while there are no events yet.
const POLL_FIRST: Delta = Delta::from_micros(10);
const POLL_LONGEST_US: i64 = 500;

impl<R: Ring> Channel<R> {
    /// Waits for the reply to `ticket`, which has been submitted.
    pub(super) fn wait(
        &self,
        ticket: &Arc<Ticket<R::Message>>,
        deadline: Deadline,
    ) -> Result<R::Reply> {
        let mut pause = POLL_FIRST;
        loop {
            let polled = !self.events.load(Relaxed);
            if polled {
                self.completed(u32::MAX);
            } else {
                let slice = deadline
                    .remaining()
                    .map_or(Delta::ZERO, |left| left.min(LIVENESS));
                if !ticket.done.wait(slice) {
                    // No event for a while: an interrupt may be lost, or the device.
                    self.completed(u32::MAX);
                    self.check_alive();
                }
            }
            if let Some(result) = self.settle(ticket, deadline.remaining().is_none()) {
                return result;
            }
            if polled {
                if pause.as_micros_ceil() == POLL_LONGEST_US {
                    self.check_alive();
                }
                pause = self.pause(pause);
            }
        }
    }

    fn check_alive(&self) {
        if !self.ring.alive() {
            self.kill();
        }
    }

    /// Decides whether the wait for `ticket` is over, and how.
    fn settle(&self, ticket: &Arc<Ticket<R::Message>>, expired: bool) -> Option<Result<R::Reply>> {
        let mut state = self.state.lock();
        let slot = state.slots.position(|t| Arc::ptr_eq(t, ticket));
        if let Some(slot) = slot.filter(|&slot| state.slots.is_returned(slot)) {
            let reply = self.ring.collect(slot, &ticket.message);
            state.slots.collect(slot);
            self.pump(&mut state);
            return Some(reply);
        }
        let place = state.queue.iter().position(|t| Arc::ptr_eq(t, ticket));
        let error = if state.mode == Mode::Dead {
            ENXIO
        } else if ticket.licence.is_revoked() {
            ENODEV
        } else if expired {
            ETIMEDOUT
        } else {
            return None;
        };
        if let Some(slot) = slot {
            state.slots.orphan(slot);
        }
        if let Some(place) = place {
            // The caller holds another reference, so nothing is freed under the lock.
            let _ = state.queue.remove(place);
        }
        Some(Err(error))
    }

    /// Waits until firmware has returned every command. Context: process. Returns whether it did
    /// before `deadline`.
    pub(crate) fn idle(&self, deadline: Deadline) -> bool {
        let mut pause = POLL_FIRST;
        loop {
            self.completed(u32::MAX);
            self.reclaim();
            {
                let state = self.state.lock();
                if state.slots.busy() == 0 && state.queue.is_empty() {
                    return true;
                }
            }
            if self.is_dead() || deadline.remaining().is_none() {
                return false;
            }
            pause = self.pause(pause);
            if pause.as_micros_ceil() == POLL_LONGEST_US {
                self.check_alive();
            }
        }
    }

    fn pause(&self, pause: Delta) -> Delta {
        fsleep(pause);
        Delta::from_micros((pause.as_micros_ceil() * 2).min(POLL_LONGEST_US))
    }
}
