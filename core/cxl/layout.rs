// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Which of the device registers are where: the capabilities array at their start. Pure.
//!
//! Source: CXL 3.1, "CXL Device Capabilities Array Register" and what follows it.

use super::limits::MOST_PAYLOAD;

/// Distance of two headers in the array; the array's own is the first.
const HEADER_LEN: usize = 0x10;

/// Number of the array itself, and of the capabilities in it that are used.
const ARRAY: u32 = 0;
const PRIMARY_MAILBOX: u32 = 2;
const MEMORY_DEVICE: u32 = 0x4000;

/// Bytes of the mailbox's registers before its payload.
pub(crate) const PAYLOAD: usize = 0x20;
/// The least payload of a mailbox, without which there are commands that must work and cannot.
pub(crate) const LEAST_PAYLOAD: usize = 256;

/// The places of the registers that the driver uses, all of them inside of the window.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Layout {
    /// Offset of the primary mailbox.
    pub(crate) mailbox: usize,
    /// Bytes of the mailbox that stand in the window.
    mailbox_len: usize,
    /// Offset of the memory device's registers: its status.
    pub(crate) memory_device: usize,
}

impl Layout {
    /// Reads the array in a window of `size` bytes. `None` if a capability that must be there is
    /// not, or does not stand in the window.
    pub(crate) fn find(read: &dyn Fn(usize) -> Option<u32>, size: usize) -> Option<Self> {
        if read(0)? & 0xffff != ARRAY {
            return None;
        }
        let count = (read(4)? & 0xffff) as usize; // CAST: sixteen bits.
        let (mut mailbox, mut memory_device) = (None, None);
        for index in 1..=count {
            let header = index * HEADER_LEN;
            // An array that does not end in the window ends with it.
            let (Some(id), Some(offset), Some(len)) =
                (read(header), read(header + 4), read(header + 8))
            else {
                break;
            };
            // CAST: a wider type.
            let (offset, len) = (offset as usize, len as usize);
            let fits = |least: usize| {
                let stands = offset.checked_add(len).is_some_and(|end| end <= size);
                (stands && len >= least && offset % 8 == 0).then_some((offset, len))
            };
            match id & 0xffff {
                PRIMARY_MAILBOX => mailbox = mailbox.or(fits(PAYLOAD + LEAST_PAYLOAD)),
                MEMORY_DEVICE => memory_device = memory_device.or(fits(8)),
                _ => (),
            }
        }
        let (mailbox, mailbox_len) = mailbox?;
        let (memory_device, _) = memory_device?;
        Some(Self {
            mailbox,
            mailbox_len,
            memory_device,
        })
    }

    /// Returns how many bytes of payload commands may have, given what the mailbox says of itself:
    /// a power of two. `None` for less than the least.
    pub(crate) fn payload(&self, log: u32) -> Option<usize> {
        let stated = 1_usize.checked_shl(log).unwrap_or(0);
        let payload = stated.min(self.mailbox_len - PAYLOAD).min(MOST_PAYLOAD) & !7;
        (payload >= LEAST_PAYLOAD).then_some(payload)
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_cxl_layout))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    const SIZE: usize = 0x1000;

    /// Reads an array of `count` capabilities, of which `capabilities` are: id, offset, length.
    fn find(count: u32, capabilities: &[(u32, u32, u32)]) -> Option<Layout> {
        let read = |at: usize| {
            if at >= SIZE {
                return None;
            }
            let (index, word) = (at / HEADER_LEN, at % HEADER_LEN / 4);
            if index == 0 {
                return Some([ARRAY | 1 << 16, count, 0, 0][word]);
            }
            let found = capabilities.get(index - 1);
            Some(found.map_or(0, |&(id, offset, len)| [id | 1 << 16, offset, len, 0][word]))
        };
        Layout::find(&read, SIZE)
    }

    const STATUS: (u32, u32, u32) = (1, 0x40, 8);
    const MAILBOX: (u32, u32, u32) = (PRIMARY_MAILBOX, 0x100, 0x820);
    const DEVICE: (u32, u32, u32) = (MEMORY_DEVICE, 0x940, 8);

    #[test]
    fn the_registers_are_found_in_any_order() {
        let layout = Layout {
            mailbox: 0x100,
            mailbox_len: 0x820,
            memory_device: 0x940,
        };
        assert_eq!(find(3, &[STATUS, MAILBOX, DEVICE]), Some(layout));
        assert_eq!(find(3, &[DEVICE, MAILBOX, STATUS]), Some(layout));
    }

    #[test]
    fn what_must_be_there_is_asked_for() {
        assert_eq!(find(2, &[STATUS, MAILBOX]), None);
        assert_eq!(find(2, &[STATUS, DEVICE]), None);
        // Behind the end that the array states.
        assert_eq!(find(2, &[STATUS, MAILBOX, DEVICE]), None);
        assert_eq!(find(0, &[]), None);
    }

    #[test]
    fn what_does_not_stand_in_the_window_does_not_count() {
        for mailbox in [
            (PRIMARY_MAILBOX, 0x1000, 0x820),
            (PRIMARY_MAILBOX, 0xf00, 0x120),
            (PRIMARY_MAILBOX, u32::MAX & !7, 0x820),
            (PRIMARY_MAILBOX, 0x100, u32::MAX),
            (PRIMARY_MAILBOX, 0x104, 0x820),
            (PRIMARY_MAILBOX, 0x100, 0x11f),
        ] {
            assert_eq!(find(3, &[STATUS, mailbox, DEVICE]), None);
        }
    }

    #[test]
    fn an_array_larger_than_the_window_ends_with_it() {
        assert!(find(0xffff, &[STATUS, MAILBOX, DEVICE]).is_some());
        assert_eq!(find(0xffff, &[STATUS]), None);
    }

    #[test]
    fn a_device_that_is_gone_has_no_registers() {
        assert_eq!(Layout::find(&|_| Some(u32::MAX), SIZE), None);
        assert_eq!(Layout::find(&|_| None, SIZE), None);
    }

    #[test]
    fn the_payload_is_what_is_stated_but_never_beyond_the_window() {
        let layout = |len| Layout {
            mailbox: 0,
            mailbox_len: len,
            memory_device: 0,
        };
        assert_eq!(layout(0x820).payload(11), Some(MOST_PAYLOAD));
        assert_eq!(layout(0x820).payload(8), Some(256));
        assert_eq!(layout(0x820).payload(7), None);
        assert_eq!(layout(0x820).payload(0), None);
        assert_eq!(layout(0x220).payload(20), Some(0x200));
        assert_eq!(layout(0x820).payload(31), Some(MOST_PAYLOAD));
        assert_eq!(layout(0x820).payload(64), None);
    }
}
