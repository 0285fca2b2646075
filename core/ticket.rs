// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! One command on its way through the channel.

use core::mem::MaybeUninit;
use kernel::{
    prelude::*,
    sync::{
        atomic::{Acquire, Atomic, Relaxed, Release},
        Arc, LockedBy, UniqueArc,
    }, //
};

use crate::{
    channel::{Channel, State},
    deadline::Deadline,
    ffi::TimedCompletion,
    ring::Ring,
    slots::Lane, //
};

/// Whether a client may still use the channel. Shared by the client's handle and all its commands.
pub(crate) struct Licence {
    revoked: Atomic<bool>,
    /// Submitted commands whose completion has not returned.
    pending: Atomic<usize>,
}

impl Licence {
    pub(crate) fn new() -> Result<Arc<Self>> {
        Ok(Arc::new(
            Self {
                revoked: Atomic::new(false),
                pending: Atomic::new(0),
            },
            GFP_KERNEL,
        )?)
    }

    pub(crate) fn is_revoked(&self) -> bool {
        self.revoked.load(Relaxed)
    }

    /// Only ever called with the channel's lock held, which orders it against submission.
    pub(crate) fn revoke(&self) {
        self.revoked.store(true, Relaxed);
    }

    /// Returns whether completions of this client's commands are still to come, or run.
    pub(crate) fn is_pending(&self) -> bool {
        // ORDERING: pairs with `ended`: what a completion did is seen by who finds it over.
        self.pending.load(Acquire) != 0
    }

    pub(crate) fn submitted(&self) {
        self.pending.fetch_add(1, Relaxed);
    }

    pub(crate) fn ended(&self) {
        self.pending.fetch_sub(1, Release);
    }
}

/// One command: its memory, who sent it, and where its waiter sleeps.
///
/// Held by the slot (or the queue) and, while somebody waits, by the waiter. The memory is freed
/// when both have let go, always in process context.
#[pin_data]
pub(crate) struct Ticket<R: Ring> {
    pub(crate) message: R::Message,
    pub(crate) licence: Arc<Licence>,
    pub(crate) lane: Lane,
    /// When the channel gives up a command that nobody waits for.
    pub(crate) deadline: Deadline,
    /// What firmware returned, for who waits. The channel's lock guards it.
    pub(crate) reply: LockedBy<Option<Result<R::Reply>>, State<R>>,
    /// Completed when the command is returned, revoked or lost with the device.
    #[pin]
    pub(crate) done: TimedCompletion,
}

/// The memory of a [`Ticket`] that is not written yet.
pub(crate) type Blank<R> = UniqueArc<MaybeUninit<Ticket<R>>>;

impl<R: Ring> Ticket<R> {
    /// Returns memory for a ticket. Errors: `ENOMEM`.
    pub(crate) fn blank() -> Result<Blank<R>> {
        Ok(UniqueArc::new_uninit(GFP_KERNEL)?)
    }

    /// Returns a ticket for `channel`. Errors: `ENOMEM`.
    pub(crate) fn new(
        channel: &Channel<R>,
        message: R::Message,
        licence: Arc<Licence>,
        lane: Lane,
        deadline: Deadline,
    ) -> Result<Arc<Self>> {
        Ok(Self::write(
            Self::blank()?,
            channel,
            message,
            licence,
            lane,
            deadline,
        ))
    }

    /// Writes a ticket for `channel` into its memory; cannot fail.
    pub(crate) fn write(
        blank: Blank<R>,
        channel: &Channel<R>,
        message: R::Message,
        licence: Arc<Licence>,
        lane: Lane,
        deadline: Deadline,
    ) -> Arc<Self> {
        let ticket = pin_init!(Self {
            message,
            licence,
            lane,
            deadline,
            reply: channel.no_reply(),
            done <- TimedCompletion::new(),
        });
        let Ok(ticket) = blank.pin_init_with(ticket);
        ticket.into()
    }
}
