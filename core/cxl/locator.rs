// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Where the device registers are: the register locator in the configuration space. Pure.
//!
//! Source: CXL 3.1, "Register Locator DVSEC"; PCI Express, "Designated Vendor-Specific Extended
//! Capability". What is read here is the device's word: every step is bounded.

/// First extended capability, and the end of the configuration space.
const FIRST: usize = 0x100;
const END: usize = 0x1000;

/// Capability number of a designated vendor's capability.
const DVSEC: u32 = 0x23;
/// Vendor and number of the register locator.
const CXL: u32 = 0x1e98;
const REGISTER_LOCATOR: u32 = 8;

/// Offset of the first entry in the register locator, and the length of an entry.
const ENTRIES: usize = 0x0c;
const ENTRY_LEN: usize = 8;

/// The kind of entry that is about the device registers.
const DEVICE_REGISTERS: u32 = 3;

/// The begin of a block of registers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Block {
    /// Number of the BAR.
    pub(crate) bar: u32,
    /// Offset in it.
    pub(crate) offset: u64,
}

/// Finds the device registers. `config` reads a word of the configuration space.
pub(crate) fn device_registers(config: &dyn Fn(usize) -> Option<u32>) -> Option<Block> {
    let mut at = FIRST;
    // No more capabilities can stand in the space, whatever the chain says.
    for _ in 0..(END - FIRST) / ENTRY_LEN {
        let header = config(at)?;
        if header == 0 || header == u32::MAX {
            return None;
        }
        if let Some(len) = locator_len(config, at, header) {
            return search(config, at, len);
        }
        let next = (header >> 20 & 0xffc) as usize; // CAST: twelve bits.
        if next < FIRST {
            return None;
        }
        at = next;
    }
    None
}

/// Returns the length of the capability at `at` if it is the register locator.
fn locator_len(config: &dyn Fn(usize) -> Option<u32>, at: usize, header: u32) -> Option<usize> {
    if header & 0xffff != DVSEC {
        return None;
    }
    let (vendor, number) = (config(at + 4)?, config(at + 8)?);
    let found = vendor & 0xffff == CXL && number & 0xffff == REGISTER_LOCATOR;
    found.then_some((vendor >> 20) as usize) // CAST: twelve bits.
}

/// Finds the entry about the device registers in the register locator at `at`.
fn search(config: &dyn Fn(usize) -> Option<u32>, at: usize, len: usize) -> Option<Block> {
    for entry in (ENTRIES..).step_by(ENTRY_LEN) {
        if entry + ENTRY_LEN > len {
            break;
        }
        let low = config(at + entry)?;
        let high = config(at + entry + 4)?;
        if low >> 8 & 0xff == DEVICE_REGISTERS {
            return Some(Block {
                bar: low & 7,
                offset: u64::from(high) << 32 | u64::from(low & 0xffff_0000),
            });
        }
    }
    None
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_cxl_locator))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    /// Reads a configuration space that holds `words` and is zero elsewhere.
    fn find(words: &[(usize, u32)]) -> Option<Block> {
        device_registers(&|at| {
            if at % 4 != 0 || at >= END {
                return None;
            }
            let word = words.iter().find(|(place, _)| *place == at);
            Some(word.map_or(0, |(_, word)| *word))
        })
    }

    /// A header of a capability with the next one at `next`.
    fn header(id: u32, next: u32) -> u32 {
        id | 1 << 16 | next << 20
    }

    /// A register locator of `len` bytes.
    fn vendor(len: u32) -> u32 {
        CXL | len << 20
    }

    #[test]
    fn the_device_registers_are_found_behind_other_capabilities() {
        let block = find(&[
            (0x100, header(1, 0x200)),
            (0x200, header(DVSEC, 0x300)),
            (0x204, vendor(0x3c)),
            (0x208, 0),
            (0x300, header(DVSEC, 0)),
            (0x304, vendor(0x24)),
            (0x308, REGISTER_LOCATOR),
            (0x30c, 0x0000_0100),
            (0x314, 0x0001_0302),
            (0x318, 1),
        ]);
        let expected = Block {
            bar: 2,
            offset: 0x1_0001_0000,
        };
        assert_eq!(block, Some(expected));
    }

    #[test]
    fn an_entry_beyond_the_stated_length_does_not_count() {
        let words = |len| {
            [
                (0x100, header(DVSEC, 0)),
                (0x104, vendor(len)),
                (0x108, REGISTER_LOCATOR),
                (0x10c, 0x0000_0302),
            ]
        };
        assert!(find(&words(0x14)).is_some());
        for len in [0, 0xc, 0x13] {
            assert_eq!(find(&words(len)), None);
        }
    }

    #[test]
    fn a_locator_that_ends_beyond_the_space_ends_with_the_space() {
        let words = [
            (0x100, header(DVSEC, 0xff0)),
            (0xff0, header(DVSEC, 0)),
            (0xff4, vendor(0xfff)),
            (0xff8, REGISTER_LOCATOR),
            (0xffc, 0x0000_0100),
        ];
        assert_eq!(find(&words), None);
    }

    #[test]
    fn a_chain_that_never_ends_is_left() {
        assert_eq!(find(&[(0x100, header(1, 0x100))]), None);
        let circle = [(0x100, header(1, 0x200)), (0x200, header(1, 0x100))];
        assert_eq!(find(&circle), None);
    }

    #[test]
    fn a_chain_into_the_ordinary_space_is_left() {
        assert_eq!(find(&[(0x100, header(1, 0x40)), (0x40, 3)]), None);
    }

    #[test]
    fn a_device_that_is_gone_has_none() {
        assert_eq!(device_registers(&|_| Some(u32::MAX)), None);
        assert_eq!(device_registers(&|_| None), None);
        assert_eq!(find(&[]), None);
    }
}
