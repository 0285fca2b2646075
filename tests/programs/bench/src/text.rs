// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! How much code a module has, as its file tells.

/// Of the header of an ELF file of 64 bits: where the table of sections is, and how many there are.
const TABLE: usize = 0x28;
const COUNT: usize = 0x3c;
/// Bytes of a section's entry, and in it the flags and the size.
const ENTRY: usize = 0x40;
const FLAGS: usize = 0x08;
const SIZE: usize = 0x20;
/// The flag of sections that hold code.
const EXECUTABLE: u64 = 0x4;

/// Returns the bytes of code in a module's file, `None` if it is no such file.
pub(crate) fn code(file: &[u8]) -> Option<u64> {
    if !file.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let number = |at: usize| Some(u64::from_le_bytes(file.get(at..at + 8)?.try_into().ok()?));
    let count = u16::from_le_bytes(file.get(COUNT..COUNT + 2)?.try_into().ok()?);
    let table = usize::try_from(number(TABLE)?).ok()?;
    (0..usize::from(count)).try_fold(0, |sum, section| {
        let entry = table.checked_add(section * ENTRY)?;
        let is_code = number(entry + FLAGS)? & EXECUTABLE != 0;
        Some(if is_code {
            sum + number(entry + SIZE)?
        } else {
            sum
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_with_code_count() {
        let mut file = vec![0; 0x40 + 3 * ENTRY];
        file[..6].copy_from_slice(b"\x7fELF\x02\x01");
        file[TABLE] = 0x40;
        file[COUNT] = 3;
        for (section, (flags, size)) in [(6, 10), (2, 100), (4, 7)].into_iter().enumerate() {
            let entry = 0x40 + section * ENTRY;
            file[entry + FLAGS] = flags;
            file[entry + SIZE] = size;
        }
        assert_eq!(code(&file), Some(17));
        assert_eq!(code(&file[..0x80]), None);
        assert_eq!(code(b"text"), None);
    }
}
