// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! What a vendor's command ring must be able to do.

use core::convert::Infallible;

use kernel::prelude::*;

/// What a client leaves with a command it does not wait for.
///
/// Dropped right after the call, or uncalled when the submission fails. It may own what the call
/// needs, but nothing of a consumer whose client is not revoked before the consumer's end.
pub trait Completion<R: Ring>: Send {
    /// Tells the end of the command in `message`: its reply, or why there is none. Called once.
    ///
    /// Context: process, no lock held, one call at a time for a channel. May allocate memory and
    /// submit further commands, and must not wait for any.
    fn complete(self, ring: &R, message: &R::Message, reply: Result<R::Reply>);
}

/// Of a ring whose clients wait for every command.
impl<R: Ring> Completion<R> for Infallible {
    fn complete(self, _ring: &R, _message: &R::Message, _reply: Result<R::Reply>) {
        match self {}
    }
}

/// A firmware command ring: a fixed number of slots in memory shared with the device.
///
/// The channel decides which slot is used when and by whom; the ring only moves bytes. All methods
/// are called with the channel's lock held and interrupts off, unless stated otherwise, so they
/// must not sleep.
pub trait Ring: Send + Sync + Sized {
    /// Request and reply memory of one command. Owned by the slot from [`Ring::post`] until
    /// firmware returns it; it may hold further references whose lifetime must cover the command (a
    /// user context, say).
    type Message: Send + Sync;

    /// What firmware leaves in the slot itself when it returns it.
    type Reply: Send;

    /// What clients leave with commands they do not wait for.
    type Completion: Completion<Self>;

    /// Returns the number of slots, at most [`MAX_SLOTS`](crate::slots::MAX_SLOTS).
    fn slots(&self) -> usize;

    /// Returns the token of `message`: what tells its reply from any other in the same slot.
    fn token(message: &Self::Message) -> u8;

    /// Returns what firmware is asked to do in `message`, for counters and traces.
    fn opcode(message: &Self::Message) -> u32;

    /// Returns firmware's status in `reply`, for counters and traces: zero if it did what it was
    /// asked to do.
    fn status(reply: &Self::Reply) -> u32;

    /// Writes `message` into `slot` and hands the slot to firmware.
    fn post(&self, slot: usize, message: &Self::Message);

    /// Rings the doorbell: tells firmware of the slots in `mask`, all that were posted since the
    /// last call. Empty for a device that starts as soon as the slot is written.
    fn doorbell(&self, mask: u32);

    /// Returns the token in `slot` when firmware has handed the slot back, `None` while it owns it.
    fn returned(&self, slot: usize) -> Option<u8>;

    /// Reads what firmware left in `slot`.
    ///
    /// # Errors
    ///
    /// The errno of a delivery failure: firmware returned the slot without executing the command.
    fn collect(&self, slot: usize, message: &Self::Message) -> Result<Self::Reply>;

    /// Called for a command whose waiter or completion was told that there is no reply, when its
    /// reply arrives after all. Process context, no lock held.
    fn late(&self, message: &Self::Message, reply: Result<Self::Reply>) {
        let _ = (message, reply);
    }

    /// Returns whether the device is alive, as far as a few register reads can tell. A ring with a
    /// handle lets it [`heed`](crate::handle::Handle::heed) what they say, so that recovery begins
    /// at once and not at the next poll. Process context; a client that waits for a command calls
    /// it with whatever it holds.
    fn alive(&self) -> bool;
}
