// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! What is told about commands: counters, trace events.

use kernel::{
    fmt,
    prelude::*,
    time::{Instant, Monotonic}, //
};

use super::Channel;
use crate::{
    ffi::trace::{self, Command},
    ring::Ring,
    stats::{End, Row, Stats, ROWS},
    ticket::Ticket, //
};

/// Counters in memory of their own: they are too large for the stack.
pub(super) type Counters = Stats<KVVec<Row>>;

/// Returns counters at zero. Errors: `ENOMEM`.
pub(super) fn counters() -> Result<Counters> {
    Ok(Stats::new(KVVec::from_elem(Row::EMPTY, ROWS, GFP_KERNEL)?))
}

/// How long firmware has a command.
#[derive(Clone, Copy)]
pub(super) struct Watch(Instant<Monotonic>);

impl Watch {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// Returns the microseconds since the start.
    pub(super) fn micros(self) -> u32 {
        u32::try_from(self.0.elapsed().as_micros_ceil()).unwrap_or(u32::MAX)
    }
}

impl<R: Ring> Channel<R> {
    fn command(&self, ticket: &Ticket<R>, slot: Option<usize>) -> Command<'_> {
        Command {
            device: &self.name,
            slot,
            token: R::token(&ticket.message),
            opcode: R::opcode(&ticket.message),
        }
    }

    /// Tells that the command of `ticket` was given to firmware in `slot`.
    pub(super) fn tell_posted(&self, stats: &mut Counters, ticket: &Ticket<R>, slot: usize) {
        let command = self.command(ticket, Some(slot));
        stats.posted(command.opcode);
        trace::posted(&command);
    }

    /// Tells that firmware returned the command in `slot` after it was done.
    pub(super) fn tell_late(&self, stats: &mut Counters, ticket: &Ticket<R>, slot: usize) {
        let command = self.command(ticket, Some(slot));
        stats.late(command.opcode);
        trace::late(&command);
    }

    /// Tells that firmware returned the command in `slot` after `micros`, and how.
    pub(super) fn tell_returned(
        &self,
        stats: &mut Counters,
        ticket: &Ticket<R>,
        slot: usize,
        reply: &Result<R::Reply>,
        micros: u32,
    ) {
        let command = self.command(ticket, Some(slot));
        let status = reply.as_ref().map(R::status).map_err(|&error| error);
        let end = match status {
            Ok(0) => End::Ok,
            Ok(_) => End::Refused,
            Err(_) => End::Undelivered,
        };
        stats.ended(command.opcode, end, Some(micros.into()));
        trace::done(&command, status, Some(micros));
    }

    /// Tells that the command of `ticket` is done without a reply.
    pub(super) fn tell_given_up(
        &self,
        stats: &mut Counters,
        ticket: &Ticket<R>,
        slot: Option<usize>,
        error: Error,
    ) {
        let command = self.command(ticket, slot);
        let end = if error == ETIMEDOUT {
            End::TimedOut
        } else {
            End::Cancelled
        };
        stats.ended(command.opcode, end, None);
        trace::done(&command, Err(error), None);
    }

    /// Tells that the channel dies.
    pub(super) fn tell_dead(&self) {
        trace::dead(&self.name);
    }
}

impl<R: Ring> Channel<R> {
    /// Prints the counters. Context: process.
    ///
    /// # Errors
    ///
    /// Those of the formatter, and no memory.
    pub(super) fn show_counters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Printing takes too long for the lock.
        let mut copy = counters().map_err(|_| fmt::Error)?;
        copy.copy_from(&self.state.lock().stats);
        copy.render(f)
    }
}
