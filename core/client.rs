// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! A client's handle on the channel, and the place for the one of a consumer.

use kernel::{
    prelude::*,
    sync::{Arc, Mutex}, //
};

use crate::{
    channel::{Channel, Done},
    deadline::Deadline,
    lock::new_mutex,
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

/// Why a command has no reply. An errno on its own is one of a command that may have been executed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unanswered {
    /// Firmware was not asked.
    Unsent(Error),
    /// Nobody knows whether firmware executed the command.
    Lost(Error),
}

impl From<Error> for Unanswered {
    fn from(error: Error) -> Self {
        Self::Lost(error)
    }
}

impl From<Unanswered> for Error {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Unsent(error) | Unanswered::Lost(error) => error,
        }
    }
}

/// Memory for one command that is submitted later, when there may be none: what undoes something
/// must not fail for want of memory.
pub struct Reservation<R: Ring>(Blank<R>);

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
    ///
    /// All but the last may be [`Unanswered::Unsent`].
    pub fn exec(&self, message: R::Message, deadline: Deadline) -> Result<Done<R>, Unanswered> {
        let licence = self.licence.clone();
        let ticket = Ticket::new(&self.channel, message, licence, self.lane, deadline)
            .map_err(Unanswered::Unsent)?;
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
        let blank = reservation.0;
        let ticket = Ticket::write(blank, &self.channel, message, licence, self.lane, deadline);
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

/// The client of the consumer that a service is attached to, if it is attached to one.
///
/// Part of the vendor's half of a class. It shares the client with the requests that run, so these
/// may outlast the consumer; all they get from the channel is `ENODEV` then.
#[pin_data]
pub struct Attachment<R: Ring> {
    #[pin]
    client: Mutex<Option<Arc<Client<R>>>>,
}

impl<R: Ring> Attachment<R> {
    /// Makes one without a consumer.
    pub fn new() -> impl PinInit<Self> {
        pin_init!(Self { client <- new_mutex!(None) })
    }

    /// Serves a consumer through `client` from now on. Context: process.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub fn attach(&self, client: Client<R>) -> Result {
        let client = Arc::new(client, GFP_KERNEL)?;
        let before = self.client.lock().replace(client);
        // Not before the lock is released: this revokes it.
        drop(before);
        Ok(())
    }

    /// Revokes the consumer's client: requests that wait return `ENODEV` at once, later ones too.
    ///
    /// Context: process, and as for [`Client::revoke`]; does not wait for firmware.
    pub fn detach(&self) {
        let client = self.client.lock().take();
        if let Some(client) = client {
            client.revoke();
        }
    }

    /// Returns the consumer's client, for one request. Context: process.
    ///
    /// # Errors
    ///
    /// `ENODEV`: there is no consumer.
    pub fn client(&self) -> Result<Arc<Client<R>>> {
        self.client.lock().clone().ok_or(ENODEV)
    }
}
