// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The command ring: one slot, which is the device's registers.

use core::convert::Infallible;

use auxcore::{dma::DmaBuf, function::Function, handle::Handle, health::Verdict, ring::Ring};
use kernel::{
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc,
    }, //
};

use super::{command::Command, regs::Registers};

/// One command with the memory it works on.
pub(crate) struct Message {
    pub(crate) command: Command,
    /// What a copy reads or writes; firmware's from post to return.
    pub(crate) memory: Option<DmaBuf>,
    token: u8,
}

/// The ring of one function.
pub(crate) struct AcmeRing<'bound> {
    function: Arc<dyn Function<'bound> + 'bound>,
    handle: Handle<'bound>,
    next_token: Atomic<u32>,
    /// The token of the command in the slot.
    posted: Atomic<u32>,
}

impl<'bound> AcmeRing<'bound> {
    pub(crate) fn new(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Self {
        Self {
            function,
            handle,
            next_token: Atomic::new(0),
            posted: Atomic::new(0),
        }
    }

    pub(crate) fn function(&self) -> &dyn Function<'bound> {
        &*self.function
    }

    pub(crate) fn registers(&self) -> Registers<'_> {
        Registers(self.function.window())
    }

    /// Looks at the device without asking firmware. Context: any.
    pub(crate) fn health(&self) -> Verdict {
        if self.registers().present() {
            Verdict::Healthy
        } else {
            Verdict::Fatal("its id register reads wrong")
        }
    }

    /// Returns the message for `command`.
    pub(crate) fn message(&self, command: Command, memory: Option<DmaBuf>) -> Message {
        Message {
            command,
            memory,
            // CAST: the low byte; 256 commands later no reply can be on its way.
            token: self.next_token.fetch_add(1, Relaxed) as u8,
        }
    }
}

impl Ring for AcmeRing<'_> {
    type Message = Message;
    type Reply = u32;
    // Who sends a command waits for it.
    type Completion = Infallible;

    fn slots(&self) -> usize {
        1
    }

    fn token(message: &Message) -> u8 {
        message.token
    }

    fn opcode(message: &Message) -> u32 {
        message.command.opcode()
    }

    fn status(_reply: &u32) -> u32 {
        // This firmware refuses nothing.
        0
    }

    fn post(&self, _slot: usize, message: &Message) {
        let registers = self.registers();
        // A copy without memory copies nothing.
        let (address, len) = match &message.memory {
            Some(memory) => (memory.address(), memory.size()),
            None => (0, 0),
        };
        self.posted.store(message.token.into(), Relaxed);
        match message.command {
            Command::Liveness(word) => registers.check_liveness(word),
            Command::Factorial(n) => registers.compute_factorial(n),
            Command::CopyIn => registers.copy_in(address, len),
            Command::CopyOut => registers.copy_out(address, len),
        }
    }

    fn doorbell(&self, _mask: u32) {
        // The write of the register has started the command.
    }

    fn returned(&self, _slot: usize) -> Option<u8> {
        // CAST: a byte was stored.
        (!self.registers().busy()).then(|| self.posted.load(Relaxed) as u8)
    }

    fn collect(&self, _slot: usize, message: &Message) -> Result<u32> {
        let reply = match message.command {
            Command::Liveness(_) => self.registers().liveness(),
            Command::Factorial(_) => self.registers().factorial(),
            Command::CopyIn | Command::CopyOut => 0,
        };
        message.command.accepts(reply).then_some(reply).ok_or(EIO)
    }

    fn alive(&self) -> bool {
        self.handle.heed(self.health())
    }
}
