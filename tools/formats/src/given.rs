// SPDX-License-Identifier: GPL-2.0

//! Commands and their fields as a user gives them: names and values, all text.

#![forbid(unsafe_code)]

/// Why a command's fields cannot be used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Wrong {
    /// The command has no such field.
    Field(String),
    /// The field takes no such value.
    Value(String, String),
}

/// Returns whether `text` is the name `known`, in either case and with `-` for `_`.
pub fn names(text: &str, known: &str) -> bool {
    known.eq_ignore_ascii_case(&text.replace('-', "_"))
}

/// Reads a decimal number, or a hexadecimal one behind `0x`.
pub fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) if digits.starts_with('+') => None,
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None if text.starts_with('+') => None,
        None => text.parse().ok(),
    }
}
