// SPDX-License-Identifier: GPL-2.0

//! The sweep: which points there are, which are taken, what became of each.

#![forbid(unsafe_code)]

use crate::ending::Ending;
use crate::fault::{Armed, Fired, Where};
use crate::operation::Operation;
use crate::Error;
use std::fmt;
use std::io;

/// More allocations than any operation makes.
const NEVER: u32 = 1_000_000;

/// How often an operation is repeated when another kernel thread did the work.
const TRIES: u32 = 8;

/// One in so many of the calling task's points may be missed, and one at any rate: some allocations are made only now and
/// then, as when a cache of the kernel's has to grow, so the last points are not always reached.
const CALLER_MISSES: u32 = 8;

/// One in so many of a kernel thread's points may be missed: which thread does how much is another matter each time, and
/// each thread has its own count.
const WORKER_MISSES: u32 = 2;

/// Which of the points are taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    /// How many at most; 0 means all.
    pub(crate) most: u32,
    /// Decides which.
    pub(crate) seed: u64,
    /// Only this one.
    pub(crate) only: Option<u32>,
}

/// What a sweep has shown.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    points: u32,
    chosen: u32,
    hit: u32,
    /// How many have to be hit.
    needed: u32,
    refused: u32,
    /// How those that were hit came to work again.
    itself: u32,
    consumer: u32,
    node: u32,
    given_up: u32,
    idle: u32,
    wrong: Vec<String>,
}

impl Outcome {
    /// Whether enough faults fired and nothing went wrong.
    pub(crate) fn is_clean(&self) -> bool {
        self.hit >= self.needed && self.wrong.is_empty()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} points, {} chosen, {} hit: {} failed with ENOMEM, {} succeeded; {} not reached; {} wrong",
            self.points,
            self.chosen,
            self.hit,
            self.refused,
            self.hit - self.refused,
            self.chosen - self.hit,
            self.wrong.len()
        )?;
        writeln!(
            f,
            "then {} worked by themselves, {} with their consumer bound by hand, {} given up and bound anew",
            self.itself, self.consumer, self.given_up
        )?;
        if self.node > 0 {
            writeln!(
                f,
                "{} with their consumer bound anew for a node in /dev",
                self.node
            )?;
        }
        if self.idle > 0 {
            writeln!(f, "{} times another thread did the work", self.idle)?;
        }
        if self.hit < self.needed {
            writeln!(f, "too few are hit: {} have to be", self.needed)?;
        }
        self.wrong.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Fails the chosen allocations of the operation, one at a time.
///
/// # Errors
///
/// The operation fails without a fault, or faults cannot be put.
pub(crate) fn sweep(
    operation: &mut dyn Operation,
    place: &Where,
    choice: Choice,
) -> Result<Outcome, Error> {
    let points = count(operation, place)?;
    let chosen = choose(choice, points);
    let mut outcome = Outcome {
        points,
        needed: needed(place, u32::try_from(chosen.len()).unwrap_or(u32::MAX)),
        ..Outcome::default()
    };
    for nth in chosen {
        outcome.chosen += 1;
        let (returned, fired) = try_until_it_runs(operation, place, nth, &mut outcome)?;
        let verdict = verdict(operation, &returned, fired);
        if fired == Fired::Yes {
            outcome.hit += 1;
            outcome.refused += u32::from(returned.is_err());
            match verdict {
                Ok(Ending::Itself) => outcome.itself += 1,
                Ok(Ending::Consumer) => outcome.consumer += 1,
                Ok(Ending::Node) => outcome.node += 1,
                Ok(Ending::GivenUp) => outcome.given_up += 1,
                Err(_) => (),
            }
        }
        if let Err(wrong) = verdict {
            let result = returned.map_or_else(|error| error.to_string(), |()| "OK".to_owned());
            outcome
                .wrong
                .push(format!("wrong at {nth} (returned: {result}): {wrong}"));
            // What comes after a broken stack says nothing.
            if operation.start().is_err() {
                outcome.wrong.push("the stack stays broken".to_owned());
                break;
            }
        }
    }
    Ok(outcome)
}

/// How many of the chosen points have to be hit; at least one, or nothing was shown.
fn needed(place: &Where, chosen: u32) -> u32 {
    let missed = match place {
        Where::Own => (chosen / CALLER_MISSES).max(1),
        Where::Worker(_) => chosen / WORKER_MISSES,
    };
    chosen.saturating_sub(missed).max(1)
}

/// Counts the allocations of the operation.
fn count(operation: &mut dyn Operation, place: &Where) -> Result<u32, Error> {
    let mut outcome = Outcome::default();
    // Once for what is allocated only the first time.
    for warm in [true, false] {
        let (returned, fired) = try_until_it_runs(operation, place, NEVER, &mut outcome)?;
        if let Err(error) = &returned {
            return Err(Error::Broken(format!("the operation fails ({error})")));
        }
        unharmed(operation, &returned)?;
        match fired {
            Fired::TooFew(points) if !warm => return Ok(points),
            _ => {}
        }
    }
    Err(Error::Broken("the operation allocates nothing".to_owned()))
}

/// One round; repeated while the armed kernel thread is not the one that worked.
fn try_until_it_runs(
    operation: &mut dyn Operation,
    place: &Where,
    nth: u32,
    outcome: &mut Outcome,
) -> Result<(io::Result<()>, Fired), Error> {
    let mut tries = 0;
    loop {
        operation.start().map_err(Error::Broken)?;
        let armed = Armed::new(place, nth)?;
        let returned = operation.act();
        let fired = armed.end();
        tries += 1;
        if fired != Fired::Idle || tries == TRIES || matches!(place, Where::Own) {
            return Ok((returned, fired));
        }
        outcome.idle += 1;
        unharmed(operation, &returned)?;
    }
}

/// Judges a round without a fault, in which nobody has to help.
fn unharmed(operation: &mut dyn Operation, returned: &io::Result<()>) -> Result<(), Error> {
    match operation.judge(returned).map_err(Error::Broken)? {
        Ending::Itself => Ok(()),
        ending => Err(Error::Broken(format!("it ends with {ending:?}"))),
    }
}

/// How a round ended, or what is wrong with that.
fn verdict(
    operation: &mut dyn Operation,
    returned: &io::Result<()>,
    fired: Fired,
) -> Result<Ending, String> {
    let ending = operation.judge(returned)?;
    excuse(returned, operation.errnos(), ending, fired)
        .map_or(Ok(ending), |wrong| Err(wrong.to_owned()))
}

/// What is wrong with a round that returned this and ended like this: only a fault excuses a failure.
fn excuse(
    returned: &io::Result<()>,
    errnos: &[i32],
    ending: Ending,
    fired: Fired,
) -> Option<&'static str> {
    let errno = returned.as_ref().err().and_then(io::Error::raw_os_error);
    match (returned, fired) {
        (Err(_), Fired::Yes) if !errno.is_some_and(|errno| errnos.contains(&errno)) => {
            Some("it fails for want of memory with another errno")
        }
        (_, Fired::Yes) => None,
        (Err(_), _) => Some("it fails without a fault"),
        (Ok(()), _) if ending != Ending::Itself => Some("it needs help without a fault"),
        (Ok(()), _) => None,
    }
}

/// The points that are taken: all, or one in each of `most` equal parts.
fn choose(choice: Choice, points: u32) -> Vec<u32> {
    if let Some(only) = choice.only {
        return vec![only];
    }
    if choice.most == 0 || points <= choice.most {
        return (1..=points).collect();
    }
    let mut random = choice.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let edge = |part: u32| {
        let edge = u64::from(part) * u64::from(points) / u64::from(choice.most);
        u32::try_from(edge).unwrap_or(points)
    };
    (0..choice.most)
        .map(|part| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let (begin, end) = (edge(part), edge(part + 1));
            let width = u64::from((end - begin).max(1));
            begin + 1 + u32::try_from(random % width).unwrap_or(0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::ENOMEM;

    fn chosen(most: u32, seed: u64, points: u32) -> Vec<u32> {
        let only = None;
        choose(Choice { most, seed, only }, points)
    }

    #[test]
    fn all_points_are_taken_unless_there_are_too_many() {
        assert_eq!(chosen(0, 1, 5), [1, 2, 3, 4, 5]);
        assert_eq!(chosen(5, 1, 5), [1, 2, 3, 4, 5]);
        assert_eq!(chosen(9, 1, 0), []);
    }

    #[test]
    fn nearly_all_points_of_the_caller_and_half_of_a_threads_have_to_be_hit() {
        let needed = |place: &Where| [1, 2, 8, 24, 654].map(|chosen| super::needed(place, chosen));
        assert_eq!(needed(&Where::Own), [1, 1, 7, 21, 573]);
        let worker = Where::Worker("auxbus".to_owned());
        assert_eq!(needed(&worker), [1, 1, 4, 12, 327]);
        for place in [Where::Own, worker] {
            assert_eq!(super::needed(&place, 0), 1);
        }
    }

    #[test]
    fn an_outcome_with_too_few_hits_is_not_clean() {
        let outcome = |hit| Outcome {
            chosen: 24,
            hit,
            needed: 21,
            ..Outcome::default()
        };
        assert!(outcome(24).is_clean());
        assert!(outcome(21).is_clean());
        assert!(!outcome(20).is_clean());
        assert!(outcome(20).to_string().contains("too few are hit"));
    }

    #[test]
    fn only_a_fault_excuses_a_failure_or_help() {
        let failed = |errno| Err(io::Error::from_raw_os_error(errno));
        let excuse = |returned: &io::Result<()>, ending, fired| {
            super::excuse(returned, &[ENOMEM], ending, fired)
        };
        for ending in [
            Ending::Itself,
            Ending::Consumer,
            Ending::Node,
            Ending::GivenUp,
        ] {
            assert_eq!(excuse(&failed(ENOMEM), ending, Fired::Yes), None);
            assert_eq!(excuse(&Ok(()), ending, Fired::Yes), None);
            assert!(excuse(&failed(ENOMEM + 1), ending, Fired::Yes).is_some());
            for fired in [Fired::TooFew(3), Fired::Idle] {
                assert!(excuse(&failed(ENOMEM), ending, fired).is_some());
                let helped = ending != Ending::Itself;
                assert_eq!(excuse(&Ok(()), ending, fired).is_some(), helped);
            }
        }
    }

    #[test]
    fn a_choice_is_spread_and_follows_the_seed() {
        for seed in 0..50 {
            let points = chosen(10, seed, 95);
            assert_eq!(points.len(), 10);
            assert!(points.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(points.iter().all(|point| (1..=95).contains(point)));
            assert_eq!(points, chosen(10, seed, 95));
        }
        assert_ne!(chosen(10, 1, 95), chosen(10, 2, 95));
    }
}
