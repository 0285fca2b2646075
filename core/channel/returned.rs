// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! What firmware returned: out of its slot at once, to who waits for it or to the context.
//!
//! The slot goes to the next command before anybody has been told, so what firmware does next does
//! not depend on when a program or a work context runs.

use kernel::prelude::*;

use super::{Channel, Entry, State};
use crate::{
    ring::Ring,
    slots::{bits, MAX_SLOTS}, //
};

/// The commands that firmware returned and that the context ends: those that were submitted, and
/// those whose waiters have left. There is room for as many as have slots; what finds none stays in
/// its slot until there is.
pub(super) struct Returned<R: Ring> {
    commands: KVec<(Entry<R>, Result<R::Reply>)>,
    /// A command found no room.
    more: bool,
}

impl<R: Ring> Returned<R> {
    /// Errors: `ENOMEM`.
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            commands: KVec::with_capacity(MAX_SLOTS, GFP_KERNEL)?,
            more: false,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// Returns whether there is room for one more; if not, that is remembered.
    fn has_room(&mut self) -> bool {
        let room = self.commands.len() < MAX_SLOTS;
        self.more |= !room;
        room
    }

    /// Puts in a command for which there is room.
    fn push(&mut self, entry: Entry<R>, reply: Result<R::Reply>) {
        // See `has_room`.
        let _ = self.commands.push_within_capacity((entry, reply));
    }

    /// Takes the first command out.
    pub(super) fn pop(&mut self) -> Option<(Entry<R>, Result<R::Reply>)> {
        self.commands.remove(0).ok()
    }

    /// Returns whether a command found no room since the last call.
    pub(super) fn had_more(&mut self) -> bool {
        core::mem::take(&mut self.more)
    }
}

impl<R: Ring> Channel<R> {
    /// Takes what firmware has returned out of the slots in `mask`, wakes who waits for it, and
    /// gives the slots to the next commands. Returns how many commands firmware had returned: never
    /// more than were posted, so an event that stands for one is no noise. Context: any, hard
    /// interrupt included.
    pub fn completed(&self, mask: u32) -> u32 {
        self.take_all(&mut self.state.lock(), mask)
    }

    /// As [`Channel::completed`], with the lock held.
    pub(super) fn take_all(&self, state: &mut State<R>, mask: u32) -> u32 {
        let mut taken = 0;
        for slot in bits(mask & state.slots.busy()) {
            taken += u32::from(self.take(state, slot));
        }
        self.pump(state);
        self.tell_held(state);
        taken
    }

    /// Takes the command out of `slot` if firmware has returned it. Returns whether it has.
    fn take(&self, state: &mut State<R>, slot: usize) -> bool {
        let Some(token) = self.ring.returned(slot) else {
            return false;
        };
        let waited = match state.slots.get(slot) {
            Some((entry, orphan)) => entry.completion.is_none() && !orphan,
            None => return false,
        };
        if !waited && !state.returned.has_room() {
            // The context has it looked at again.
            return false;
        }
        let Some(entry) = state.slots.returned(slot, token) else {
            return false;
        };
        let micros = entry.watch.micros();
        let reply = self.ring.collect(slot, &entry.ticket.message);
        if waited || entry.completion.is_some() {
            self.tell_returned(&mut state.stats, &entry.ticket, slot, &reply, micros);
        } else {
            self.tell_late(&mut state.stats, &entry.ticket, slot);
        }
        if waited {
            *entry.ticket.reply.access_mut(state) = Some(reply);
            entry.ticket.done.complete();
            // The reference is not the last: who waits has one until it has looked under the lock.
        } else {
            state.returned.push(entry, reply);
            state.context.kick();
        }
        true
    }
}
