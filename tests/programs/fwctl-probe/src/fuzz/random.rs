// SPDX-License-Identifier: GPL-2.0

//! Numbers that look random and are the same for the same seed, on every machine.

#![forbid(unsafe_code)]

/// An xorshift generator of 64 bits.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// Starts a sequence. Seed 0 is one like any other.
    pub(crate) fn new(seed: u64) -> Self {
        // The one state the generator would never leave is zero.
        let state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635_dcf9_8d5b;
        Self(if state == 0 { 1 } else { state })
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Returns any byte.
    pub(crate) fn byte(&mut self) -> u8 {
        let [high, ..] = self.next().to_be_bytes();
        high
    }

    /// Fills `bytes` with any.
    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            let word = self.next().to_be_bytes();
            part.iter_mut().zip(word).for_each(|(to, from)| *to = from);
        }
    }

    /// Returns any 16-bit number.
    pub(crate) fn word(&mut self) -> u16 {
        let [high, low, ..] = self.next().to_be_bytes();
        u16::from_be_bytes([high, low])
    }

    /// Returns a number below `bound`, or 0 if that is 0.
    pub(crate) fn below(&mut self, bound: u16) -> u16 {
        self.word().checked_rem(bound).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_up_and_bounds_hold() {
        for seed in [0, 1, u64::MAX] {
            let mut random = Random::new(seed);
            let mut seen = [false; 256];
            for _ in 0..8192 {
                seen[usize::from(random.byte())] = true;
                assert!(random.below(3) < 3);
            }
            assert!(seen.iter().all(|seen| *seen));
            assert_eq!(random.below(0), 0);
        }
    }
}
