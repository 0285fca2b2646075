// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The owner's view of the channel, one type per state.
//!
//! There is no channel before [`Booting::new`] (the state Down), user clients can be made only from
//! [`Up`], and the owner comes back to exclusive use with [`Up::close`]. Dead is not a type: it is
//! what any of them meets when the device dies.

use kernel::{prelude::*, sync::Arc};

use crate::{
    channel::Channel,
    client::Client,
    deadline::Deadline,
    function::Function,
    handle::Handle,
    objects::{Kind, Owner},
    ring::Ring,
    slots::Lane,
};

/// The commands that firmware holds, in the object table.
const COMMANDS: Kind = Kind {
    name: "commands",
    number: "count",
    detail: None,
};

/// The owner of a channel that is not open to clients.
///
/// Dropping it ends the generation: the channel is killed, the function's interrupts and DMA are
/// stopped, every completion that is owed is called, and only then the memory of commands that
/// firmware never returned is freed. It must not be dropped by a completion, nor be forgotten.
pub struct Booting<'bound, R: Ring> {
    client: Arc<Client<R>>,
    function: Arc<dyn Function<'bound> + 'bound>,
    handle: Handle<'bound>,
}

impl<'bound, R: Ring> Booting<'bound, R> {
    /// Makes the channel of a new generation over `ring`, its last `reserved` slots kept for
    /// [`Self::supply`]. It dies with the generation that `handle` is of.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub fn new(
        ring: R,
        reserved: usize,
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Self>
    where
        R: 'bound,
    {
        let held = handle.objects().enter(&COMMANDS, Owner::Core)?;
        let channel = Channel::new(ring, reserved, function.device().name(), held)?;
        let client = Arc::new(Client::new(&channel, Lane::Kernel, true)?, GFP_KERNEL)?;
        handle.adopt(channel.clone());
        let owner = Self {
            client,
            function,
            handle,
        };
        channel.start()?;
        Ok(owner)
    }

    /// Returns the channel, for the interrupt handler.
    pub fn channel(&self) -> &Arc<Channel<R>> {
        self.client.channel()
    }

    /// Returns the core's own client, which works while the channel is closed to others too. Parts
    /// of the core may share it.
    pub fn client(&self) -> &Arc<Client<R>> {
        &self.client
    }

    /// Returns a client for commands that other commands wait for. Errors: `ENOMEM`.
    pub fn supply(&self) -> Result<Client<R>> {
        Client::new(self.channel(), Lane::Reserved, true)
    }

    /// Says whether returned slots are announced by interrupts from now on.
    pub fn set_events(&self, on: bool) {
        self.channel().set_events(on);
    }

    /// Returns whether the device died.
    pub fn is_dead(&self) -> bool {
        self.channel().is_dead()
    }

    /// Waits until firmware has returned all that is under way; a device that has not by `deadline`
    /// is declared dead. Context: process.
    pub fn settle(&self, deadline: Deadline) {
        if !self.channel().idle(deadline) {
            self.channel().kill();
        }
    }

    /// Declares the device dead: all waiters return `ENXIO` at once, later commands fail with it.
    pub fn kill(&self) {
        self.channel().kill();
    }

    /// Opens the channel to clients.
    pub fn open(self) -> Up<'bound, R> {
        self.channel().set_up(true);
        Up(self)
    }
}

impl<R: Ring> Drop for Booting<'_, R> {
    fn drop(&mut self) {
        self.handle.disown();
        self.client.channel().kill();
        self.function.quiesce();
        self.client.channel().stop();
        self.client.channel().purge();
    }
}

/// The owner of a channel that is open to clients.
pub struct Up<'bound, R: Ring>(Booting<'bound, R>);

impl<R: Ring> Up<'_, R> {
    /// Returns a new client for user space: all such clients together hold at most half of the
    /// slots. Errors: `ENOMEM`.
    pub fn user(&self) -> Result<Client<R>> {
        Client::new(self.0.channel(), Lane::User, false)
    }

    /// Returns a new client for a consumer or for a driver of another function. Together with user
    /// space they leave room to the kernel. Errors: `ENOMEM`.
    pub fn consumer(&self) -> Result<Client<R>> {
        Client::new(self.0.channel(), Lane::Consumer, false)
    }

    /// Closes the channel to user clients: their commands fail with `EBUSY` from now on.
    pub fn close(&self) {
        self.0.channel().set_up(false);
    }
}

impl<'bound, R: Ring> core::ops::Deref for Up<'bound, R> {
    type Target = Booting<'bound, R>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
