// SPDX-License-Identifier: GPL-2.0

//! Which commands a user program may execute, and from which scope on.
//!
//! The commands stand in `permitted.rs`. Whatever is not listed there is denied in every scope.
//!
//! Pure: imports nothing from the kernel crate, and is tested on the host and in the guest.

#![forbid(unsafe_code)]

use super::permitted::{Command, Effect, Group, OpMod, Scope, GROUPS};

impl OpMod {
    const fn matches(self, op_mod: u16) -> bool {
        match self {
            Self::Any => true,
            Self::Is(value) => op_mod == value,
            Self::Not(value) => op_mod != value,
        }
    }
}

/// One permitted command, with what its group says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    opcode: u16,
    op_mod: OpMod,
    /// The lowest scope that may execute it.
    pub(crate) scope: Scope,
    /// Why it stands in this scope.
    pub(crate) why: &'static str,
    /// The command's name.
    pub(crate) name: &'static str,
    /// What it can do to the device.
    pub(crate) effect: Effect,
}

impl Entry {
    const fn new(group: &Group, command: &Command) -> Self {
        Self {
            opcode: command.opcode,
            op_mod: command.op_mod,
            scope: group.scope,
            why: group.why,
            name: command.name,
            effect: command.effect,
        }
    }
}

/// Returns the row of a command, or `None` if no scope may execute it.
pub(crate) fn lookup(opcode: u16, op_mod: u16) -> Option<Entry> {
    let first = TABLE.partition_point(|row| row.opcode < opcode);
    TABLE
        .get(first..)?
        .iter()
        .take_while(|row| row.opcode == opcode)
        .find(|row| row.op_mod.matches(op_mod))
        .copied()
}

/// How many rows there are.
const ROWS: usize = {
    let (mut rows, mut group) = (0, 0);
    while group < GROUPS.len() {
        rows += GROUPS[group].commands.len();
        group += 1;
    }
    rows
};

/// Every row, by opcode; the compiler sorts them.
static TABLE: [Entry; ROWS] = {
    let mut rows = [Entry::new(&GROUPS[0], &GROUPS[0].commands[0]); ROWS];
    let (mut filled, mut group) = (0, 0);
    while group < GROUPS.len() {
        let mut command = 0;
        while command < GROUPS[group].commands.len() {
            let row = Entry::new(&GROUPS[group], &GROUPS[group].commands[command]);
            let mut place = filled;
            while place > 0 && rows[place - 1].opcode > row.opcode {
                rows[place] = rows[place - 1];
                place -= 1;
            }
            rows[place] = row;
            filled += 1;
            command += 1;
        }
        group += 1;
    }
    rows
};

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_mlx5_scope))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::{
        super::permitted::REGISTER_WRITE,
        Effect::{Clears, Writes, WritesRegister},
        *, //
    };

    /// A write, a read, and a value no register access knows.
    const OP_MODS: [u16; 3] = [0, 1, 0xffff];

    /// The permitted opcodes, kept apart from the table so that a slip in one shows.
    const CONFIGURATION: [u16; 11] = [
        0x100, 0x101, 0x109, 0x10e, 0x731, 0x740, 0x760, 0x762, 0x823, 0xb22, 0xb2e,
    ];
    const REGISTERS: [u16; 2] = [0x805, 0xb0c];
    const DEBUG_WRITE: [u16; 1] = [0x820];
    const DEBUG_READ_ONLY: [u16; 80] = [
        0x107, 0x10a, 0x10c, 0x111, 0x117, 0x201, 0x203, 0x303, 0x402, 0x50b, 0x512, 0x602, 0x702,
        0x707, 0x713, 0x716, 0x719, 0x722, 0x725, 0x727, 0x728, 0x730, 0x732, 0x750, 0x752, 0x754,
        0x764, 0x765, 0x76f, 0x770, 0x773, 0x781, 0x784, 0x80b, 0x80d, 0x813, 0x819, 0x821, 0x822,
        0x824, 0x826, 0x82a, 0x831, 0x842, 0x903, 0x907, 0x90b, 0x90f, 0x911, 0x915, 0x919, 0x932,
        0x935, 0x937, 0x93b, 0x93f, 0x942, 0x962, 0x964, 0x971, 0x981, 0xa02, 0xa05, 0xa09, 0xb02,
        0xb03, 0xb05, 0xb07, 0xb08, 0xb0a, 0xb0d, 0xb0f, 0xb13, 0xb14, 0xb28, 0xb2a, 0xb2f, 0x8000,
        0x8001, 0x8006,
    ];

    fn expected(opcode: u16, op_mod: u16) -> Option<Scope> {
        if REGISTERS.contains(&opcode) {
            return Some(if op_mod == 0 {
                Scope::Configuration
            } else {
                Scope::DebugReadOnly
            });
        }
        if CONFIGURATION.contains(&opcode) {
            Some(Scope::Configuration)
        } else if DEBUG_READ_ONLY.contains(&opcode) {
            Some(Scope::DebugReadOnly)
        } else if DEBUG_WRITE.contains(&opcode) {
            Some(Scope::DebugWrite)
        } else {
            None
        }
    }

    #[test]
    fn every_opcode_has_the_scope_it_should_and_the_rest_is_denied() {
        for opcode in 0..=u16::MAX {
            for op_mod in OP_MODS {
                let found = lookup(opcode, op_mod).map(|entry| entry.scope);
                assert_eq!(found, expected(opcode, op_mod));
            }
        }
    }

    #[test]
    fn a_higher_scope_is_never_allowed_less() {
        for row in &TABLE {
            for op_mod in OP_MODS {
                let allowed = |scope: u32| {
                    lookup(row.opcode, op_mod).is_some_and(|entry| scope >= entry.scope as u32)
                };
                assert!((0..3u32).all(|scope| !allowed(scope) || allowed(scope + 1)));
                assert!(allowed(3));
            }
        }
    }

    #[test]
    fn scopes_have_the_numbers_of_the_user_interface() {
        assert_eq!(Scope::Configuration as u32, 0);
        assert_eq!(Scope::DebugReadOnly as u32, 1);
        assert_eq!(Scope::DebugWrite as u32, 2);
    }

    #[test]
    fn only_op_mod_zero_writes_a_register() {
        for opcode in REGISTERS {
            for op_mod in 1..=u16::MAX {
                let scope = lookup(opcode, op_mod).map(|entry| entry.scope);
                assert_eq!(scope, Some(Scope::DebugReadOnly));
            }
            let write = lookup(opcode, 0).map(|entry| entry.scope);
            assert_eq!(write, Some(Scope::Configuration));
        }
    }

    #[test]
    fn rows_are_sorted_and_no_command_has_two() {
        for pair in TABLE.windows(2) {
            assert!(pair[0].opcode <= pair[1].opcode);
        }
        for row in &TABLE {
            for op_mod in OP_MODS {
                let matching = TABLE
                    .iter()
                    .filter(|other| other.opcode == row.opcode && other.op_mod.matches(op_mod));
                assert_eq!(matching.count(), 1);
            }
        }
    }

    #[test]
    fn every_group_has_a_reason_of_its_own_and_is_not_empty() {
        for (index, group) in GROUPS.iter().enumerate() {
            assert!(group.why.len() > 15 && !group.commands.is_empty());
            let mut others = GROUPS.iter().skip(index + 1);
            assert!(others.all(|other| other.why != group.why));
        }
    }

    #[test]
    fn names_are_told_apart_except_for_the_two_sides_of_a_register_access() {
        for row in &TABLE {
            let same = TABLE.iter().filter(|other| other.name == row.name);
            let expected = if REGISTERS.contains(&row.opcode) {
                2
            } else {
                1
            };
            assert_eq!(same.count(), expected);
        }
    }

    #[test]
    fn only_commands_that_are_called_a_read_are_taken_for_one() {
        for row in &TABLE {
            let named_read = row.name.contains("QUERY_") || row.name == "NOP";
            let register = REGISTERS.contains(&row.opcode);
            let writes = matches!(row.effect, Writes);
            assert_eq!(writes, !named_read && !register);
            let write = register && row.op_mod.matches(REGISTER_WRITE);
            let writes_register = matches!(row.effect, WritesRegister);
            assert_eq!(writes_register, write);
        }
    }

    #[test]
    fn counters_that_a_read_can_reset_are_known() {
        let clearing = |row: &&Entry| matches!(row.effect, Clears(_));
        let opcodes = [0x770, 0x773, 0x826, 0x93b, 0x964];
        assert_eq!(TABLE.iter().filter(clearing).count(), opcodes.len());
        for (row, opcode) in TABLE.iter().filter(clearing).zip(opcodes) {
            assert_eq!(row.opcode, opcode);
        }
    }

    #[test]
    fn commands_that_make_or_destroy_objects_are_denied() {
        // CREATE_UCTX, DESTROY_UCTX, CREATE_EQ, CREATE_MKEY, TEARDOWN_HCA, ENABLE_HCA,
        // MANAGE_PAGES.
        for opcode in [0xa04, 0xa06, 0x301, 0x200, 0x103, 0x104, 0x108] {
            assert!(OP_MODS
                .iter()
                .all(|&op_mod| lookup(opcode, op_mod).is_none()));
        }
    }
}
