// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! A client's handle on the channel.

use kernel::{prelude::*, sync::Arc};

use crate::{
    channel::{Channel, Done},
    deadline::Deadline,
    ring::Ring,
    slots::Lane,
    ticket::{Blank, Licence, Ticket}, //
};

/// A counted, revocable right to use the channel.
///
/// Needs no auxiliary device: a consumer's service, a VF driver and the core itself hold the same
/// type. It keeps the channel's memory alive, not the device: after [`Client::revoke`] or the death
/// of the device every call fails at once. Dropping it revokes it.
pub struct Client<R: Ring> {
    channel: Arc<Channel<R>>,
    licence: Arc<Licence>,
    lane: Lane,
    /// Part of the core: may use the channel while it is closed to clients.
    core: bool,
}

/// Memory for one command that is submitted later, when there may be none: what undoes something
/// must not fail for want of memory.
pub struct Reservation<R: Ring>(Blank<R::Message>);

impl<R: Ring> Reservation<R> {
    /// Reserves memory for one command. Context: process.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub fn new() -> Result<Self> {
        Ok(Self(Ticket::blank()?))
    }
}

impl<R: Ring> Client<R> {
    /// Makes a client for user space or, with `core`, for a part of the core driver. Errors:
    /// `ENOMEM`.
    pub(crate) fn new(channel: &Arc<Channel<R>>, lane: Lane, core: bool) -> Result<Self> {
        Ok(Self {
            channel: channel.clone(),
            licence: Licence::new()?,
            lane,
            core,
        })
    }

    /// Returns the ring below the channel. Context: any.
    pub fn ring(&self) -> &R {
        self.channel.ring()
    }

    /// Returns the channel, for the core's own parts.
    pub(crate) fn channel(&self) -> &Arc<Channel<R>> {
        &self.channel
    }

    /// Executes one command and waits for its reply. Context: process; may sleep until `deadline`.
    ///
    /// # Errors
    ///
    /// - `ENODEV`: this handle is revoked.
    /// - `ENXIO`: the device is dead or gone.
    /// - `ETIMEDOUT`: firmware did not answer before `deadline`. The slot stays taken until it
    ///   does.
    /// - `EBUSY`: the channel is not open for clients.
    /// - `ENOMEM`: no memory for the command.
    /// - Any errno of [`Ring::collect`]: the command was returned without being executed.
    pub fn exec(&self, message: R::Message, deadline: Deadline) -> Result<Done<R>> {
        let ticket = Ticket::new(message, self.licence.clone(), self.lane, deadline)?;
        self.channel.exec(ticket, self.core)
    }

    /// Submits one command without waiting for its reply. Context: process; does not wait.
    ///
    /// When this succeeds, `completion` is called exactly once, in the channel's own context, with
    /// the reply or with an errno of [`Client::exec`], at the latest when `deadline` has passed or
    /// this handle is revoked. When it fails, `completion` is dropped without a call. The memory of
    /// the command stays with firmware until firmware returns it, called or not.
    ///
    /// # Errors
    ///
    /// `ENODEV`, `ENXIO`, `EBUSY` and `ENOMEM` as for [`Client::exec`].
    pub fn submit(
        &self,
        message: R::Message,
        deadline: Deadline,
        completion: R::Completion,
    ) -> Result {
        self.submit_reserved(Reservation::new()?, message, deadline, completion)
    }

    /// As [`Client::submit`], in memory that was reserved before.
    ///
    /// # Errors
    ///
    /// As there; `ENOMEM` only when all slots are taken and the queue of those who wait has no room.
    pub fn submit_reserved(
        &self,
        reservation: Reservation<R>,
        message: R::Message,
        deadline: Deadline,
        completion: R::Completion,
    ) -> Result {
        let licence = self.licence.clone();
        let ticket = Ticket::write(reservation.0, message, licence, self.lane, deadline);
        self.channel.submit(ticket, completion, self.core)
    }

    /// Revokes the handle: all its waiters return `ENODEV` at once and later calls fail. Commands
    /// that firmware holds keep their slots until it returns them.
    ///
    /// Context: process; does not wait for firmware. Completions of this client have returned for
    /// good when this does, so the caller must not hold a lock that one of them takes. Called from
    /// a completion, it leaves those that are still owed to the time after that completion.
    pub fn revoke(&self) {
        self.channel.revoke(&self.licence);
    }
}

impl<R: Ring> Drop for Client<R> {
    fn drop(&mut self) {
        self.revoke();
    }
}
