// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The marks in the guest's instructions.

/// NOP with a 32-bit operand relative to RAX: opcode and addressing byte.
const NOP: [u8; 3] = [0x0f, 0x1f, 0x80];
/// The operand of a mark, but for its low byte.
pub(crate) const MAGIC: [u8; 3] = [0xbe, 0xc0, 0xa7];
/// Length of the instruction.
pub(crate) const LEN: usize = 7;

/// What a mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Another series begins.
    Series,
    /// Instructions count from here on.
    Begin,
    /// And no more from here on.
    End,
    /// The next bit of a number, highest first, is this.
    Bit(bool),
    /// The number is the address of a function to look into.
    Inner,
    /// The number is where the code begins that calls those functions.
    OuterBegin,
    /// The number is where that code ends.
    OuterEnd,
}

impl Mark {
    /// Returns the mark that these bytes of an instruction are, if they are one.
    pub(crate) fn parse(bytes: [u8; LEN]) -> Option<Self> {
        let [a, b, c, number, x, y, z] = bytes;
        if [a, b, c] != NOP || [x, y, z] != MAGIC {
            return None;
        }
        Some(match number {
            0 => Self::Series,
            1 => Self::Begin,
            2 => Self::End,
            3 => Self::Bit(false),
            4 => Self::Bit(true),
            5 => Self::Inner,
            6 => Self::OuterBegin,
            7 => Self::OuterEnd,
            _ => return None,
        })
    }
}
