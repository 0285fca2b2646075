// SPDX-License-Identifier: GPL-2.0
//! How a function starts after power-on or a reset: its registers do not answer yet, then firmware says that it is starting.
//!
//! Time counts from the first access, so that it is the driver that waits and not a guest that boots.
#![forbid(unsafe_code)]

/// How far a function has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Registers read as all ones, writes are lost.
    Absent,
    /// Registers answer; firmware takes nothing yet.
    Starting,
    /// Firmware works.
    Started,
}

/// The way of a function from reset to work.
#[derive(Clone, Copy, Debug, Default)]
pub struct Start {
    /// Milliseconds for which registers do not answer.
    pub absent_ms: u64,
    /// Milliseconds for which firmware says that it is starting, after that.
    pub starting_ms: u64,
    /// When registers answer, and when firmware works, in microseconds; known from the first access on.
    due: Option<(u64, u64)>,
}

impl Start {
    /// Returns how far the function has come at `now`, in microseconds. Called for each access.
    pub fn stage(&mut self, now: u64) -> Stage {
        let after = |from: u64, ms: u64| from.saturating_add(ms.saturating_mul(1000));
        let answers = after(now, self.absent_ms);
        let (answers, works) = *self
            .due
            .get_or_insert((answers, after(answers, self.starting_ms)));
        if now < answers {
            Stage::Absent
        } else if now < works {
            Stage::Starting
        } else {
            Stage::Started
        }
    }

    /// The function was reset: it starts again.
    pub fn reset(&mut self) {
        self.due = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_works_at_once_unless_it_is_told_to_take_its_time() {
        assert_eq!(Start::default().stage(0), Stage::Started);
        assert_eq!(Start::default().stage(u64::MAX), Stage::Started);
    }

    #[test]
    fn it_takes_its_time_from_the_first_access_on_after_each_reset() {
        let mut start = Start {
            absent_ms: 2,
            starting_ms: 3,
            ..Start::default()
        };
        for first in [10_000, 20_000] {
            for (since, stage) in [
                (0, Stage::Absent),
                (1999, Stage::Absent),
                (2000, Stage::Starting),
                (4999, Stage::Starting),
                (5000, Stage::Started),
                (9999, Stage::Started),
            ] {
                assert_eq!(start.stage(first + since), stage, "{since} us");
            }
            start.reset();
        }
    }

    #[test]
    fn times_that_are_set_later_are_for_the_next_start() {
        let mut start = Start::default();
        assert_eq!(start.stage(1), Stage::Started);
        start.starting_ms = u64::MAX;
        assert_eq!(start.stage(2), Stage::Started);
        start.reset();
        assert_eq!(start.stage(3), Stage::Starting);
        assert_eq!(start.stage(u64::MAX - 1), Stage::Starting);
    }
}
