// SPDX-License-Identifier: GPL-2.0

//! A plugin of QEMU's translator that counts the guest's instructions between marks.
//!
//! A mark is an instruction without an effect, a NOP whose operand is [`mark::MAGIC`] with a number
//! in its low byte; a program in the guest executes it (see `tests/programs/bench`). What is counted
//! is every instruction of the guest between two marks, the kernel's included, by translated block.
//! When the guest ends, the counts are written as lines of text to the file that the plugin's
//! argument `out=` names; `tools/bench` reads them.
//!
//! It counts one processor: with more, the counts mean nothing.

#![deny(unsafe_code)]

mod count;
#[allow(unsafe_code)]
mod ffi;
mod mark;
