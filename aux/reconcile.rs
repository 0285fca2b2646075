// SPDX-License-Identifier: GPL-2.0

//! The order in which children are removed and added. Pure: imports nothing.

#![forbid(unsafe_code)]

/// One change to the set of children; the number is the child's place in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Remove the child that exists.
    Remove(usize),
    /// Add the child that does not exist.
    Add(usize),
}

/// The changes that make one set of children equal to another, in the order they are to be made.
///
/// A child may rely on those before it in the table. So what is to go is removed first, last place
/// first, and then what is missing is added, first place first. A child in both sets is not
/// touched.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    remove: u64,
    add: u64,
}

/// Plans the way from the children in `existing` to those in `wanted`, where bit `i` stands for
/// place `i` of the table.
pub(crate) const fn plan(existing: u64, wanted: u64) -> Plan {
    Plan {
        remove: existing & !wanted,
        add: wanted & !existing,
    }
}

/// Returns the bit that stands for a place in the table; no bit if there is no such place.
pub(crate) const fn bit(place: usize) -> u64 {
    if place < 64 {
        1 << place
    } else {
        0
    }
}

/// Returns the bits of the first `count` places.
pub(crate) const fn mask(count: usize) -> u64 {
    if count < 64 {
        (1 << count) - 1
    } else {
        u64::MAX
    }
}

impl Iterator for Plan {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        // CAST: A bit number is below 64.
        if let Some(last) = self.remove.checked_ilog2() {
            let place = last as usize;
            self.remove &= !bit(place);
            return Some(Step::Remove(place));
        }

        if self.add == 0 {
            return None;
        }

        let place = self.add.trailing_zeros() as usize;
        self.add &= !bit(place);
        Some(Step::Add(place))
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxbus_reconcile))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    /// The steps as text-free pairs: a fixed array is all that both test environments have.
    fn steps(existing: u64, wanted: u64) -> ([Option<Step>; 8], usize) {
        let mut list = [None; 8];
        let mut count = 0;
        for step in plan(existing, wanted) {
            if let Some(entry) = list.get_mut(count) {
                *entry = Some(step);
            }
            count += 1;
        }
        (list, count)
    }

    /// The set that is there after all steps, or `None` if a step did not fit the set it was
    /// applied to.
    fn apply(existing: u64, wanted: u64) -> Option<u64> {
        let mut set = existing;
        for step in plan(existing, wanted) {
            match step {
                Step::Remove(i) if set & bit(i) != 0 => set &= !bit(i),
                Step::Add(i) if set & bit(i) == 0 => set |= bit(i),
                _ => return None,
            }
        }
        Some(set)
    }

    const SETS: [u64; 9] = [
        0,
        1,
        0b110,
        0b1010_1010,
        0x8000_0000_0000_0000,
        0x8000_0000_0000_0001,
        0xffff_0000_ffff_0000,
        0x7fff_ffff_ffff_ffff,
        u64::MAX,
    ];

    #[test]
    fn every_plan_ends_in_the_wanted_set() {
        for existing in SETS {
            for wanted in SETS {
                assert_eq!(apply(existing, wanted), Some(wanted));
            }
        }
    }

    #[test]
    fn a_plan_has_one_step_per_difference() {
        for existing in SETS {
            for wanted in SETS {
                let differences = (existing ^ wanted).count_ones() as usize;
                assert_eq!(plan(existing, wanted).count(), differences);
            }
        }
    }

    #[test]
    fn equal_sets_need_no_step() {
        for set in SETS {
            assert_eq!(plan(set, set).next(), None);
        }
    }

    #[test]
    fn removals_come_first_and_in_reverse_table_order() {
        let (list, count) = steps(0b1011, 0b1_0100);
        assert_eq!(count, 5);
        assert_eq!(list[0], Some(Step::Remove(3)));
        assert_eq!(list[1], Some(Step::Remove(1)));
        assert_eq!(list[2], Some(Step::Remove(0)));
        assert_eq!(list[3], Some(Step::Add(2)));
        assert_eq!(list[4], Some(Step::Add(4)));
    }

    #[test]
    fn what_is_in_both_sets_is_not_touched() {
        let (list, count) = steps(0b0111, 0b1101);
        assert_eq!(count, 2);
        assert_eq!(list[0], Some(Step::Remove(1)));
        assert_eq!(list[1], Some(Step::Add(3)));
    }

    #[test]
    fn masks_cover_exactly_the_table() {
        assert_eq!(mask(0), 0);
        assert_eq!(mask(1), 1);
        assert_eq!(mask(63), u64::MAX >> 1);
        assert_eq!(mask(64), u64::MAX);
        assert_eq!(mask(65), u64::MAX);
        assert_eq!(bit(63), 1 << 63);
        assert_eq!(bit(64), 0);
    }
}
