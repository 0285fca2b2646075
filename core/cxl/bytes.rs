// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Little-endian numbers and UUIDs in byte buffers. Pure; total: reading beyond the end gives zero.

use core::fmt;

/// Reads `N` bytes from byte `at`.
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut array = [0; N];
    let found = at.checked_add(N).and_then(|end| bytes.get(at..end));
    if let Some(found) = found {
        array.copy_from_slice(found);
    }
    array
}

/// Reads the 16-bit number at byte `at`.
pub(crate) fn le16(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(bytes, at))
}

/// Reads the 32-bit number at byte `at`.
pub(crate) fn le32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

/// Copies `part` to byte `at`, if it fits.
pub(crate) fn put(bytes: &mut [u8], at: usize, part: &[u8]) {
    let place = at
        .checked_add(part.len())
        .and_then(|end| bytes.get_mut(at..end));
    if let Some(place) = place {
        place.copy_from_slice(part);
    }
}

/// Returns the rows of `N` bytes in a table. What is behind the last whole row is left out.
pub(crate) fn rows<const N: usize>(mut table: &[u8]) -> impl Iterator<Item = &[u8; N]> {
    core::iter::from_fn(move || {
        let (row, rest) = table.split_first_chunk()?;
        table = rest;
        Some(row)
    })
}

/// A UUID, in the byte order in which it is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Uuid([u8; Uuid::LEN]);

impl Uuid {
    /// Its length in bytes.
    pub(crate) const LEN: usize = 16;

    /// Returns the UUID whose digits are those of `digits`.
    pub(crate) const fn new(digits: u128) -> Self {
        Self(digits.to_be_bytes())
    }

    /// Reads the UUID at byte `at`.
    pub(crate) fn read(bytes: &[u8], at: usize) -> Self {
        Self(array(bytes, at))
    }

    /// Returns its bytes.
    pub(crate) fn bytes(&self) -> &[u8; Uuid::LEN] {
        &self.0
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            if matches!(i, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// Bytes as pairs of digits.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_cxl_bytes))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    const BYTES: [u8; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    #[test]
    fn the_low_byte_comes_first() {
        assert_eq!(le16(&BYTES, 0), 0x0201);
        assert_eq!(le32(&BYTES, 1), 0x0504_0302);
    }

    #[test]
    fn what_is_not_there_reads_as_zero() {
        assert_eq!(le16(&BYTES, 8), 0);
        assert_eq!(le32(&[], 0), 0);
        assert_eq!(le32(&BYTES, usize::MAX), 0);
    }

    #[test]
    fn what_does_not_fit_is_not_put() {
        let mut bytes = BYTES;
        put(&mut bytes, 8, &[0, 0]);
        put(&mut bytes, usize::MAX, &[0, 0]);
        assert_eq!(bytes, BYTES);
        put(&mut bytes, 7, &[0, 0]);
        assert_eq!(bytes[6..], [7, 0, 0]);
    }

    #[test]
    fn only_whole_rows_are_rows() {
        for len in 0..BYTES.len() {
            assert_eq!(rows::<4>(&BYTES[..len]).count(), len / 4);
        }
        assert_eq!(rows::<4>(&BYTES).last(), Some(&[5, 6, 7, 8]));
    }

    #[test]
    fn a_uuid_is_read_as_it_is_written() {
        let uuid = Uuid::new(0x0da9c0b5_bf41_4b78_8f79_96b1623b3f17);
        assert_eq!(uuid.bytes()[..4], [0x0d, 0xa9, 0xc0, 0xb5]);
        assert_eq!(Uuid::read(uuid.bytes(), 0), uuid);
    }
}
