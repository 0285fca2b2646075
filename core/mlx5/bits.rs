// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Big-endian words and bit fields in byte buffers. Pure; total: reading beyond the end gives zero,
//! writing there does nothing.

/// A field of at most 32 bits: bits `[hi:lo]` of the big-endian word at byte `word`.
///
/// Written as in the hardware notes: `dw0x34[7:0]` is `Field::new(0x34, 7, 0)`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Field {
    word: usize,
    hi: u32,
    lo: u32,
}

impl Field {
    /// Returns the field; a compile-time error when the bits do not fit in a word or the word is
    /// not aligned.
    pub(crate) const fn new(word: usize, hi: u32, lo: u32) -> Self {
        assert!(
            word % 4 == 0 && hi < 32 && lo <= hi,
            "a field lies inside one aligned word"
        );
        Self { word, hi, lo }
    }

    const fn mask(self) -> u32 {
        u32::MAX >> (31 - (self.hi - self.lo))
    }

    /// Reads the field from `bytes`.
    pub(crate) fn get(self, bytes: &[u8]) -> u32 {
        (be32(bytes, self.word) >> self.lo) & self.mask()
    }

    /// Writes `value`, cut to the field's width, into `bytes`.
    pub(crate) fn set(self, bytes: &mut [u8], value: u32) {
        let rest = be32(bytes, self.word) & !(self.mask() << self.lo);
        put_be32(bytes, self.word, rest | (value & self.mask()) << self.lo);
    }
}

/// Reads the big-endian word at byte `at`.
pub(crate) fn be32(bytes: &[u8], at: usize) -> u32 {
    array(bytes, at).map_or(0, u32::from_be_bytes)
}

/// Reads the big-endian 64-bit word at byte `at`.
pub(crate) fn be64(bytes: &[u8], at: usize) -> u64 {
    array(bytes, at).map_or(0, u64::from_be_bytes)
}

/// Writes the big-endian word at byte `at`.
pub(crate) fn put_be32(bytes: &mut [u8], at: usize, value: u32) {
    put(bytes, at, &value.to_be_bytes());
}

/// Writes the big-endian 64-bit word at byte `at`.
pub(crate) fn put_be64(bytes: &mut [u8], at: usize, value: u64) {
    put(bytes, at, &value.to_be_bytes());
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = at
        .checked_add(value.len())
        .and_then(|end| bytes.get_mut(at..end))
    {
        place.copy_from_slice(value);
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_mlx5_bits))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    #[test]
    fn a_field_reads_back_what_was_set_and_leaves_its_neighbours() {
        let mut bytes = [0xffu8; 8];
        let field = Field::new(4, 20, 16);
        field.set(&mut bytes, 0x0a);
        assert_eq!(field.get(&bytes), 0x0a);
        assert_eq!(bytes, [0xff, 0xff, 0xff, 0xff, 0xff, 0xea, 0xff, 0xff]);
    }

    #[test]
    fn a_whole_word_is_a_field() {
        let mut bytes = [0u8; 4];
        Field::new(0, 31, 0).set(&mut bytes, 0xdead_beef);
        assert_eq!(bytes, [0xde, 0xad, 0xbe, 0xef]);
    }

    #[test]
    fn access_beyond_the_end_is_harmless() {
        let mut bytes = [1u8; 6];
        put_be32(&mut bytes, 4, 7);
        put_be64(&mut bytes, usize::MAX, 7);
        assert_eq!(
            (bytes, be32(&bytes, 4), be64(&bytes, usize::MAX)),
            ([1; 6], 0, 0)
        );
    }
}
