// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Events on their way, in bounded memory. Pure.
//!
//! A port has one place. What happens to it again before anybody was told replaces what was there,
//! so a storm of events needs no more room than one of each.

/// Something that happened to a function.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// The link of a port went up or down. Of several changes in a row only the last may be told.
    Link {
        /// The port, from 1 to [`PORTS`].
        port: u8,
        /// Whether it is up.
        up: bool,
    },
}

/// The highest port number.
pub(crate) const PORTS: u8 = 32;

/// What happened and was not told yet.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// Ports that changed, one bit each; bit 0 is port 1.
    changed: u32,
    /// The ports that are up, of those that changed.
    up: u32,
}

impl Pending {
    /// Adds an event. One about a port that cannot exist is dropped.
    pub(crate) fn post(&mut self, event: Event) {
        let Event::Link { port, up } = event;
        if !(1..=PORTS).contains(&port) {
            return;
        }
        let bit = 1 << (port - 1);
        self.changed |= bit;
        self.up = if up { self.up | bit } else { self.up & !bit };
    }

    /// Takes one event, lowest port first.
    pub(crate) fn take(&mut self) -> Option<Event> {
        if self.changed == 0 {
            return None;
        }
        let bit = self.changed & self.changed.wrapping_neg();
        self.changed &= !bit;
        Some(Event::Link {
            // CAST: at most 31.
            port: bit.trailing_zeros() as u8 + 1,
            up: self.up & bit != 0,
        })
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_pending))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    fn link(port: u8, up: bool) -> Event {
        Event::Link { port, up }
    }

    #[test]
    fn what_was_posted_is_taken_once() {
        let mut pending = Pending::default();
        pending.post(link(1, true));
        pending.post(link(32, false));
        assert_eq!(pending.take(), Some(link(1, true)));
        assert_eq!(pending.take(), Some(link(32, false)));
        assert_eq!(pending.take(), None);
    }

    #[test]
    fn the_last_state_of_a_port_counts() {
        let mut pending = Pending::default();
        for up in [true, false, true, false] {
            pending.post(link(2, up));
        }
        assert_eq!(pending.take(), Some(link(2, false)));
        assert_eq!(pending.take(), None);
        pending.post(link(2, true));
        assert_eq!(pending.take(), Some(link(2, true)));
    }

    #[test]
    fn a_port_that_cannot_exist_is_dropped() {
        let mut pending = Pending::default();
        for port in [0, 33, 255] {
            pending.post(link(port, true));
        }
        assert_eq!(pending.take(), None);
    }

    #[test]
    fn clearing_forgets() {
        let mut pending = Pending::default();
        pending.post(link(5, true));
        pending.clear();
        assert_eq!(pending.take(), None);
    }
}
