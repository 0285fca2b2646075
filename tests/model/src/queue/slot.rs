// SPDX-License-Identifier: GPL-2.0
//! One 64-byte slot of the command queue.
#![forbid(unsafe_code)]

use zerocopy::byteorder::big_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use super::{Fault, MAX_BYTES, MIN_BYTES};
use crate::memory::Memory;
use crate::status::Delivery;
use crate::violation::Kind;

/// Bytes of a slot (log_cmdq_stride 6).
pub const SLOT_BYTES: usize = 64;
/// The only command type: PCI command transport.
const TYPE_PCI: u8 = 7;

/// A slot as it lies in memory.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Slot {
    /// The command type.
    pub kind: u8,
    reserved_1: [u8; 3],
    /// Bytes of the whole input.
    pub inlen: U32,
    /// The first input mailbox.
    pub in_ptr: U64,
    /// The first 16 bytes of the input.
    pub input: [u8; 16],
    /// The first 16 bytes of the output.
    pub output: [u8; 16],
    /// The first output mailbox.
    pub out_ptr: U64,
    /// Bytes of the whole output.
    pub outlen: U32,
    /// The token every mailbox of the command carries.
    pub token: u8,
    /// The signature: the XOR of all 64 bytes is 0xff.
    pub sig: u8,
    reserved_3e: u8,
    /// Bit 0: owned by hardware; bits 7:1: delivery status.
    pub status_own: u8,
}

const _: () = assert!(size_of::<Slot>() == SLOT_BYTES);

impl Slot {
    /// Reads the slot at `address`.
    pub fn load(memory: &dyn Memory, address: u64) -> Option<Self> {
        let mut bytes = [0; SLOT_BYTES];
        if !memory.read(address, &mut bytes) {
            return None;
        }
        Self::read_from_bytes(&bytes).ok()
    }

    /// Checks everything about the slot that needs no mailbox.
    ///
    /// # Errors
    /// The fault of the first check that fails, ownership first.
    pub fn check(&self, number: u32, signed: bool) -> Result<(), Fault> {
        if self.status_own & 1 == 0 {
            let what = format!("Slot {number} was rung while software owns it");
            return Err(Fault {
                delivery: None,
                kind: Kind::Ownership,
                what,
            });
        }
        if signed && self.as_bytes().iter().fold(0, |x, b| x ^ b) != 0xff {
            let what = format!("Slot {number} has a wrong signature");
            return Err(Fault::new(Delivery::Signature, Kind::Signature, what));
        }
        if self.kind != TYPE_PCI {
            let what = format!("Slot {number} has command type {:#x}", self.kind);
            return Err(Fault::new(Delivery::CommandType, Kind::SlotFormat, what));
        }
        if self.reserved_1 != [0; 3] || self.reserved_3e != 0 || self.status_own != 1 {
            let what = format!("Slot {number} has reserved bits set");
            return Err(Fault::new(
                Delivery::ReservedNotZero,
                Kind::SlotFormat,
                what,
            ));
        }
        let (inlen, outlen) = (self.inlen.get(), self.outlen.get());
        if !(MIN_BYTES..=MAX_BYTES).contains(&inlen) {
            let what = format!("Slot {number} has an input of {inlen} bytes");
            return Err(Fault::new(Delivery::InputLength, Kind::InputLength, what));
        }
        if !(MIN_BYTES..=MAX_BYTES).contains(&outlen) {
            let what = format!("Slot {number} has room for an output of {outlen} bytes");
            return Err(Fault::new(Delivery::OutputLength, Kind::OutputLength, what));
        }
        Ok(())
    }

    /// Computes the signature over the slot as it now is.
    pub fn sign(&mut self) {
        self.sig = 0;
        self.sig = !self.as_bytes().iter().fold(0, |x, b| x ^ b);
    }
}
