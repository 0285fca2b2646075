// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The lines that programs write. Pure: imports nothing.

/// What a program asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Line<'a> {
    /// `liveness N`
    Liveness(u32),
    /// `factorial N`
    Factorial(u32),
    /// `echo TEXT`
    Echo(&'a [u8]),
}

impl<'a> Line<'a> {
    /// Parses a line of any bytes; the newline that `echo` adds does not count. `None` for what is
    /// not one.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let space = text.iter().position(|&b| b == b' ')?;
        let (word, rest) = (text.get(..space)?, text.get(space + 1..)?);
        match word {
            b"liveness" => number(rest).map(Self::Liveness),
            b"factorial" => number(rest).map(Self::Factorial),
            b"echo" => Some(Self::Echo(rest)),
            _ => None,
        }
    }
}

fn number(text: &[u8]) -> Option<u32> {
    core::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(acme_line))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_is_known() {
        assert_eq!(Line::parse(b"liveness 7\n"), Some(Line::Liveness(7)));
        assert_eq!(Line::parse(b"factorial 12"), Some(Line::Factorial(12)));
        assert_eq!(Line::parse(b"echo a b\n"), Some(Line::Echo(b"a b")));
    }

    #[test]
    fn anything_else_is_refused() {
        let lines: [&[u8]; 8] = [
            b"",
            b"\n",
            b"factorial",
            b"factorial ",
            b"factorial -1",
            b"factorial 4294967296",
            b"halve 2",
            b"\xff\xfe \x00",
        ];
        for line in lines {
            assert_eq!(Line::parse(line), None);
        }
    }
}
