// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The class `calc`: what a consumer is offered, and the vendor's half of it.

use auxcore::{client::Attachment, deadline::Deadline, dma::DmaBuf, owner::Up};
use kernel::{
    new_mutex,
    prelude::*,
    sync::{Arc, Mutex},
    time::Delta,
    types::{CovariantForLt, ForLt}, //
};

use super::{
    command::Command,
    regs::BUFFER_LEN,
    ring::{self, AcmeRing}, //
};

/// The name of every child of this class, `auxcore_acme.calc`.
pub const NAME: auxbus::Name = auxbus::Name::new(c"auxcore_acme", c"calc");

/// How long firmware may take for one request.
const REQUEST: Delta = Delta::from_secs(5);

/// The class itself, as auxbus wants it named.
pub enum Calc {}

/// The registration data of a child.
pub struct Child<'a> {
    /// The vendor's half. It lives as long as the child.
    pub service: Arc<dyn Calculator + 'a>,
}

impl auxbus::Contract for Calc {
    type Data = CovariantForLt!(Child<'_>);

    fn attach(data: Pin<&<Self::Data as ForLt>::Of<'_>>) -> Result {
        data.service.attach()
    }

    fn detach(data: Pin<&<Self::Data as ForLt>::Of<'_>>) {
        data.service.detach();
    }
}

/// What a consumer can ask for. All of it in process context, waiting for firmware for at most five
/// seconds.
///
/// # Errors
///
/// All requests: `ENODEV` once the consumer is detached, `EIO` when firmware's reply cannot be
/// true, else those of [`Client::exec`](auxcore::client::Client::exec).
pub trait Calculator: Send + Sync {
    /// Opens the service for a consumer that is about to probe. Errors: `ENOMEM`.
    fn attach(&self) -> Result;

    /// Revokes the service: every request that waits, and every later one, returns `ENODEV`.
    fn detach(&self);

    /// Returns the inverse of `word`, which proves that firmware is alive.
    fn liveness(&self, word: u32) -> Result<u32>;

    /// Returns the factorial of `n`; `EINVAL` when it does not fit in 32 bits.
    fn factorial(&self, n: u32) -> Result<u32>;

    /// Sends `data` through the device's memory and back by DMA; `EMSGSIZE` when there is nothing,
    /// or more than the device's 4096 bytes.
    fn echo(&self, data: &mut [u8]) -> Result;
}

/// The vendor's half of the class, for one child.
#[pin_data]
pub(crate) struct CalcService<'bound> {
    up: Arc<Up<'bound, AcmeRing<'bound>>>,
    #[pin]
    consumer: Attachment<AcmeRing<'bound>>,
    /// Held while data is in the device's only buffer.
    #[pin]
    buffer: Mutex<()>,
}

impl<'bound> CalcService<'bound> {
    pub(crate) fn new(up: Arc<Up<'bound, AcmeRing<'bound>>>) -> Result<Arc<Self>> {
        Arc::pin_init(
            try_pin_init!(Self {
                up,
                consumer <- Attachment::new(),
                buffer <- new_mutex!(()),
            }? Error),
            GFP_KERNEL,
        )
    }

    /// Executes one command and hands its reply to `f`.
    fn exec<T>(
        &self,
        command: Command,
        memory: Option<DmaBuf>,
        f: impl FnOnce(u32, &ring::Message) -> T,
    ) -> Result<T> {
        let client = self.consumer.client()?;
        let message = client.ring().message(command, memory);
        let done = client.exec(message, Deadline::after(REQUEST))?;
        Ok(f(done.reply, done.message()))
    }

    /// Returns DMA memory of the device.
    fn memory(&self, len: usize) -> Result<DmaBuf> {
        DmaBuf::new(self.up.client().ring().function().dma(), len)
    }
}

impl Calculator for CalcService<'_> {
    fn attach(&self) -> Result {
        self.consumer.attach(self.up.user()?)
    }

    fn detach(&self) {
        self.consumer.detach();
    }

    fn liveness(&self, word: u32) -> Result<u32> {
        self.exec(Command::Liveness(word), None, |reply, _| reply)
    }

    fn factorial(&self, n: u32) -> Result<u32> {
        let command = Command::factorial(n).ok_or(EINVAL)?;
        self.exec(command, None, |reply, _| reply)
    }

    fn echo(&self, data: &mut [u8]) -> Result {
        if data.is_empty() || data.len() > BUFFER_LEN {
            return Err(EMSGSIZE);
        }
        let (there, back) = (self.memory(data.len())?, self.memory(data.len())?);
        there.write(0, data);
        let _buffer = self.buffer.lock();
        self.exec(Command::CopyIn, Some(there), |_, _| ())?;
        self.exec(Command::CopyOut, Some(back), |_, message| {
            if let Some(memory) = &message.memory {
                memory.read(0, data);
            }
        })
    }
}
