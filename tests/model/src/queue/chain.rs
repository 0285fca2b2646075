// SPDX-License-Identifier: GPL-2.0
//! Chains of mailboxes.
//!
//! A chain is walked by count, never until its last pointer: software may hang longer chains on a
//! slot than the lengths need, and the tokens of the unused rest mean nothing.
#![forbid(unsafe_code)]

use zerocopy::byteorder::big_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use super::{Fault, Style};
use crate::memory::Memory;
use crate::status::Delivery;
use crate::violation::Kind;

/// Data bytes of a mailbox.
pub const DATA: usize = 512;
const BLOCK: usize = 576;
const TAIL: u64 = 0x200;
const TOKEN: u64 = 0x23d;

/// The control part of a mailbox, after its data.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
struct Tail {
    reserved_0: [u8; 48],
    next: U64,
    number: U32,
    reserved_3c: u8,
    token: u8,
    ctrl_sig: u8,
    sig: u8,
}

const _: () = assert!(DATA + size_of::<Tail>() == BLOCK);

/// Which way the data of a chain goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Software to device.
    Input,
    /// Device to software.
    Output,
}

impl Direction {
    fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }

    fn pointer(self) -> Delivery {
        match self {
            Self::Input => Delivery::InputPointer,
            Self::Output => Delivery::OutputPointer,
        }
    }
}

/// The mailboxes a length needs, in order.
#[derive(Debug, Default)]
pub struct Chain {
    blocks: Vec<u64>,
}

impl Chain {
    /// Finds and checks the mailboxes for `length` bytes of which 16 are inline.
    pub fn walk(
        memory: &dyn Memory,
        first: u64,
        length: u32,
        token: u8,
        direction: Direction,
        at: &str,
    ) -> Result<Self, Fault> {
        let count = length.saturating_sub(16).div_ceil(512);
        let mut blocks = Vec::new();
        let mut next = first;
        for number in 0..count {
            let name = format!("{} mailbox {number} of {at}", direction.name());
            let tail = load_tail(memory, next, direction, &name)?;
            if tail.number.get() != number {
                let what = format!("The {name} carries the number {}", tail.number.get());
                return Err(Fault::new(Delivery::BlockNumber, Kind::BlockNumber, what));
            }
            if tail.token != token {
                let what = format!(
                    "The {name} carries token {:#x}, the slot {token:#x}",
                    tail.token
                );
                return Err(Fault::new(Delivery::Token, Kind::Token, what));
            }
            if tail.reserved_0 != [0; 48] || tail.reserved_3c != 0 {
                let what = format!("The {name} has reserved bytes set");
                return Err(Fault::new(
                    Delivery::ReservedNotZero,
                    Kind::SlotFormat,
                    what,
                ));
            }
            blocks.push(next);
            next = tail.next.get();
        }
        Ok(Self { blocks })
    }

    /// Appends the data of the chain to `input` until it is `length` bytes long, checking
    /// signatures if `signed`.
    pub fn read(
        &self,
        memory: &dyn Memory,
        input: &mut Vec<u8>,
        length: usize,
        signed: bool,
        at: &str,
    ) -> Result<(), Fault> {
        let mut block = [0; BLOCK];
        for (number, address) in self.blocks.iter().enumerate() {
            if !memory.read(*address, &mut block) {
                let what = format!("The input mailbox {number} of {at} is not guest memory");
                return Err(Fault::new(Delivery::Internal, Kind::MailboxPointer, what));
            }
            if signed && !is_signed(&block) {
                let what = format!("The input mailbox {number} of {at} has a wrong signature");
                return Err(Fault::new(Delivery::Signature, Kind::Signature, what));
            }
            input.extend(block.iter().take(DATA));
        }
        input.truncate(length);
        Ok(())
    }

    /// Writes `data` over the mailboxes, the token into each, and signatures if the style asks for
    /// them.
    pub fn write(&self, memory: &dyn Memory, data: &[u8], token: u8, style: Style) {
        let token = if style.wrong_token { !token } else { token };
        let last = self.blocks.len().saturating_sub(1);
        for (number, (address, chunk)) in self.blocks.iter().zip(data.chunks(DATA)).enumerate() {
            if style.cut && number == last {
                continue;
            }
            memory.write(*address, chunk);
            if style.overrun && number == last {
                let beyond = vec![0xa5; DATA - chunk.len()];
                memory.write(*address + chunk.len() as u64, &beyond);
            }
            memory.write(*address + TOKEN, &[token]);
            if style.sign {
                sign(memory, *address);
            }
        }
    }
}

fn load_tail(
    memory: &dyn Memory,
    address: u64,
    direction: Direction,
    name: &str,
) -> Result<Tail, Fault> {
    if address == 0 || address % 512 != 0 {
        let what = format!("The {name} is at {address:#x}");
        return Err(Fault::new(direction.pointer(), Kind::MailboxPointer, what));
    }
    let mut bytes = [0; size_of::<Tail>()];
    let readable = address
        .checked_add(TAIL)
        .is_some_and(|tail| memory.read(tail, &mut bytes));
    let usable = readable && memory.covers(address, BLOCK as u64);
    let tail = Tail::read_from_bytes(&bytes).ok().filter(|_| usable);
    tail.ok_or_else(|| {
        let what = format!("The {name} at {address:#x} is not guest memory");
        Fault::new(Delivery::Internal, Kind::MailboxPointer, what)
    })
}

fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |x, b| x ^ b)
}

fn is_signed(block: &[u8; BLOCK]) -> bool {
    let (_, tail) = block.split_at(DATA);
    let (control, _) = tail.split_at(63);
    xor(control) == 0xff && xor(block) == 0xff
}

/// Computes and stores both signatures of the mailbox at `address`.
pub fn sign(memory: &dyn Memory, address: u64) {
    let mut block = [0; BLOCK];
    if !memory.read(address, &mut block) {
        return;
    }
    let (data, tail) = block.split_at(DATA);
    let (control, _) = tail.split_at(62);
    let ctrl_sig = !xor(control);
    let sig = !(xor(data) ^ xor(control) ^ ctrl_sig);
    memory.write(address + 0x23e, &[ctrl_sig, sig]);
}
