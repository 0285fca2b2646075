// SPDX-License-Identifier: GPL-2.0
//! Fault knobs of the command engine: slow, deaf, refusing, dying.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

/// A status that replaces the execution of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The status byte.
    pub status: u8,
    /// The syndrome.
    pub syndrome: u32,
}

/// What happens to a command the engine is about to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is executed, this many microseconds after it was taken.
    Execute(u64),
    /// It is swallowed: the slot stays with the device for ever.
    Drop,
    /// The device dies.
    Die,
}

/// The knobs as they stand.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// Microseconds every command takes.
    pub delay_us: u64,
    /// Microseconds the commands of one opcode take instead.
    pub delay_of: BTreeMap<u16, u64>,
    /// Commands still to be swallowed, whatever they are.
    pub drop: u64,
    /// Commands of one opcode still to be swallowed.
    pub drop_of: BTreeMap<u16, u64>,
    /// Opcodes that are answered with a status and not executed.
    pub fail: BTreeMap<u16, Failure>,
    /// Commands until the device dies, counting the one it dies of; zero is never.
    pub die_after: u64,
    /// The engine takes no commands and finishes none.
    pub stall: bool,
    /// Firmware is dead for good: it takes no command, its counter stands still, and no reset helps.
    pub dead: bool,
}

impl Faults {
    /// Decides about the next command and counts it.
    pub fn next(&mut self, opcode: u16) -> Fate {
        if self.die_after > 0 {
            self.die_after -= 1;
            if self.die_after == 0 {
                return Fate::Die;
            }
        }
        if self.drop > 0 {
            self.drop -= 1;
            return Fate::Drop;
        }
        if let Some(left) = self.drop_of.get_mut(&opcode).filter(|left| **left > 0) {
            *left -= 1;
            return Fate::Drop;
        }
        Fate::Execute(self.delay_of.get(&opcode).copied().unwrap_or(self.delay_us))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dying_device_answers_all_commands_before_the_last() {
        let mut faults = Faults {
            die_after: 3,
            ..Faults::default()
        };
        let fates: Vec<Fate> = (0..4).map(|_| faults.next(0x100)).collect();
        assert_eq!(
            fates,
            [
                Fate::Execute(0),
                Fate::Execute(0),
                Fate::Die,
                Fate::Execute(0)
            ]
        );
    }

    #[test]
    fn drops_are_counted_down_per_opcode_and_in_all() {
        let mut faults = Faults {
            drop: 1,
            ..Faults::default()
        };
        faults.drop_of.insert(0x805, 1);
        assert_eq!(faults.next(0x100), Fate::Drop);
        assert_eq!(faults.next(0x100), Fate::Execute(0));
        assert_eq!(faults.next(0x805), Fate::Drop);
        assert_eq!(faults.next(0x805), Fate::Execute(0));
    }

    #[test]
    fn a_delay_of_an_opcode_replaces_the_general_one() {
        let mut faults = Faults {
            delay_us: 10,
            ..Faults::default()
        };
        faults.delay_of.insert(0x80d, 70);
        assert_eq!(faults.next(0x80d), Fate::Execute(70));
        assert_eq!(faults.next(0x100), Fate::Execute(10));
    }
}
