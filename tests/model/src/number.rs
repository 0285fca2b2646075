// SPDX-License-Identifier: GPL-2.0
//! Number spaces: objects that are nothing but a number and an owner.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

/// A space of numbers; a freed number is reused as late as possible, so that its stale use shows.
#[derive(Debug)]
pub struct Numbers {
    first: u32,
    last: u32,
    next: u32,
    live: BTreeMap<u32, u16>,
}

impl Numbers {
    /// Returns an empty space of the numbers `first` to `last`.
    pub fn new(first: u32, last: u32) -> Self {
        Self {
            first,
            last,
            next: first,
            live: BTreeMap::new(),
        }
    }

    /// Allocates a number for `owner` if fewer than `limit` are allocated.
    pub fn allocate(&mut self, owner: u16, limit: usize) -> Option<u32> {
        let span = self.last.checked_sub(self.first)?;
        if self.live.len() >= limit || self.live.len() > usize::try_from(span).unwrap_or(usize::MAX)
        {
            return None;
        }
        while self.live.contains_key(&self.next) {
            self.step();
        }
        let number = self.next;
        self.step();
        self.live.insert(number, owner);
        Some(number)
    }

    fn step(&mut self) {
        self.next = if (self.first..self.last).contains(&self.next) {
            self.next + 1
        } else {
            self.first
        };
    }

    /// Returns the number that is tried next.
    pub fn upcoming(&self) -> u32 {
        self.next
    }

    /// Has `number` be tried next, be it of this space or not.
    pub fn set_upcoming(&mut self, number: u32) {
        self.next = number;
    }

    /// Frees a number and returns whether it was allocated.
    pub fn free(&mut self, number: u32) -> bool {
        self.live.remove(&number).is_some()
    }

    /// Returns the owner of an allocated number.
    pub fn owner(&self, number: u32) -> Option<u16> {
        self.live.get(&number).copied()
    }

    /// Returns all allocated numbers.
    pub fn all(&self) -> Vec<u32> {
        self.live.keys().copied().collect()
    }

    /// Returns the numbers allocated for `owner`.
    pub fn of(&self, owner: u16) -> Vec<u32> {
        self.live
            .iter()
            .filter(|(_, o)| **o == owner)
            .map(|(n, _)| *n)
            .collect()
    }

    /// Frees all numbers.
    pub fn clear(&mut self) {
        self.live.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freed_number_is_reused_last() {
        let mut numbers = Numbers::new(3, 5);
        assert_eq!(numbers.allocate(0, 9), Some(3));
        assert!(numbers.free(3) && !numbers.free(3));
        assert_eq!(numbers.allocate(0, 9), Some(4));
        assert_eq!(numbers.allocate(0, 9), Some(5));
        assert_eq!(numbers.allocate(7, 9), Some(3));
        assert_eq!(numbers.allocate(0, 9), None);
        assert_eq!(
            (numbers.owner(3), numbers.of(7), numbers.all().len()),
            (Some(7), vec![3], 3)
        );
    }

    #[test]
    fn a_number_from_elsewhere_is_allocated_once_and_freed_like_any() {
        let mut numbers = Numbers::new(3, 5);
        for elsewhere in [0, 9] {
            numbers.set_upcoming(elsewhere);
            assert_eq!(numbers.allocate(0, 9), Some(elsewhere));
            assert_eq!(numbers.upcoming(), 3);
            assert!(numbers.free(elsewhere));
        }
    }

    #[test]
    fn the_limit_holds_before_the_space_is_full() {
        let mut numbers = Numbers::new(1, 100);
        assert!(numbers.allocate(0, 1).is_some() && numbers.allocate(0, 1).is_none());
    }
}
