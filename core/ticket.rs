// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! One command on its way through the channel.

use kernel::{
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc,
    }, //
};

use crate::{ffi::TimedCompletion, slots::Lane};

/// Whether a client may still use the channel. Shared by the client's handle and all its commands.
pub(crate) struct Licence {
    revoked: Atomic<bool>,
}

impl Licence {
    pub(crate) fn new() -> Result<Arc<Self>> {
        Ok(Arc::new(
            Self {
                revoked: Atomic::new(false),
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
}

/// One command: its memory, who sent it, and where its waiter sleeps.
///
/// Held by the slot (or the queue) and, while somebody waits, by the waiter. The memory is freed
/// when both have let go, always in process context.
#[pin_data]
pub(crate) struct Ticket<M> {
    pub(crate) message: M,
    pub(crate) licence: Arc<Licence>,
    pub(crate) lane: Lane,
    /// Whether nobody waits for the reply.
    pub(crate) detached: bool,
    /// Completed once, when the command is returned, revoked or lost with the device.
    #[pin]
    pub(crate) done: TimedCompletion,
}

impl<M> Ticket<M> {
    pub(crate) fn new(
        message: M,
        licence: Arc<Licence>,
        lane: Lane,
        detached: bool,
    ) -> Result<Arc<Self>> {
        Arc::pin_init(
            try_pin_init!(Self {
                message,
                licence,
                lane,
                detached,
                done <- TimedCompletion::new(),
            }),
            GFP_KERNEL,
        )
    }
}
