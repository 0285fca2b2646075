// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The work context of a channel: when it runs, and what it looks at. What it does there is in
//! [`super::finish`].

use auxbus::Queue;
use kernel::{
    sync::{
        atomic::{Atomic, Relaxed},
        Arc,
    },
    time::Delta, //
};

use super::{finish::Finisher, wait::LIVENESS};
use crate::{deadline::Deadline, ring::Ring, ticket::Ticket};

/// How often slots are looked at while there are no events yet.
const POLL: Delta = Delta::from_millis(1);

/// The work context of a channel.
///
/// It holds the channel and the channel holds it: [`Channel::stop`](super::Channel::stop) opens the
/// circle.
///
/// # Invariants
///
/// No submitted command ends without a reply before `next`, unless `look` is set.
pub(super) struct Context<R: Ring> {
    pub(super) queue: Option<Arc<Queue<Finisher<R>>>>,
    /// When it runs next on its own; in the past while it looks at all commands.
    pub(super) next: Option<Deadline>,
    /// Commands may have ended without a reply: the next run looks at all of them.
    pub(super) look: bool,
    /// A command was taken out whose end may not have been told: what that, or the drop of its
    /// memory, submits is still to come. Another run follows then, or is under way.
    pub(super) ending: bool,
}

impl<R: Ring> Context<R> {
    pub(super) fn none() -> Self {
        Self {
            queue: None,
            next: None,
            look: false,
            ending: false,
        }
    }

    /// Returns whether the caller is the context.
    pub(super) fn runs_here(&self) -> bool {
        self.queue.as_ref().is_some_and(|queue| queue.runs_here())
    }

    /// Has the context look at the commands that were returned. Context: any.
    pub(super) fn kick(&self) {
        if let Some(queue) = &self.queue {
            queue.kick();
        }
    }

    /// Has the context look at all commands. Context: any.
    pub(super) fn kick_all(&mut self) {
        self.look = true;
        self.kick();
    }

    /// Begins a run. Returns what it has to look at; a run that looks at all plans the next one.
    pub(super) fn begin(&mut self) -> Look {
        let asked = core::mem::take(&mut self.look);
        let look = match self.next {
            Some(next) if next.remaining().is_none() => Look::Device,
            Some(_) if !asked => return Look::Returned,
            _ => Look::All,
        };
        self.next = Some(Deadline::after(Delta::ZERO));
        look
    }

    /// Makes sure that the context runs before the deadline of a command that is submitted now, and
    /// as often as the device must be looked at. Context: any.
    pub(super) fn expect(&mut self, ticket: &Ticket<R>, events: &Atomic<bool>) {
        let Some(queue) = &self.queue else {
            return;
        };
        let delay = left(ticket).min(period(events));
        match self.next {
            Some(next) if next.remaining().unwrap_or(Delta::ZERO) <= delay => (),
            // A run that was put off does not come sooner by itself, but this one sets the time.
            Some(_) => {
                self.next = Some(Deadline::after(delay));
                queue.kick();
            }
            None => {
                queue.kick_after(delay);
                self.next = Some(Deadline::after(delay));
            }
        }
    }
}

/// Returns the time that is left to a command.
pub(super) fn left<R: Ring>(ticket: &Ticket<R>) -> Delta {
    ticket.deadline.remaining().unwrap_or(Delta::ZERO)
}

/// Returns how often a command that is under way must be looked at.
pub(super) fn period(events: &Atomic<bool>) -> Delta {
    if events.load(Relaxed) {
        LIVENESS
    } else {
        POLL
    }
}

/// What a run looks at.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Look {
    /// Commands that were returned.
    Returned,
    /// All commands.
    All,
    /// All commands, and the device: there was no event for a while.
    Device,
}
