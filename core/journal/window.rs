// SPDX-License-Identifier: GPL-2.0

//! Where the entries of a journal of fixed size stand.
//!
//! Pure: imports nothing, and is tested on the host and in the guest.

#![forbid(unsafe_code)]

use core::ops::Range;

/// The sequence numbers that a ring of fixed size still holds.
///
/// Entries are numbered from 1 and never again; a new one takes the place of the oldest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    size: usize,
    /// Number of the next entry.
    next: u64,
}

impl Window {
    /// Returns the window of a ring with `size` places, none of them used.
    pub(crate) const fn new(size: usize) -> Self {
        Self { size, next: 1 }
    }

    /// Numbers a new entry and returns its place; `None` if there are no places.
    pub(crate) fn push(&mut self) -> Option<usize> {
        let place = self.place(self.next);
        self.next = self.next.saturating_add(1);
        place
    }

    /// Returns the numbers that are held, oldest first.
    pub(crate) fn held(&self) -> Range<u64> {
        // CAST: a length in memory fits.
        self.next.saturating_sub(self.size as u64).max(1)..self.next
    }

    /// Returns how many entries have been overwritten.
    pub(crate) fn overwritten(&self) -> u64 {
        self.held().start - 1
    }

    /// Returns the place of entry `number`, held or to come.
    pub(crate) fn place(&self, number: u64) -> Option<usize> {
        // CAST: a length in memory fits, and so does a remainder of it.
        number
            .saturating_sub(1)
            .checked_rem(self.size as u64)
            .map(|place| place as usize)
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_journal_window))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    fn pushed(size: usize, count: u64) -> Window {
        let mut window = Window::new(size);
        for _ in 0..count {
            let _ = window.push();
        }
        window
    }

    #[test]
    fn a_new_window_holds_nothing() {
        assert_eq!(Window::new(4).held(), 1..1);
        assert_eq!(Window::new(4).overwritten(), 0);
    }

    #[test]
    fn the_newest_entries_are_held_and_the_others_counted() {
        for (count, held, overwritten) in [
            (1, 1..2, 0),
            (3, 1..4, 0),
            (4, 1..5, 0),
            (5, 2..6, 1),
            (8, 5..9, 4),
            (1000, 997..1001, 996),
        ] {
            let window = pushed(4, count);
            assert_eq!(window.held(), held);
            assert_eq!(window.overwritten(), overwritten);
        }
    }

    #[test]
    fn an_entry_takes_the_place_of_the_oldest_only() {
        let mut window = Window::new(3);
        let mut places = [0u64; 3];
        for number in 1..=100 {
            let place = window.push();
            assert_eq!(place, window.place(number));
            if let Some(entry) = place.and_then(|place| places.get_mut(place)) {
                *entry = number;
            }
            for held in window.held() {
                let there = window.place(held).and_then(|place| places.get(place));
                assert_eq!(there, Some(&held));
            }
        }
    }

    #[test]
    fn a_ring_without_places_counts_and_holds_nothing() {
        let mut window = Window::new(0);
        assert_eq!(window.push(), None);
        assert_eq!(window.held(), 2..2);
        assert_eq!(window.overwritten(), 1);
    }

    #[test]
    fn the_last_number_there_is_does_not_wrap() {
        let mut window = Window::new(2);
        window.next = u64::MAX;
        assert!(window.push().is_some());
        assert!(window.push().is_some());
        assert_eq!(window.held(), u64::MAX - 2..u64::MAX);
    }
}
