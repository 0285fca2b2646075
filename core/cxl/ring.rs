// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The command ring: one slot, which is the primary mailbox.
//!
//! The device sends no token back, so the ring remembers the one it posted; with one slot nothing
//! can be mixed up. The device writes to no memory, so memory of a command can be freed at any time.

use auxcore::{
    function::Function,
    handle::Handle,
    health::Verdict,
    ring::{Completion, Ring}, //
};
use kernel::{
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc,
    },
    time::{Delta, Instant, Monotonic}, //
};

use super::{
    command::{Opcode, SUCCESS},
    layout::Layout,
    regs::{Condition, Registers}, //
};

/// How long a device may keep the mailbox for one command ("Mailbox Registers").
const COMMAND: Delta = Delta::from_secs(2);

/// One command, with room for what it returns.
pub(crate) struct Message {
    opcode: Opcode,
    len: usize,
    payload: KVec<u64>,
    returned: KVec<Atomic<u64>>,
    /// Bytes of room in `returned`.
    room: usize,
    token: u8,
}

/// What the device left in the mailbox.
pub(crate) struct Reply {
    /// Its return code.
    pub(crate) code: u16,
    /// Bytes that it returned, not more than there was room for.
    pub(crate) len: usize,
}

impl Message {
    /// Copies what was returned into `to`, as far as it fits.
    pub(crate) fn copy(&self, to: &mut [u8]) {
        let bytes = self
            .returned
            .iter()
            .flat_map(|word| word.load(Relaxed).to_le_bytes());
        for (to, byte) in to.iter_mut().zip(bytes) {
            *to = byte;
        }
    }
}

/// The ring of one device.
pub(crate) struct CxlRing<'bound> {
    function: Arc<dyn Function<'bound> + 'bound>,
    handle: Handle<'bound>,
    layout: Layout,
    payload: usize,
    next_token: Atomic<u32>,
    /// The token of the command in the mailbox, [`NOTHING`] if there is none.
    posted: Atomic<u32>,
    /// When the last command was posted, in milliseconds from the start.
    posted_at: Atomic<u64>,
    start: Instant<Monotonic>,
}

const NOTHING: u32 = u32::MAX;

impl<'bound> CxlRing<'bound> {
    /// Returns the ring over a mailbox that is ready and idle.
    ///
    /// # Errors
    ///
    /// `ENODEV`: the mailbox is too small.
    pub(crate) fn new(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
        layout: Layout,
    ) -> Result<Self> {
        let payload = Registers::new(function.window(), layout)
            .payload()
            .ok_or(ENODEV)?;
        Ok(Self {
            function,
            handle,
            layout,
            payload,
            next_token: Atomic::new(0),
            posted: Atomic::new(NOTHING),
            posted_at: Atomic::new(0),
            start: Instant::now(),
        })
    }

    pub(crate) fn function(&self) -> &dyn Function<'bound> {
        &*self.function
    }

    pub(crate) fn registers(&self) -> Registers<'_> {
        Registers::new(self.function.window(), self.layout)
    }

    /// Returns how many bytes a command may carry in each direction.
    pub(crate) fn payload(&self) -> usize {
        self.payload
    }

    /// Returns the message for a command whose payload is `parts`, one behind the other, and that
    /// may return `room` bytes.
    ///
    /// # Errors
    ///
    /// `EMSGSIZE` when one of them is longer than what a command carries, `ENOMEM`.
    pub(crate) fn message(&self, opcode: Opcode, parts: &[&[u8]], room: usize) -> Result<Message> {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        if len > self.payload || room > self.payload {
            return Err(EMSGSIZE);
        }
        let mut payload = KVec::with_capacity(len.div_ceil(8), GFP_KERNEL)?;
        let mut word = [0; 8];
        let mut filled = 0;
        for byte in parts.iter().flat_map(|part| part.iter()) {
            word[filled] = *byte;
            filled += 1;
            if filled == word.len() {
                payload.push(u64::from_le_bytes(word), GFP_KERNEL)?;
                (word, filled) = ([0; 8], 0);
            }
        }
        if filled > 0 {
            payload.push(u64::from_le_bytes(word), GFP_KERNEL)?;
        }
        let mut returned = KVec::with_capacity(room.div_ceil(8), GFP_KERNEL)?;
        for _ in 0..room.div_ceil(8) {
            returned.push(Atomic::new(0), GFP_KERNEL)?;
        }
        Ok(Message {
            opcode,
            len,
            payload,
            returned,
            room,
            // CAST: the low byte; one command at a time is under way.
            token: self.next_token.fetch_add(1, Relaxed) as u8,
        })
    }

    fn now(&self) -> u64 {
        // CAST: a time since the start is positive.
        self.start.elapsed().as_millis() as u64
    }

    /// Looks for signs of a dead device. Context: any.
    pub(crate) fn health(&self) -> Verdict {
        if let Condition::Dead(reason) = self.registers().condition() {
            return Verdict::Fatal(reason);
        }
        // CAST: a constant.
        let overdue = self.posted.load(Relaxed) != NOTHING
            && self.now().saturating_sub(self.posted_at.load(Relaxed)) > COMMAND.as_millis() as u64
            && self.registers().busy();
        if overdue {
            Verdict::Fatal("it did not finish a command in time")
        } else {
            Verdict::Healthy
        }
    }
}

/// What follows a command that was submitted: nothing.
pub(crate) struct Unheeded;

impl<'bound> Completion<CxlRing<'bound>> for Unheeded {
    fn complete(self, _ring: &CxlRing<'bound>, _message: &Message, _reply: Result<Reply>) {}
}

impl Ring for CxlRing<'_> {
    type Message = Message;
    type Reply = Reply;
    type Completion = Unheeded;

    fn slots(&self) -> usize {
        1
    }

    fn token(message: &Message) -> u8 {
        message.token
    }

    fn opcode(message: &Message) -> u32 {
        message.opcode as u32 // CAST: a wider type.
    }

    fn status(reply: &Reply) -> u32 {
        reply.code.into()
    }

    fn post(&self, _slot: usize, message: &Message) {
        self.posted_at.store(self.now(), Relaxed);
        self.posted.store(message.token.into(), Relaxed);
        // CAST: the enum is `repr(u16)`.
        self.registers()
            .load(message.opcode as u16, message.len, &message.payload);
    }

    fn doorbell(&self, _mask: u32) {
        self.registers().ring();
    }

    fn returned(&self, _slot: usize) -> Option<u8> {
        let posted = self.posted.load(Relaxed);
        // CAST: a byte was stored.
        (posted != NOTHING && !self.registers().busy()).then_some(posted as u8)
    }

    fn collect(&self, _slot: usize, message: &Message) -> Result<Reply> {
        self.posted.store(NOTHING, Relaxed);
        let registers = self.registers();
        let code = registers.return_code();
        let len = if code == SUCCESS {
            registers.returned_len().min(message.room)
        } else {
            0
        };
        registers.read_payload(len, &message.returned);
        Ok(Reply { code, len })
    }

    fn alive(&self) -> bool {
        self.handle.heed(self.health())
    }
}
