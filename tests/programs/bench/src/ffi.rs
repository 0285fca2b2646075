// SPDX-License-Identifier: GPL-2.0

//! The crate's only unsafe code: marks, see `tools/bench/counter`.

use std::arch::asm;

/// Defines functions that execute one mark.
macro_rules! marks {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)*) => {
        $(
            $(#[$doc])*
            #[inline(always)]
            pub(crate) fn $name() {
                // SAFETY: the instruction is a NOP with an operand; it touches nothing.
                unsafe {
                    asm!(
                        concat!(".byte 0x0f, 0x1f, 0x80, ", $number, ", 0xbe, 0xc0, 0xa7"),
                        options(nostack, preserves_flags)
                    );
                }
            }
        )*
    };
}

marks! {
    /// Another series begins.
    series = "0x00";
    /// Instructions count from here on.
    begin = "0x01";
    /// And no more from here on.
    end = "0x02";
    /// A bit of a number.
    zero = "0x03";
    /// A bit of a number.
    one = "0x04";
    /// The number is the address of a function to look into.
    inner = "0x05";
    /// The number is where the code that calls it begins.
    outer_begin = "0x06";
    /// The number is where that code ends.
    outer_end = "0x07";
}
