// SPDX-License-Identifier: GPL-2.0

//! Bytes as hexadecimal text.

#![forbid(unsafe_code)]

use std::fmt::Write;

/// Bytes that were given as text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
    /// Reads pairs of digits; spaces, colons, commas and underscores between them are ignored.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut digits = Vec::new();
        for c in text.chars() {
            if matches!(c, ' ' | ':' | ',' | '_' | '\n' | '\t') {
                continue;
            }
            let digit = c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            digits.push(digit.ok_or_else(|| format!("{c:?} is no hexadecimal digit"))?);
        }

        let mut bytes = Vec::with_capacity(digits.len() / 2);
        for pair in digits.chunks(2) {
            let [high, low] = pair else {
                return Err("A byte has two digits, and the last one is missing".to_owned());
            };
            bytes.push((high << 4) | low);
        }
        Ok(Self(bytes))
    }
}

/// Returns bytes as lines of 32, each with its offset. Repeated lines are not left out.
pub fn lines(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (index, line) in bytes.chunks(32).enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{:06x} ", index * 32);
        for word in line.chunks(4) {
            text.push(' ');
            for byte in word {
                let _ = write!(text, "{byte:02x}");
            }
        }
        text.push('\n');
    }
    text
}

/// Returns bytes as one run of digits.
pub fn run(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_with_and_without_marks_between() {
        let expected = Ok(Bytes(vec![0x01, 0x00, 0xff]));
        assert_eq!(Bytes::parse("0100ff"), expected);
        assert_eq!(Bytes::parse("01 00:FF"), expected);
        assert_eq!(Bytes::parse("01_00,ff\n"), expected);
        assert_eq!(Bytes::parse(""), Ok(Bytes(vec![])));
    }

    #[test]
    fn half_bytes_and_other_letters_are_refused() {
        assert!(Bytes::parse("010").is_err());
        assert!(Bytes::parse("0x10").is_err());
        assert!(Bytes::parse("é").is_err());
    }

    #[test]
    fn bytes_are_written_in_lines_of_32() {
        let bytes: Vec<u8> = (0..34).collect();
        let expected = "000000  00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 18191a1b \
                        1c1d1e1f\n000020  2021\n";
        assert_eq!(lines(&bytes), expected);
        assert_eq!(run(&[0, 0xab]), "00ab");
    }
}
