// SPDX-License-Identifier: GPL-2.0

//! The order in which children are removed and added. Pure: imports nothing.

#![forbid(unsafe_code)]

/// What is and what shall be at one place of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// Whether there is a child.
    pub(crate) exists: bool,
    /// Whether there shall be one.
    pub(crate) wanted: bool,
}

/// One change to the children; the number is the child's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Remove the child that exists.
    Remove(usize),
    /// Add the child that does not exist.
    Add(usize),
}

/// The changes that make the children that exist those that are wanted, in the order they are to be
/// made.
///
/// A child may rely on those before it in the table. So what is to go is removed first, last place
/// first, and then what is missing is added, first place first. A child that is wanted and exists
/// is not touched. Each place gets at most one step, so a child that could not be added is not
/// tried again.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    /// Places below this one are still to be looked at for removal.
    remove: usize,
    /// Places from this one on are still to be looked at for addition.
    add: usize,
}

impl Plan {
    /// Plans for a table of `places`.
    pub(crate) const fn new(places: usize) -> Self {
        Self {
            remove: places,
            add: 0,
        }
    }

    /// Returns the next step, given the states after the steps before.
    pub(crate) fn next(&mut self, states: &[State]) -> Option<Step> {
        while let Some(place) = self.remove.checked_sub(1) {
            self.remove = place;
            if let Some(State {
                exists: true,
                wanted: false,
            }) = states.get(place)
            {
                return Some(Step::Remove(place));
            }
        }

        while let Some(state) = states.get(self.add) {
            let place = self.add;
            self.add += 1;
            if !state.exists && state.wanted {
                return Some(Step::Add(place));
            }
        }

        None
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxbus_reconcile))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    /// More places than a machine word has bits.
    const PLACES: usize = 70;

    /// The states of a table whose places exist and are wanted as the functions say.
    fn table(exists: impl Fn(usize) -> bool, wanted: impl Fn(usize) -> bool) -> [State; PLACES] {
        let mut states = [State::default(); PLACES];
        for (place, state) in states.iter_mut().enumerate() {
            *state = State {
                exists: exists(place),
                wanted: wanted(place),
            };
        }
        states
    }

    /// Applies all steps, except that additions fail at the places `fails` says. Returns how many
    /// steps there were, or `None` if one did not fit the states it was applied to.
    fn apply(states: &mut [State], fails: impl Fn(usize) -> bool) -> Option<usize> {
        let mut plan = Plan::new(states.len());
        let mut steps = 0;
        while let Some(step) = plan.next(states) {
            match step {
                Step::Remove(place) if states[place].exists => states[place].exists = false,
                Step::Add(place) if !states[place].exists => states[place].exists = !fails(place),
                _ => return None,
            }
            steps += 1;
        }
        Some(steps)
    }

    const SETS: [fn(usize) -> bool; 8] = [
        |_| false,
        |_| true,
        |place| place == 0,
        |place| place == PLACES - 1,
        |place| place % 2 == 1,
        |place| place % 3 == 0,
        |place| place >= 64,
        |place| place < 64,
    ];

    #[test]
    fn every_plan_ends_in_the_wanted_set_with_one_step_per_difference() {
        for exists in SETS {
            for wanted in SETS {
                let mut states = table(exists, wanted);
                let differences = states.iter().filter(|s| s.exists != s.wanted).count();
                assert_eq!(apply(&mut states, |_| false), Some(differences));
                assert!(states.iter().all(|s| s.exists == s.wanted));
            }
        }
    }

    #[test]
    fn equal_sets_need_no_step() {
        for set in SETS {
            assert_eq!(Plan::new(PLACES).next(&table(set, set)), None);
        }
    }

    #[test]
    fn a_table_without_places_needs_no_step() {
        assert_eq!(Plan::new(0).next(&[]), None);
    }

    #[test]
    fn a_child_that_cannot_be_added_is_not_tried_again_and_the_others_are() {
        let mut states = table(|_| false, |_| true);
        assert_eq!(apply(&mut states, |place| place == 3), Some(PLACES));
        for (place, state) in states.iter().enumerate() {
            assert_eq!(state.exists, place != 3);
        }
    }

    #[test]
    fn removals_come_first_and_in_reverse_table_order() {
        let mut states = table(|p| [0, 1, 3].contains(&p), |p| [2, 4].contains(&p));
        let mut plan = Plan::new(PLACES);
        for expected in [
            Step::Remove(3),
            Step::Remove(1),
            Step::Remove(0),
            Step::Add(2),
            Step::Add(4),
        ] {
            let step = plan.next(&states);
            assert_eq!(step, Some(expected));
            match expected {
                Step::Remove(place) => states[place].exists = false,
                Step::Add(place) => states[place].exists = true,
            }
        }
        assert_eq!(plan.next(&states), None);
    }

    #[test]
    fn what_exists_and_is_wanted_is_not_touched() {
        let mut states = table(|p| p < 3, |p| [0, 2, 3].contains(&p));
        let mut plan = Plan::new(PLACES);
        assert_eq!(plan.next(&states), Some(Step::Remove(1)));
        states[1].exists = false;
        assert_eq!(plan.next(&states), Some(Step::Add(3)));
        states[3].exists = true;
        assert_eq!(plan.next(&states), None);
    }
}
