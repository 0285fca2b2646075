// SPDX-License-Identifier: GPL-2.0

//! Short texts in a fixed place, and bytes made fit to print.
//!
//! Pure: imports nothing from the kernel crate, and is tested on the host and in the guest.

#![forbid(unsafe_code)]

use core::fmt;

/// A text of at most `N` bytes; what does not fit is cut off, between two characters.
#[derive(Clone, Copy)]
pub struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
    /// Something did not fit: nothing is appended behind the gap.
    cut: bool,
}

impl<const N: usize> Text<N> {
    /// Returns an empty text.
    pub const fn new() -> Self {
        Self {
            bytes: [0; N],
            len: 0,
            cut: false,
        }
    }

    /// Returns the text.
    pub(crate) fn as_str(&self) -> &str {
        self.bytes
            .get(..self.len)
            .and_then(|bytes| core::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> fmt::Write for Text<N> {
    /// Appends as much of `s` as fits. Never fails.
    fn write_str(&mut self, s: &str) -> fmt::Result {
        if self.cut {
            return Ok(());
        }
        let mut len = s.len().min(N - self.len);
        while !s.is_char_boundary(len) {
            len -= 1;
        }
        self.cut = len < s.len();
        if let (Some(to), Some(from)) = (
            self.bytes.get_mut(self.len..self.len + len),
            s.as_bytes().get(..len),
        ) {
            to.copy_from_slice(from);
            self.len += len;
        }
        Ok(())
    }
}

/// Prints bytes that somebody else chose as one word: all but letters, digits and plain punctuation
/// stands as `\xNN`, so they cannot look like another word or another line.
pub(crate) struct Escaped<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in self.0 {
            if byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'=' | b'"' | b'#') {
                write!(f, "{}", char::from(byte))?;
            } else {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_text))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;
    use core::fmt::Write;

    fn text<const N: usize>(parts: &[&str]) -> Text<N> {
        let mut text = Text::new();
        for part in parts {
            assert!(text.write_str(part).is_ok());
        }
        text
    }

    #[test]
    fn a_text_that_fits_is_kept_whole() {
        assert_eq!(text::<8>(&[]).as_str(), "");
        assert_eq!(text::<8>(&["abc", "", "defgh"]).as_str(), "abcdefgh");
    }

    #[test]
    fn what_does_not_fit_is_cut_off() {
        assert_eq!(text::<4>(&["abc", "def"]).as_str(), "abcd");
        assert_eq!(text::<4>(&["abcd", "e", "f"]).as_str(), "abcd");
        assert_eq!(text::<0>(&["a"]).as_str(), "");
    }

    #[test]
    fn a_character_is_never_cut_in_two() {
        assert_eq!(text::<4>(&["abc\u{e9}"]).as_str(), "abc");
        assert_eq!(text::<4>(&["abc\u{e9}", "d"]).as_str(), "abc");
        assert_eq!(text::<5>(&["abc\u{e9}"]).as_str(), "abc\u{e9}");
    }

    #[test]
    fn printed_bytes_are_one_word_on_one_line() {
        for byte in 0..=u8::MAX {
            let mut out = Text::<8>::new();
            assert!(write!(out, "{}", Escaped(&[byte])).is_ok());
            let word = out.as_str();
            assert!(!word.is_empty());
            assert!(word.bytes().all(|b| b.is_ascii_graphic() && b != b'='));
            assert_eq!(word.starts_with('\\'), word.len() == 4);
        }
    }

    #[test]
    fn plain_names_are_printed_as_they_are() {
        let mut out = Text::<32>::new();
        assert!(write!(out, "{}", Escaped(b"fwctl-probe:0_x/y")).is_ok());
        assert_eq!(out.as_str(), "fwctl-probe:0_x/y");
    }
}
