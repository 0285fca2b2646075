// SPDX-License-Identifier: GPL-2.0
//! Named bit fields of big-endian structures.
//!
//! Every structure of the device is a byte array whose 32-bit words are big-endian. A [`Field`] is
//! a name and a bit range inside one such word; the tables of capabilities and registers are arrays
//! of it.
#![forbid(unsafe_code)]

/// A named bit range inside the big-endian word at a byte offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name mlx5_ifc.h gives the field.
    pub name: &'static str,
    byte: u16,
    hi: u8,
    lo: u8,
}

impl Field {
    /// Returns the field `[hi:lo]` of the 32-bit word at `byte`.
    pub const fn new(name: &'static str, byte: u16, hi: u8, lo: u8) -> Self {
        Self { name, byte, hi, lo }
    }

    /// Returns the 32-bit field at `byte`.
    pub const fn word(name: &'static str, byte: u16) -> Self {
        Self::new(name, byte, 31, 0)
    }

    /// Returns the 64-bit field at `byte`.
    pub const fn quad(name: &'static str, byte: u16) -> Self {
        Self::new(name, byte, 63, 0)
    }

    /// Returns the largest value the field holds.
    pub fn max(&self) -> u64 {
        let width = u32::from(self.hi - self.lo) + 1;
        u64::MAX >> (64 - width)
    }

    /// Returns the first byte after the word the field lies in.
    pub fn end(&self) -> usize {
        usize::from(self.byte) + if self.hi > 31 { 8 } else { 4 }
    }

    /// Returns the value of the field in `data`; a field beyond its end reads as zero.
    pub fn get(&self, data: &[u8]) -> u64 {
        (self.load(data) >> self.lo) & self.max()
    }

    /// Stores `value` into the field and returns whether it fits both the field and `data`.
    pub fn set(&self, data: &mut [u8], value: u64) -> bool {
        if value > self.max() || self.end() > data.len() {
            return false;
        }
        let word = (self.load(data) & !(self.max() << self.lo)) | (value << self.lo);
        if self.hi > 31 {
            put64(data, self.byte.into(), word)
        } else {
            put32(data, self.byte.into(), low32(word))
        }
    }

    /// Sets every bit of the field in `mask`.
    pub fn cover(&self, mask: &mut [u8]) {
        self.set(mask, self.max());
    }

    fn load(&self, data: &[u8]) -> u64 {
        if self.hi > 31 {
            get64(data, self.byte.into())
        } else {
            get32(data, self.byte.into()).into()
        }
    }
}

/// Returns the low 32 bits of `value`.
pub fn low32(value: u64) -> u32 {
    u32::try_from(value & 0xffff_ffff).unwrap_or(0)
}

/// Returns the low 16 bits of `value`.
pub fn low16(value: u32) -> u16 {
    u16::try_from(value & 0xffff).unwrap_or(0)
}

/// Returns the low 8 bits of `value`.
pub fn low8(value: u32) -> u8 {
    u8::try_from(value & 0xff).unwrap_or(0)
}

/// Returns `value` as a length or an index; what no machine can hold becomes the largest one.
pub fn index(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

fn load<const N: usize>(data: &[u8], at: usize) -> [u8; N] {
    let end = at.saturating_add(N);
    data.get(at..end)
        .and_then(|s| s.try_into().ok())
        .unwrap_or([0; N])
}

/// Copies `bytes` to `at` and returns whether they fit.
pub fn put(data: &mut [u8], at: usize, bytes: &[u8]) -> bool {
    match data.get_mut(at..at.saturating_add(bytes.len())) {
        Some(slot) => {
            slot.copy_from_slice(bytes);
            true
        }
        None => false,
    }
}

/// Returns the byte at `at`, zero beyond the end.
pub fn get8(data: &[u8], at: usize) -> u8 {
    data.get(at).copied().unwrap_or(0)
}

/// Returns the big-endian 16-bit value at `at`, zero beyond the end.
pub fn get16(data: &[u8], at: usize) -> u16 {
    u16::from_be_bytes(load(data, at))
}

/// Returns the big-endian 32-bit value at `at`, zero beyond the end.
pub fn get32(data: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(load(data, at))
}

/// Returns the big-endian 64-bit value at `at`, zero beyond the end.
pub fn get64(data: &[u8], at: usize) -> u64 {
    u64::from_be_bytes(load(data, at))
}

/// Stores a big-endian 16-bit value and returns whether it fits.
pub fn put16(data: &mut [u8], at: usize, value: u16) -> bool {
    put(data, at, &value.to_be_bytes())
}

/// Stores a big-endian 32-bit value and returns whether it fits.
pub fn put32(data: &mut [u8], at: usize, value: u32) -> bool {
    put(data, at, &value.to_be_bytes())
}

/// Stores a big-endian 64-bit value and returns whether it fits.
pub fn put64(data: &mut [u8], at: usize, value: u64) -> bool {
    put(data, at, &value.to_be_bytes())
}

/// Returns the field named `name` of a table.
pub fn find(fields: &'static [Field], name: &str) -> Option<&'static Field> {
    fields.iter().find(|f| f.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_touches_only_its_own_bits() {
        let field = Field::new("log_max_eq", 0x1c, 3, 0);
        let mut data = [0xffu8; 0x20];
        assert!(field.set(&mut data, 0));
        assert_eq!(get32(&data, 0x1c), 0xffff_fff0);
        assert!(field.set(&mut data, 9));
        assert_eq!(field.get(&data), 9);
        assert_eq!(get32(&data, 0x18), u32::MAX);
    }

    #[test]
    fn a_value_too_large_is_refused() {
        let field = Field::new("two_bits", 0, 9, 8);
        let mut data = [0u8; 4];
        assert!(!field.set(&mut data, 4));
        assert_eq!(data, [0; 4]);
        assert!(field.set(&mut data, 3));
        assert_eq!(data, [0, 0, 3, 0]);
    }

    #[test]
    fn a_field_beyond_the_end_reads_zero_and_is_not_written() {
        let field = Field::word("late", 8);
        let mut data = [0xffu8; 11];
        assert_eq!(field.get(&data), 0);
        assert!(!field.set(&mut data, 0));
        assert_eq!(data, [0xff; 11]);
    }

    #[test]
    fn a_quad_field_holds_64_bits() {
        let field = Field::quad("general_obj_types", 8);
        let mut data = [0u8; 16];
        assert!(field.set(&mut data, u64::MAX - 1));
        assert_eq!(field.get(&data), u64::MAX - 1);
        assert_eq!(data[..8], [0; 8]);
    }
}
