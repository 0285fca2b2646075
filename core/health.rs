// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! What is known about the health of a function, and how often it may be recovered. Pure.

/// What a look at a function's firmware says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Nothing wrong.
    Healthy,
    /// It does not serve any more and only a reset may help; why, for the log.
    Fatal(&'static str),
}

/// Where a core device is on its way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Phase {
    /// No generation: not started yet, stopped, or asleep.
    Down,
    /// A generation serves.
    Up,
    /// The generation died and the next one is on its way.
    Recovering,
    /// The function died and stays down: the limit is reached, or what was tried failed.
    GivenUp,
    /// The function has left its bus.
    Gone,
}

impl Phase {
    /// Returns its name, for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Up => "up",
            Self::Recovering => "recovering",
            Self::GivenUp => "given up",
            Self::Gone => "gone",
        }
    }
}

/// How often a function may be recovered: more than that is not an accident, and it stays down
/// until it is bound anew.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Attempts within the window, at most [`Limit::MOST`].
    pub attempts: usize,
    /// The window in milliseconds.
    pub window_ms: u64,
}

impl Limit {
    /// Most attempts a limit can allow.
    pub(crate) const MOST: usize = 8;
}

/// The attempts made, against a [`Limit`].
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    /// The newest attempts, oldest first; times in milliseconds from any start.
    at: [u64; Limit::MOST],
    count: usize,
}

impl Attempts {
    /// Counts an attempt at `now_ms` if `limit` allows it. Returns whether it does.
    pub(crate) fn admit(&mut self, limit: Limit, now_ms: u64) -> bool {
        let most = limit.attempts.min(Limit::MOST);
        if most == 0 {
            return false;
        }
        if self.count >= most {
            let oldest = self.at[self.count - most];
            if now_ms.saturating_sub(oldest) < limit.window_ms {
                return false;
            }
        }
        if self.count == Limit::MOST {
            self.at.copy_within(1.., 0);
            self.count -= 1;
        }
        self.at[self.count] = now_ms;
        self.count += 1;
        true
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_health))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    const THREE: Limit = Limit {
        attempts: 3,
        window_ms: 1000,
    };

    #[test]
    fn as_many_attempts_as_the_limit_says_fit_in_a_window() {
        let mut attempts = Attempts::default();
        for now in [0, 10, 20] {
            assert!(attempts.admit(THREE, now));
        }
        assert!(!attempts.admit(THREE, 30));
        assert!(!attempts.admit(THREE, 999));
    }

    #[test]
    fn an_attempt_is_forgotten_after_the_window() {
        let mut attempts = Attempts::default();
        for now in [0, 500, 900] {
            assert!(attempts.admit(THREE, now));
        }
        assert!(attempts.admit(THREE, 1000));
        assert!(!attempts.admit(THREE, 1001));
        assert!(attempts.admit(THREE, 1500));
    }

    #[test]
    fn a_refused_attempt_does_not_count() {
        let mut attempts = Attempts::default();
        for now in [0, 1, 2] {
            assert!(attempts.admit(THREE, now));
        }
        for now in 3..900 {
            assert!(!attempts.admit(THREE, now));
        }
        assert!(attempts.admit(THREE, 1000));
    }

    #[test]
    fn many_windows_need_no_more_room() {
        let mut attempts = Attempts::default();
        for i in 0..100 {
            assert!(attempts.admit(THREE, i * 400));
        }
        assert!(attempts.admit(THREE, 100 * 400));
        assert!(!attempts.admit(THREE, 99 * 400 + 401));
    }

    #[test]
    fn limits_at_their_ends_hold() {
        let mut attempts = Attempts::default();
        let none = Limit {
            attempts: 0,
            window_ms: 1,
        };
        assert!(!attempts.admit(none, 5));
        let most = Limit {
            attempts: 100,
            window_ms: 1000,
        };
        for _ in 0..Limit::MOST {
            assert!(attempts.admit(most, 5));
        }
        assert!(!attempts.admit(most, 5));
    }
}
