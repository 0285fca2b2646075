// SPDX-License-Identifier: GPL-2.0
//! The command queue in guest memory: slots, mailboxes, tokens and signatures.
#![forbid(unsafe_code)]

mod chain;
mod slot;

pub use slot::{Slot, SLOT_BYTES};

use crate::field::index;
use crate::memory::Memory;
use crate::status::Delivery;
use crate::violation::Kind;
use chain::{Chain, Direction};

/// Slots of the queue (log_cmdq_size 5).
pub const SLOTS: u32 = 32;
/// The smallest input or output: opcode and op_mod, status and syndrome.
pub const MIN_BYTES: u32 = 8;
/// The largest input or output: what 4096 mailboxes and the 16 inline bytes hold.
pub const MAX_BYTES: u32 = 16 + 512 * 4096;

/// A command as read from guest memory, with the place its reply goes to.
#[derive(Debug)]
pub struct Fetched {
    /// The whole input, inline part first.
    pub input: Vec<u8>,
    /// Bytes software has room for.
    pub outlen: usize,
    /// The token of the slot.
    pub token: u8,
    address: u64,
    slot: Slot,
    output: Chain,
}

/// Why a slot could not be executed.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// What the slot is answered with; none if software owns the slot or it cannot be read.
    pub delivery: Option<Delivery>,
    /// The kind of the driver's mistake.
    pub kind: Kind,
    /// The mistake in words.
    pub what: String,
}

impl Fault {
    fn new(delivery: Delivery, kind: Kind, what: String) -> Self {
        Self {
            delivery: Some(delivery),
            kind,
            what,
        }
    }
}

/// How a reply is written; the defaults are the truth, everything else is a planted fault.
#[derive(Clone, Copy, Default)]
pub struct Style {
    /// Write signatures.
    pub sign: bool,
    /// Write a wrong token into output mailboxes.
    pub wrong_token: bool,
    /// Leave out the last mailbox.
    pub cut: bool,
    /// Fill the last mailbox to its end.
    pub overrun: bool,
}

/// Returns the address of a slot of the queue at `base`.
pub fn slot_address(base: u64, number: u32) -> u64 {
    base.wrapping_add(u64::from(number) * SLOT_BYTES as u64)
}

/// Reads the command of one slot.
///
/// # Errors
/// A [`Fault`] names the delivery status and the violation.
pub fn fetch(memory: &dyn Memory, base: u64, number: u32, signed: bool) -> Result<Fetched, Fault> {
    let address = slot_address(base, number);
    let slot = Slot::load(memory, address).ok_or_else(|| Fault {
        delivery: None,
        kind: Kind::Queue,
        what: format!("Slot {number} at {address:#x} is not guest memory"),
    })?;
    slot.check(number, signed)?;
    let (inlen, outlen) = (slot.inlen.get(), slot.outlen.get());
    let at = format!("slot {number}");
    let input_chain = Chain::walk(
        memory,
        slot.in_ptr.get(),
        inlen,
        slot.token,
        Direction::Input,
        &at,
    )?;
    let output = Chain::walk(
        memory,
        slot.out_ptr.get(),
        outlen,
        slot.token,
        Direction::Output,
        &at,
    )?;
    let mut input = slot.input.to_vec();
    input_chain.read(memory, &mut input, index(inlen.into()), signed, &at)?;
    Ok(Fetched {
        input,
        outlen: index(outlen.into()),
        token: slot.token,
        address,
        slot,
        output,
    })
}

impl Fetched {
    /// Writes the reply into the slot and its mailboxes but leaves the slot with the device.
    ///
    /// The reply is cut or filled up with zeros to the room software has; nothing beyond it is
    /// touched.
    pub fn write(&mut self, memory: &dyn Memory, reply: &[u8], style: Style) {
        let mut output = reply.to_vec();
        output.resize(self.outlen, 0);
        let (inline, rest) = output.split_at(output.len().min(16));
        for (to, from) in self.slot.output.iter_mut().zip(inline) {
            *to = *from;
        }
        self.output.write(memory, rest, self.token, style);
        memory.write(self.address + 0x20, &self.slot.output);
    }

    /// Gives the slot back with the token and the inline reply of another command.
    pub fn mislead(&self, memory: &dyn Memory, token: u8, inline: [u8; 16]) {
        memory.write(self.address + 0x20, &inline);
        memory.write(self.address + 0x3c, &[token]);
        memory.write(self.address + 0x3f, &[Delivery::Ok.code()]);
    }

    /// Writes the command's own token into the slot again.
    pub fn restore(&self, memory: &dyn Memory) {
        memory.write(self.address + 0x3c, &[self.token]);
    }

    /// Gives the slot back to software, in a store of its own after everything else.
    pub fn release(&mut self, memory: &dyn Memory, delivery: Delivery, style: Style) {
        self.slot.status_own = delivery.code();
        if style.sign {
            self.slot.sign();
            memory.write(self.address + 0x3d, &[self.slot.sig]);
        }
        memory.write(self.address + 0x3f, &[self.slot.status_own]);
    }
}

/// Answers a slot that could not be executed with a delivery status alone.
pub fn refuse(memory: &dyn Memory, base: u64, number: u32, delivery: Delivery) {
    memory.write(slot_address(base, number) + 0x3f, &[delivery.code()]);
}

#[cfg(test)]
pub mod tests;
