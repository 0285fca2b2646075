// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The end of commands that nobody waits for: completions, deadlines, late replies.
//!
//! One ordered work context per channel does all of it, so a command costs no thread. It runs when
//! firmware returned such a command, when a handle is revoked, when the device dies, and at the
//! earliest deadline; which commands are over is decided under the channel's lock, by whoever takes
//! the completion out of the entry, so none is called twice.

use auxbus::Kicked;
use kernel::{
    prelude::*,
    sync::Arc,
    time::Delta, //
};

use super::{
    account::Watch,
    context::{left, period, Look},
    Channel,
    Entry,
    State, //
};
use crate::{
    deadline::Deadline,
    ffi,
    ring::{Completion, Ring},
    ticket::Ticket, //
};

/// Most commands ended in one run, so that others get their turn on the context.
const BATCH: usize = 64;

/// What the context works on.
pub(super) struct Finisher<R: Ring>(Arc<Channel<R>>);

impl<R: Ring> Kicked for Finisher<R> {
    fn kicked(&mut self) -> Option<Delta> {
        self.0.finish()
    }
}

/// A command that is over.
enum Ended<R: Ring> {
    /// The client that submitted it has to be told.
    Told(Arc<Ticket<R>>, R::Completion, Result<R::Reply>),
    /// Everybody who waited has left; the ring sees the reply.
    Late(Arc<Ticket<R>>, Result<R::Reply>),
}

impl<R: Ring> Channel<R> {
    /// Gives the channel its context. Errors: `ENOMEM`.
    pub(crate) fn start(self: &Arc<Self>) -> Result {
        let queue = Arc::new(ffi::channel_context(Finisher(self.clone()))?, GFP_KERNEL)?;
        self.state.lock().context.queue = Some(queue);
        Ok(())
    }

    /// Ends the context of a dead channel; every completion that is owed has been called when this
    /// returns. Context: process, not the context itself.
    pub(crate) fn stop(&self) {
        // In the context: others still wait for it there, and a completion that revokes its own
        // client is recognised. A dead channel takes no command, so nothing is owed after that.
        while self.run() == Some(true) {}
        let queue = {
            let _nobody_else = self.flushing.lock();
            self.state.lock().context.queue.take()
        };
        // Waits for a run that has begun; one that was put off does not come any more.
        drop(queue);
        // Late replies may have been taken out of their slots meanwhile.
        while self.finish().is_some() {}
    }

    /// Has the context run once, and waits for that. Returns whether it did, which it does not when
    /// this is the context or when there is none any more.
    pub(super) fn flush(&self) -> bool {
        self.run().is_some()
    }

    /// As [`Channel::flush`], but returns whether there is more to be done, `None` when the context
    /// did not run.
    fn run(&self) -> Option<bool> {
        if self.state.lock().context.runs_here() {
            return None;
        }
        // While it is held, `stop` has the last reference to the queue.
        let _running = self.flushing.lock();
        let queue = self.state.lock().context.queue.clone()?;
        let ran = queue.run(|finisher| {
            let more = finisher.0.finish().is_some();
            if more {
                // The time of the next run is only set by a kick.
                finisher.0.state.lock().context.kick();
            }
            more
        });
        ran.ok()
    }

    /// Submits one command; `completion` is called in the context. Context: process.
    ///
    /// # Errors
    ///
    /// Those of [`Client::submit`](crate::client::Client::submit).
    pub(crate) fn submit(
        &self,
        ticket: Arc<Ticket<R>>,
        completion: R::Completion,
        owner: bool,
    ) -> Result {
        let entry = Entry {
            ticket,
            completion: Some(completion),
            watch: Watch::start(),
        };
        self.enter(entry, owner)
    }

    /// Ends the submitted commands that are over. Returns the time after which it has to be called
    /// again, `None` when no submitted command is under way.
    fn finish(&self) -> Option<Delta> {
        let look = self.state.lock().context.begin();
        if look == Look::Device {
            // An interrupt may be lost, or the device.
            self.completed(u32::MAX);
            self.check_alive();
        }
        // Commands that ended without a reply come first, but are not all of a run: clients whose
        // completions submit further commands may keep either kind coming without an end.
        let mut search = look != Look::Returned;
        let mut cut = false;
        for round in 0..BATCH {
            if round == BATCH / 2 {
                cut = core::mem::take(&mut search);
            }
            let ended = match self.state.lock().ended(self, look, &mut search) {
                Ok(ended) => ended,
                Err(delay) => return delay,
            };
            match ended {
                Ended::Told(ticket, completion, reply) => {
                    completion.complete(&self.ring, &ticket.message, reply);
                    ticket.licence.ended();
                }
                Ended::Late(ticket, reply) => self.ring.late(&ticket.message, reply),
            }
        }
        if look != Look::Returned {
            // The next run follows at once, but looks at the device when it is time for that: what it
            // takes out of the slots itself leaves events behind that serve nobody.
            let mut state = self.state.lock();
            let _ = state.plan(self);
            state.context.look |= cut;
        }
        Some(Delta::ZERO)
    }
}

impl<R: Ring> State<R> {
    /// Takes one command out that is over, or returns when to look again. Those that have ended
    /// without a reply come first, while `search` says that there may be some.
    fn ended(
        &mut self,
        channel: &Channel<R>,
        look: Look,
        search: &mut bool,
    ) -> Result<Ended<R>, Option<Delta>> {
        self.context.ending = true;
        if *search {
            if let Some(ended) = self.given_up(channel) {
                return Ok(ended);
            }
            *search = false;
        }
        if self.returned.had_more() {
            channel.take_all(self, u32::MAX);
        }
        if let Some((entry, reply)) = self.returned.pop() {
            return Ok(match entry.completion {
                Some(completion) => Ended::Told(entry.ticket, completion, reply),
                None => Ended::Late(entry.ticket, reply),
            });
        }
        self.context.ending = false;
        Err(match look {
            Look::Returned => self.rest(),
            Look::All | Look::Device => self.plan(channel),
        })
    }

    /// Takes one submitted command out that has ended without a reply.
    fn given_up(&mut self, channel: &Channel<R>) -> Option<Ended<R>> {
        if let Some(slot) = self.slots.position(|entry| self.is_over(entry)) {
            let given_up = self
                .slots
                .orphan(slot)
                .and_then(|entry| Some((entry.ticket.clone(), entry.completion.take()?)));
            if let Some((ticket, completion)) = given_up {
                let error = self.verdict(&ticket).unwrap_or(ETIMEDOUT);
                channel.tell_given_up(&mut self.stats, &ticket, Some(slot), error);
                return Some(Ended::Told(ticket, completion, Err(error)));
            }
        }
        let place = self.line.find(|entry| self.is_over(entry));
        let entry = place.and_then(|place| self.line.remove(place))?;
        let error = self.verdict(&entry.ticket).unwrap_or(ETIMEDOUT);
        let completion = entry.completion?;
        channel.tell_given_up(&mut self.stats, &entry.ticket, None, error);
        Some(Ended::Told(entry.ticket, completion, Err(error)))
    }

    /// Returns whether a submitted command has ended without a reply.
    fn is_over(&self, entry: &Entry<R>) -> bool {
        entry.completion.is_some() && self.verdict(&entry.ticket).is_some()
    }

    /// Returns how long the context may rest that has looked at returned commands only: as was
    /// planned, for a queue may be long.
    fn rest(&mut self) -> Option<Delta> {
        let submitted = |entry: &Entry<R>| entry.completion.is_some();
        if self.line.find(submitted).is_none() && self.slots.position(submitted).is_none() {
            self.context.next = None;
        }
        let next = self.context.next?;
        Some(next.remaining().unwrap_or(Delta::ZERO))
    }

    /// Returns how long the context may rest that has looked at all commands, and remembers it.
    fn plan(&mut self, channel: &Channel<R>) -> Option<Delta> {
        let mut delay = None;
        let mut consider = |entry: &Entry<R>| {
            if entry.completion.is_some() {
                delay = Some(
                    delay
                        .unwrap_or(period(&channel.events))
                        .min(left(&entry.ticket)),
                );
            }
            false
        };
        self.slots.each_posted(&mut consider);
        self.line.each(|entry| {
            consider(entry);
        });
        self.context.next = delay.map(Deadline::after);
        delay
    }
}
