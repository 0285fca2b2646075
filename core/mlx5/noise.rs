// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Events that serve nobody, and when they are too many. Pure.
//!
//! Firmware that sends events without end takes the processor from everybody else, so it counts as
//! dead. An event that returned a command is no noise, however long the processor took for it:
//! there are no more of them than commands.

/// Most events between two looks at the function's health, about a second apart.
const EVENTS: u32 = 100_000;
/// Most microseconds that the handler may take for them, which a slow processor spends on fewer.
const MICROS: u32 = 500_000;
/// What one interrupt counts at most, in microseconds: the processor may have been taken from a
/// virtual machine meanwhile.
const INTERRUPT: u32 = 10_000;

/// What events that served nobody took.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Noise {
    /// How many there were; an interrupt without any event counts as one.
    pub(crate) events: u32,
    /// Microseconds in the handler.
    pub(crate) micros: u32,
}

impl Noise {
    /// Returns what an interrupt with `events`, which returned `commands`, made of noise in
    /// `micros`.
    pub(crate) fn of(events: u32, commands: u32, micros: i64) -> Self {
        let events = events.max(1);
        let noise = events.saturating_sub(commands);
        // CAST: between zero and a small constant.
        let micros = micros.clamp(0, INTERRUPT.into()) as u64;
        Self {
            events: noise,
            // CAST: a part of that constant.
            micros: (micros * u64::from(noise) / u64::from(events)) as u32,
        }
    }

    /// Returns whether this is too much between two looks.
    pub(crate) fn is_storm(self) -> bool {
        self.events >= EVENTS || self.micros >= MICROS
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_mlx5_noise))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_returned_a_command_is_no_noise_however_long_it_took() {
        let none = Noise {
            events: 0,
            micros: 0,
        };
        assert_eq!(Noise::of(1, 1, 1_000_000), none);
        assert_eq!(Noise::of(256, 256, i64::MAX), none);
        // One event may return many.
        assert_eq!(Noise::of(1, 31, 400), none);
    }

    #[test]
    fn what_served_nobody_has_its_share_of_the_time() {
        let noise = Noise::of(4, 1, 1000);
        assert_eq!((noise.events, noise.micros), (3, 750));
        let noise = Noise::of(4, 0, 1000);
        assert_eq!((noise.events, noise.micros), (4, 1000));
    }

    #[test]
    fn an_interrupt_without_an_event_is_noise() {
        let noise = Noise::of(0, 0, 7);
        assert_eq!((noise.events, noise.micros), (1, 7));
    }

    #[test]
    fn a_clock_that_jumps_counts_little() {
        assert_eq!(Noise::of(1, 0, i64::MAX).micros, INTERRUPT);
        assert_eq!(Noise::of(1, 0, -1).micros, 0);
    }

    #[test]
    fn many_events_are_a_storm_and_so_are_few_slow_ones() {
        let storm = |events, micros| Noise { events, micros }.is_storm();
        assert!(storm(EVENTS, 0));
        assert!(storm(1, MICROS));
        assert!(!storm(EVENTS - 1, MICROS - 1));
    }
}
