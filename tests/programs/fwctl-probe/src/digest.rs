// SPDX-License-Identifier: GPL-2.0

//! A number that tells two sequences of bytes apart.

#![forbid(unsafe_code)]

use std::fmt;

/// FNV-1a of what was added so far.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Digest(u64);

impl Digest {
    /// Nothing was added yet.
    pub(crate) const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds bytes, one by one.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_counts() {
        let of = |bytes: &[u8]| {
            let mut digest = Digest::new();
            digest.add(bytes);
            digest
        };
        assert_ne!(of(&[1, 2]), of(&[2, 1]));
        assert_eq!(of(b"a").to_string(), "af63dc4c8601ec8c");
    }
}
