// SPDX-License-Identifier: GPL-2.0

//! How a round ends: what is seen of the stack, and what was needed to have it work again.

#![forbid(unsafe_code)]

/// How everything came to work again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Nobody had to help.
    Itself,
    /// The child had no consumer, since a probe that failed is not repeated: it was bound by hand.
    Consumer,
    /// The fwctl device was there without its node in /dev, which the kernel tells nobody of: its consumer was bound anew.
    Node,
    /// The driver said that it had given the function up, and was bound anew.
    GivenUp,
}

/// What the driver says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Health {
    /// Its state in a word or two.
    pub(crate) state: String,
    /// Number of the last generation.
    pub(crate) generation: u64,
}

impl Health {
    /// Reads the driver's file.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let value = |key: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(' '))
        };
        Some(Self {
            state: value("state")?.to_owned(),
            generation: value("generation")?.parse().ok()?,
        })
    }
}

/// What is seen of a function from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// `None` when there is no file to ask, as after a fault that cost it.
    pub(crate) health: Option<Health>,
    /// The fwctl child is there.
    pub(crate) child: bool,
    /// It has its consumer.
    pub(crate) consumed: bool,
}

/// What that means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// A generation serves, with child and consumer.
    Whole,
    /// A generation serves, and its child has no consumer, or not yet.
    Alone,
    /// The driver has given the function up.
    GivenUp,
    /// None of this yet.
    NotYet,
}

impl Seen {
    /// Judges what is seen when the generation number `before` has died; 0 if none has.
    pub(crate) fn look(&self, before: u64) -> Look {
        let serves = match &self.health {
            Some(health) if health.state == "given up" => return Look::GivenUp,
            Some(health) => health.state == "up" && health.generation > before,
            None => before == 0,
        };
        match (serves, self.child, self.consumed) {
            (true, true, true) => Look::Whole,
            (true, true, false) => Look::Alone,
            _ => Look::NotYet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(state: &str, generation: u64, child: bool, consumed: bool) -> Seen {
        Seen {
            health: Some(Health {
                state: state.to_owned(),
                generation,
            }),
            child,
            consumed,
        }
    }

    #[test]
    fn the_file_is_read_whatever_else_is_in_it() {
        let text = "state given up\nreason it died too often\nrecoveries 3\ngeneration 4\n";
        let health = Health {
            state: "given up".to_owned(),
            generation: 4,
        };
        assert_eq!(Health::parse(text), Some(health));
        for text in [
            "",
            "state up\n",
            "generation 1\n",
            "state up\ngeneration x\n",
        ] {
            assert_eq!(Health::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_generation_that_was_there_before_is_not_back() {
        assert_eq!(seen("up", 1, true, true).look(1), Look::NotYet);
        assert_eq!(seen("up", 2, true, true).look(1), Look::Whole);
    }

    #[test]
    fn only_a_generation_that_serves_with_child_and_consumer_is_whole() {
        assert_eq!(seen("up", 2, true, false).look(1), Look::Alone);
        assert_eq!(seen("up", 2, false, false).look(1), Look::NotYet);
        for state in ["recovering", "down", "gone"] {
            assert_eq!(seen(state, 2, true, true).look(1), Look::NotYet, "{state}");
        }
    }

    #[test]
    fn a_function_that_is_given_up_is_never_whole() {
        assert_eq!(seen("given up", 2, true, true).look(1), Look::GivenUp);
        assert_eq!(seen("given up", 1, false, false).look(1), Look::GivenUp);
    }

    #[test]
    fn a_lost_file_counts_only_where_a_generation_died() {
        let mut seen = seen("up", 1, true, true);
        seen.health = None;
        assert_eq!(seen.look(0), Look::Whole);
        assert_eq!(seen.look(1), Look::NotYet);
    }
}
