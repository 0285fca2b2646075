// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The command queue: slots in one page shared with firmware.
//!
//! Source: `struct mlx5_cmd_layout` in `include/linux/mlx5/device.h` and the delivery status values
//! in `drivers/net/ethernet/mellanox/mlx5/core/cmd.c` of Linux 7.3.

use auxcore::{
    dma::DmaBuf,
    function::Function,
    handle::Handle,
    health::Verdict,
    objects::Entry,
    peer::Answer,
    ring::{Completion, Ring},
    slots::MAX_SLOTS, //
};
use kernel::{
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc,
    }, //
};

use super::{
    cmd,
    health::{self, Pulse},
    mailbox::Chain,
    pool::Pool,
    regs::Registers,
    uctx::Uctx,
    wire::{Short, Status, INLINE}, //
};

/// The queue occupies one page.
const QUEUE_LEN: usize = 4096;
/// Bytes of a slot.
const SLOT_LEN: usize = 64;

const TYPE: usize = 0x0;
const TYPE_PCI: u8 = 7;
const IN_LEN: usize = 0x4;
const IN_PTR: usize = 0x8;
const IN_INLINE: usize = 0x10;
const OUT_INLINE: usize = 0x20;
const OUT_PTR: usize = 0x30;
const OUT_LEN: usize = 0x38;
const TOKEN: usize = 0x3c;
const STATUS_OWN: usize = 0x3f;
const OWNED_BY_FIRMWARE: u8 = 1;

/// Largest command and reply: what the fwctl ABI lets through.
pub(crate) const MAX_MESSAGE: usize = 2 << 20;

/// Request and reply memory of one command.
pub(crate) struct Message<'bound> {
    token: u8,
    inline: Short,
    input: Chain,
    output: Chain,
    /// The user context the command is about: it lives at least as long as the command.
    pub(crate) uctx: Option<Arc<Uctx<'bound>>>,
}

impl Message<'_> {
    fn opcode(&self) -> u16 {
        u16::from_be_bytes([self.inline[0], self.inline[1]])
    }

    /// Copies the reply, of which `inline` came in the slot, into `reply`.
    ///
    /// # Errors
    ///
    /// `EBADR` when firmware left another command's token in a mailbox.
    pub(crate) fn copy_reply(&self, inline: &Short, reply: &mut [u8]) -> Result {
        if !self.output.has_token(self.token) {
            return Err(EBADR);
        }
        let head = reply.len().min(INLINE);
        reply[..head].copy_from_slice(&inline[..head]);
        self.output.copy_out(reply);
        Ok(())
    }
}

/// The command queue of one function.
pub(crate) struct CmdRing<'bound> {
    function: Arc<dyn Function<'bound> + 'bound>,
    handle: Handle<'bound>,
    queue: DmaBuf,
    slots: usize,
    log_stride: u32,
    next_token: Atomic<u32>,
    pool: Arc<Pool>,
    pulse: Pulse,
}

impl<'bound> CmdRing<'bound> {
    /// Allocates the queue in the shape the device asks for.
    ///
    /// # Errors
    ///
    /// `EINVAL` when the shape does not fit in a page, `ENOMEM`.
    pub(crate) fn new(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Self> {
        let shape = Registers(function.window()).queue_shape();
        let slots = 1usize << shape.log_slots;
        let fits = shape.log_slots + shape.log_stride <= QUEUE_LEN.ilog2();
        if !(2..=MAX_SLOTS).contains(&slots) || (1 << shape.log_stride) < SLOT_LEN || !fits {
            dev_err!(
                function.device(),
                "command queue of an impossible shape: {:?}\n",
                shape
            );
            return Err(EINVAL);
        }
        Ok(Self {
            queue: DmaBuf::new(function.dma(), QUEUE_LEN)?,
            function,
            handle,
            slots,
            log_stride: shape.log_stride,
            next_token: Atomic::new(0),
            pool: Pool::new()?,
            pulse: Pulse::new(),
        })
    }

    /// Tells the device where the queue is. The ring must not be dropped before the function is
    /// quiesced from now on, as the owner of its channel sees to.
    pub(crate) fn announce(&self) {
        Registers(self.function.window()).set_queue(self.queue.address());
    }

    /// Watches firmware's pulse from now on.
    pub(crate) fn watch(&self) {
        self.pulse.watch(Registers(self.function.window()));
    }

    /// Stops watching firmware's pulse.
    pub(crate) fn unwatch(&self) {
        self.pulse.unwatch();
    }

    /// Looks for signs of dead firmware. Context: any.
    pub(crate) fn health(&self) -> Verdict {
        health::examine(Registers(self.function.window()), &self.pulse)
    }

    /// Returns the handle of the generation the ring belongs to.
    pub(crate) fn handle(&self) -> &Handle<'bound> {
        &self.handle
    }

    /// Returns the function the ring belongs to.
    pub(crate) fn function(&self) -> &Arc<dyn Function<'bound> + 'bound> {
        &self.function
    }

    /// Frees memory of commands that was not needed since the last call. Context: process.
    pub(crate) fn trim(&self) {
        self.pool.trim();
    }

    /// Returns the memory for `command` and a reply of at most `reply_len` bytes.
    ///
    /// # Errors
    ///
    /// `EMSGSIZE` for less than a header or more than [`MAX_MESSAGE`], `ENOMEM`.
    pub(crate) fn message(
        &self,
        command: &[u8],
        reply_len: usize,
        uctx: Option<Arc<Uctx<'bound>>>,
    ) -> Result<Message<'bound>> {
        let lens = INLINE..=MAX_MESSAGE;
        if !lens.contains(&command.len()) || !lens.contains(&reply_len) {
            return Err(EMSGSIZE);
        }
        let mut inline = [0; INLINE];
        inline.copy_from_slice(&command[..INLINE]);
        // CAST: below 255. Zero is what an untouched slot holds, so it is never a token.
        let token = (self.next_token.fetch_add(1, Relaxed) % 255) as u8 + 1;
        let dev = self.function.dma();
        Ok(Message {
            token,
            inline,
            input: Chain::with(&self.pool, dev, command, token)?,
            output: Chain::room(&self.pool, dev, reply_len, token)?,
            uctx,
        })
    }

    fn at(&self, slot: usize) -> usize {
        slot << self.log_stride
    }
}

impl<'bound> Ring for CmdRing<'bound> {
    type Message = Message<'bound>;
    type Reply = Short;
    type Completion = Then;

    fn slots(&self) -> usize {
        self.slots
    }

    fn token(message: &Message<'bound>) -> u8 {
        message.token
    }

    fn opcode(message: &Message<'bound>) -> u32 {
        u32::from(message.opcode())
    }

    fn status(reply: &Short) -> u32 {
        u32::from(Status::of(reply).code)
    }

    fn post(&self, slot: usize, message: &Message<'bound>) {
        let mut entry = [0; SLOT_LEN];
        entry[TYPE] = TYPE_PCI;
        // CAST: lengths are at most `MAX_MESSAGE`.
        entry[IN_LEN..][..4].copy_from_slice(&(message.input.len() as u32).to_be_bytes());
        entry[IN_PTR..][..8].copy_from_slice(&message.input.head().to_be_bytes());
        entry[IN_INLINE..][..INLINE].copy_from_slice(&message.inline);
        entry[OUT_PTR..][..8].copy_from_slice(&message.output.head().to_be_bytes());
        entry[OUT_LEN..][..4].copy_from_slice(&(message.output.len() as u32).to_be_bytes());
        entry[TOKEN] = message.token;
        self.queue.write(self.at(slot), &entry);
        // ORDERING: ownership passes after the whole entry is written.
        self.queue
            .store(self.at(slot) + STATUS_OWN, OWNED_BY_FIRMWARE);
    }

    fn doorbell(&self, mask: u32) {
        // ORDERING: an MMIO write comes after the writes to memory before it.
        Registers(self.function.window()).ring_commands(mask);
    }

    fn returned(&self, slot: usize) -> Option<u8> {
        // ORDERING: the acquiring load of the ownership bit comes before every read of what
        // firmware wrote.
        let own = self.queue.load(self.at(slot) + STATUS_OWN);
        (own & OWNED_BY_FIRMWARE == 0).then(|| self.queue.load(self.at(slot) + TOKEN))
    }

    fn collect(&self, slot: usize, message: &Message<'bound>) -> Result<Short> {
        let delivery = self.queue.load(self.at(slot) + STATUS_OWN) >> 1;
        if delivery != 0 {
            dev_warn!(
                self.function.device(),
                "command {:#x} was not delivered: status {:#x}\n",
                message.opcode(),
                delivery
            );
            return Err(delivery_error(delivery));
        }
        let mut inline = [0; INLINE];
        self.queue.read(self.at(slot) + OUT_INLINE, &mut inline);
        Ok(inline)
    }

    fn late(&self, message: &Message<'bound>, reply: Result<Short>) {
        if let (Some(uctx), Ok(reply)) = (&message.uctx, reply) {
            uctx.late(&message.inline, &reply);
        }
    }

    fn alive(&self) -> bool {
        self.handle.heed(self.health())
    }
}

/// What follows a command that was submitted.
pub(crate) enum Then {
    /// A command that failed is logged, unless the device is dead.
    Log,
    /// As `Log`, and what it destroyed is taken from the object table.
    Forget(Entry),
    /// A peer learns the reply, for which there is room.
    Answer(Arc<dyn Answer>, KVVec<u8>),
}

impl<'bound> Completion<CmdRing<'bound>> for Then {
    fn complete(self, ring: &CmdRing<'bound>, message: &Message<'bound>, reply: Result<Short>) {
        let _entry = match self {
            Self::Log => None,
            Self::Forget(entry) => Some(entry),
            Self::Answer(answer, mut bytes) => {
                let done = reply.and_then(|inline| message.copy_reply(&inline, &mut bytes));
                answer.answered(done.map(|()| &*bytes));
                return;
            }
        };
        match reply.and_then(|reply| cmd::accept(ring, &message.inline, &reply)) {
            // Firmware's refusal is in the log already; on a dead device there is nothing to undo.
            Ok(()) | Err(ENXIO) => (),
            Err(e) => dev_warn!(
                ring.function.device(),
                "command {:#x} that nobody waits for failed: {:?}\n",
                message.opcode(),
                e
            ),
        }
    }
}

/// Maps a delivery status to an errno, as the C driver does.
fn delivery_error(status: u8) -> Error {
    match status {
        // Signature or token.
        0x1 | 0x2 => EBADR,
        // Block number, output pointer, input pointer.
        0x3..=0x5 => EFAULT,
        // Firmware internal error.
        0x6 => EIO,
        // Input length, output length, reserved field, command type.
        0x7..=0x9 | 0x10 => ENOMSG,
        _ => EINVAL,
    }
}
