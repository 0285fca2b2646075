// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! What a command orders firmware to do. Pure: imports nothing.

/// How firmware treats a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Manner {
    /// Answers.
    Answer,
    /// Answers, and says once more that it did when the slot holds the next command.
    Twice,
    /// Returns the slot with another token, and with the right one after a second.
    WrongToken,
    /// Never returns the slot.
    Drop,
    /// Returns the slot without having executed the command.
    Undelivered,
    /// Answers with a status.
    Refuse,
    /// Dies. Nothing is returned any more, and it no longer is on its bus.
    Die,
}

/// One order: `WORD [VALUE [DELAY]]`, the delay in milliseconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Order {
    /// How firmware treats the command.
    pub manner: Manner,
    /// What it answers.
    pub value: u32,
    /// After how many milliseconds.
    pub delay_ms: u32,
}

impl Order {
    /// Parses an order; `None` for what is not one.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut words = core::str::from_utf8(text).ok()?.split_ascii_whitespace();
        let manner = match words.next()? {
            "answer" => Manner::Answer,
            "twice" => Manner::Twice,
            "wrong-token" => Manner::WrongToken,
            "drop" => Manner::Drop,
            "undelivered" => Manner::Undelivered,
            "refuse" => Manner::Refuse,
            "die" => Manner::Die,
            _ => return None,
        };
        let value = words.next().map_or(Some(0), |word| word.parse().ok())?;
        let delay_ms = words.next().map_or(Some(0), |word| word.parse().ok())?;
        words.next().is_none().then_some(Self {
            manner,
            value,
            delay_ms,
        })
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_null_order))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    #[test]
    fn orders_have_up_to_three_words() {
        let order = |manner, value, delay_ms| {
            Some(Order {
                manner,
                value,
                delay_ms,
            })
        };
        assert_eq!(Order::parse(b"drop\n"), order(Manner::Drop, 0, 0));
        assert_eq!(Order::parse(b"answer 5"), order(Manner::Answer, 5, 0));
        assert_eq!(Order::parse(b"twice 5 20\n"), order(Manner::Twice, 5, 20));
        assert_eq!(Order::parse(b""), None);
        assert_eq!(Order::parse(b"answer x"), None);
        assert_eq!(Order::parse(b"answer 1 2 3"), None);
        assert_eq!(Order::parse(b"sing"), None);
    }
}
