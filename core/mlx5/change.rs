// SPDX-License-Identifier: GPL-2.0

//! What a user program's request may change in the device, in words for the journal.
//!
//! Pure: imports nothing from the kernel crate, and is tested on the host and in the guest.

#![forbid(unsafe_code)]

use core::fmt;

use super::{permitted::Effect, scope::Entry};

/// Bytes of a register access that hold the register's number.
const REGISTER: core::ops::Range<usize> = 10..12;

/// A change that a request asks for; prints as one word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Change {
    /// The command, and the variant of it.
    Command(&'static str, u16),
    /// The command, and the register it writes.
    Register(&'static str, u16),
    /// The command that resets the counters it reads.
    Clear(&'static str),
}

/// Returns what `request`, of which `entry` is the row, may change in the device.
pub(crate) fn of(entry: &Entry, request: &[u8]) -> Option<Change> {
    let word = |range: core::ops::Range<usize>| match request.get(range) {
        Some(&[hi, lo]) => u16::from_be_bytes([hi, lo]),
        _ => 0,
    };
    match entry.effect {
        Effect::Reads => None,
        Effect::Writes => Some(Change::Command(entry.name, word(6..8))),
        Effect::WritesRegister => Some(Change::Register(entry.name, word(REGISTER))),
        Effect::Clears(at) => {
            let clears = request.get(at).is_some_and(|byte| byte & 0x80 != 0);
            clears.then_some(Change::Clear(entry.name))
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(name, variant) => write!(f, "{name}/{variant:#x}"),
            Self::Register(name, register) => write!(f, "{name}/write/{register:#x}"),
            Self::Clear(name) => write!(f, "{name}/clear"),
        }
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_mlx5_change))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::super::scope;
    use super::*;

    /// Returns the change of a request of 32 bytes, as the service finds it.
    fn change(opcode: u16, op_mod: u16, bytes: &[(usize, u8)]) -> Option<Change> {
        let mut request = [0; 32];
        request[..2].copy_from_slice(&opcode.to_be_bytes());
        request[6..8].copy_from_slice(&op_mod.to_be_bytes());
        for &(at, value) in bytes {
            request[at] = value;
        }
        scope::lookup(opcode, op_mod).and_then(|entry| of(&entry, &request))
    }

    #[test]
    fn a_register_write_is_a_change_of_that_register() {
        let register = [(10, 0x90), (11, 0x20)];
        let expected = Some(Change::Register("ACCESS_REG", 0x9020));
        assert_eq!(change(0x805, 0, &register), expected);
        let expected = Some(Change::Register("ACCESS_REGISTER_USER", 0x9020));
        assert_eq!(change(0xb0c, 0, &register), expected);
    }

    #[test]
    fn a_register_read_is_none() {
        for op_mod in [1, 2, 0xffff] {
            assert_eq!(change(0x805, op_mod, &[]), None);
            assert_eq!(change(0xb0c, op_mod, &[]), None);
        }
    }

    #[test]
    fn what_sets_something_is_a_change_whatever_its_variant() {
        for opcode in [0x109, 0x731, 0x820, 0x823, 0xb2e] {
            for op_mod in [0, 1, 0xffff] {
                let change = change(opcode, op_mod, &[]);
                assert!(matches!(change, Some(Change::Command(_, m)) if m == op_mod));
            }
        }
    }

    #[test]
    fn a_query_is_none_unless_it_resets_its_counters() {
        for opcode in [0x100, 0x101, 0x107, 0x75a, 0x80d, 0x903] {
            assert_eq!(change(opcode, 0, &[(8, 0xff), (24, 0xff)]), None);
        }
        for (opcode, at) in [
            (0x770, 24),
            (0x773, 24),
            (0x93b, 24),
            (0x826, 8),
            (0x964, 8),
        ] {
            assert_eq!(change(opcode, 0, &[(at, 0x7f)]), None);
            assert!(matches!(
                change(opcode, 0, &[(at, 0x80)]),
                Some(Change::Clear(_))
            ));
        }
    }

    #[test]
    fn a_request_that_ends_early_resets_nothing_and_names_register_zero() {
        let entry = scope::lookup(0x770, 0);
        assert!(entry.is_some_and(|entry| of(&entry, &[0xff; 24]).is_none()));
        let entry = scope::lookup(0x805, 0);
        assert!(entry.is_some_and(
            |entry| of(&entry, &[0xff; 11]) == Some(Change::Register("ACCESS_REG", 0))
        ));
    }
}
