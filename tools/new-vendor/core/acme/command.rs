// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The commands, and what of a reply can be believed. Pure: imports nothing.

/// The largest number whose factorial fits in a register.
const MAX_FACTORIAL: u32 = 12;

/// A command to firmware.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Command {
    /// Invert a word.
    Liveness(u32),
    /// Compute a factorial. Made by [`Command::factorial`].
    Factorial(u32),
    /// Copy the command's memory to the device's buffer.
    CopyIn,
    /// Copy the device's buffer to the command's memory.
    CopyOut,
}

impl Command {
    /// Returns the command for the factorial of `n`, or `None` if the result does not fit.
    pub(crate) fn factorial(n: u32) -> Option<Self> {
        (n <= MAX_FACTORIAL).then_some(Self::Factorial(n))
    }

    /// Returns the command's number, for counters and traces; the device has none.
    pub(crate) fn opcode(self) -> u32 {
        match self {
            Self::Liveness(_) => 1,
            Self::Factorial(_) => 2,
            Self::CopyIn => 3,
            Self::CopyOut => 4,
        }
    }

    /// Returns whether `reply` can be firmware's reply to this command.
    pub(crate) fn accepts(self, reply: u32) -> bool {
        match self {
            Self::Liveness(word) => reply == !word,
            // A factorial is a multiple of all numbers up to its own.
            Self::Factorial(n) => reply != 0 && (1..=n).all(|i| reply.checked_rem(i) == Some(0)),
            Self::CopyIn | Self::CopyOut => true,
        }
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(acme_command))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    #[test]
    fn a_factorial_that_does_not_fit_is_no_command() {
        assert_eq!(Command::factorial(12), Some(Command::Factorial(12)));
        assert_eq!(Command::factorial(13), None);
        assert_eq!(Command::factorial(u32::MAX), None);
    }

    #[test]
    fn impossible_replies_are_not_believed() {
        assert!(Command::Liveness(0xff).accepts(0xffff_ff00));
        assert!(!Command::Liveness(0xff).accepts(0xff));
        assert!(Command::Factorial(0).accepts(1));
        assert!(Command::Factorial(5).accepts(120));
        assert!(!Command::Factorial(5).accepts(0));
        assert!(!Command::Factorial(5).accepts(u32::MAX));
    }
}
