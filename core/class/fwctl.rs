// SPDX-License-Identifier: GPL-2.0

//! The `fwctl` class: user programs execute firmware commands through `/dev/fwctl/fwctlN`.
//!
//! One consumer module serves every vendor. It owns the subsystem's side (files, user memory, the
//! order of the checks) and reaches the vendor's half only through [`Service`]. The subsystem's
//! core decides about capabilities and taints the kernel; no vendor code can get in its way.

#![forbid(unsafe_code)]

use kernel::{
    prelude::*,
    sync::Arc,
    types::{
        CovariantForLt,
        ForLt, //
    },
};

use crate::journal::{
    Command,
    Journal, //
};

pub use crate::client::Unanswered;

pub use kernel::fwctl::{
    DeviceType as Kind,
    RpcScope, //
};

/// The name of every child of this class, of any vendor: one modalias loads one consumer.
pub const NAME: auxbus::Name = auxbus::Name::new(c"auxcore", c"fwctl");

/// The class itself, as auxbus wants it named.
pub enum Fwctl {}

/// The registration data of a child.
#[derive(Clone)]
pub struct Child<'a> {
    /// The vendor's half. It lives as long as the child, and never longer than the core's binding.
    pub service: Arc<dyn Service + 'a>,
    /// Where the consumer writes what it executed.
    pub journal: Arc<Journal>,
}

impl auxbus::Contract for Fwctl {
    type Data = CovariantForLt!(Child<'_>);

    fn attach(data: Pin<&<Self::Data as ForLt>::Of<'_>>) -> Result {
        data.service.attach()
    }

    fn detach(data: Pin<&<Self::Data as ForLt>::Of<'_>>) {
        data.service.detach();
    }
}

/// What a vendor's firmware speaks.
#[derive(Clone, Copy)]
pub struct Protocol {
    /// The device type user programs are told. A vendor without an upstream number has no child of
    /// this class.
    pub kind: Kind,
    /// Bytes of a request's header. [`Service::rule`] and [`Service::execute`] never see less.
    pub min_request: usize,
    /// Bytes of a reply's header. [`Service::execute`] is never asked for less.
    pub min_reply: usize,
    /// What a program is told when its request or the room for the reply is shorter: the errno of
    /// upstream's driver for this kind of device, as the next one.
    pub too_short: Error,
    /// What a program is told when no scope, or not the one it asked for, may execute its request.
    pub denied: Error,
}

/// One open file's context at the vendor.
///
/// Plain data on purpose: an open file may outlive the consumer's binding, so nothing in it may
/// borrow from the core. Only the service that made it knows what the number means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Session(u32);

impl Session {
    /// Makes a session of the vendor's own number.
    #[inline]
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    /// Returns the vendor's own number.
    #[inline]
    pub const fn id(self) -> u32 {
        self.0
    }
}

/// What a request needs to be let through.
pub struct Rule {
    /// The lowest scope that may execute it. Every higher one may too.
    pub scope: RpcScope,
    /// Why this scope and no lower one, for logs and documentation.
    pub why: &'static str,
    /// What the journal shall say when it was executed; `None` for a request that cannot change
    /// anything in the device.
    pub change: Option<Command>,
}

/// The answer of firmware to an executed request.
pub struct Answer {
    /// Firmware's status, in the vendor's numbers; zero is success.
    pub status: u32,
    /// The response for the program.
    pub reply: Reply,
}

/// Where the response of an executed request is.
pub enum Reply {
    /// The first bytes of the request's own buffer; the length is not more than the request's.
    InPlace(usize),
    /// A buffer of its own. It may be longer than asked for: the caller gets what fits, and the
    /// full length.
    New(KVVec<u8>),
}

/// The vendor's half of the class.
///
/// All methods but `attach` and `detach` are called from system calls of user programs, any number
/// at once, and may sleep unless they say otherwise. None may panic, whatever the bytes.
pub trait Service: Send + Sync {
    /// Returns what the firmware speaks. The same for the life of the service.
    fn protocol(&self) -> Protocol;

    /// Opens the service for a consumer that is about to probe.
    ///
    /// # Errors
    ///
    /// `ENODEV`: the core no longer serves anybody.
    fn attach(&self) -> Result;

    /// Revokes the service: every call that waits, and every later one, returns `ENODEV`.
    ///
    /// Called before the consumer's unbind and before its registrations are dropped, and after a
    /// failed probe. Must not wait for firmware.
    fn detach(&self);

    /// Opens a context for one file.
    ///
    /// # Errors
    ///
    /// The firmware's refusal as an errno; `ENODEV` once revoked.
    fn open(&self) -> Result<Session>;

    /// Closes a context, once for each that was opened, also after [`Service::detach`].
    ///
    /// Called with the subsystem's locks held, so it must not wait for firmware.
    fn close(&self, session: Session);

    /// Returns the vendor's part of the information a program may ask for.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    fn info(&self, session: Session) -> Result<KVec<u8>>;

    /// Returns what `request` needs, or `None` if no scope may execute it.
    ///
    /// Must not sleep, and must decide from the bytes alone: the same bytes are what executes.
    fn rule(&self, request: &[u8]) -> Option<Rule>;

    /// Executes a request that was let through, on behalf of `session`.
    ///
    /// The vendor stamps the session's identity on the request, whatever the program wrote there.
    /// `max_reply` is the room the program has. A refusal by firmware is a response, not an error.
    ///
    /// # Errors
    ///
    /// The request or its reply was not delivered: `ENODEV` once revoked, else the channel's errno.
    /// The journal has no entry for what is [`Unanswered::Unsent`].
    fn execute(
        &self,
        session: Session,
        request: &mut [u8],
        max_reply: usize,
    ) -> Result<Answer, Unanswered>;
}
