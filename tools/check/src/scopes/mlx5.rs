// SPDX-License-Identifier: GPL-2.0
//! The commands of ConnectX.

#![forbid(unsafe_code)]

use super::text;

#[allow(
    clippy::all,
    clippy::pedantic,
    reason = "the kernel's lints are the law for this file"
)]
#[path = "../../../../core/mlx5/permitted.rs"]
mod permitted;

use permitted::{Command, Effect, OpMod, Scope, GROUPS, REGISTER_WRITE};

const SCOPES: [(Scope, &str, &str); 3] = [
    (
        Scope::Configuration,
        "Configuration",
        "FWCTL_RPC_CONFIGURATION",
    ),
    (
        Scope::DebugReadOnly,
        "Reading for debugging",
        "FWCTL_RPC_DEBUG_READ_ONLY",
    ),
    (
        Scope::DebugWrite,
        "Writing for debugging",
        "FWCTL_RPC_DEBUG_WRITE",
    ),
];

/// Returns the document.
pub fn document() -> String {
    let mut text = text::document("core/mlx5/permitted.rs", "Commands of ConnectX, by scope");
    let commands = GROUPS
        .iter()
        .map(|group| group.commands.len())
        .sum::<usize>();
    text::paragraph(
        &mut text,
        &format!(
            "The commands, in {commands} rows, that a program may execute through a fwctl device of type mlx5, \
             and the lowest scope each needs; every higher scope may execute it too. A command that \
             is not listed is refused with ``EBADMSG`` in every scope, and so is every command that \
             makes, changes or destroys an object of firmware. No command needs \
             ``FWCTL_RPC_DEBUG_WRITE_FULL``."
        ),
    );
    text::paragraph(
        &mut text,
        "A command with the mark *journal* may change the device: each execution is written to the \
         journal. Where a condition stands with it, only executions that meet it are.",
    );
    for (scope, title, name) in SCOPES {
        text::heading(&mut text, title, '=');
        text::paragraph(&mut text, &format!("``{name}``, {}", scope as u32));
        for group in GROUPS.iter().filter(|group| group.scope == scope) {
            text::paragraph(&mut text, &text::sentence(group.why));
            let rows: Vec<[String; 3]> = group.commands.iter().map(row).collect();
            text::table(&mut text, &rows);
        }
    }
    text::ended(text)
}

fn row(command: &Command) -> [String; 3] {
    let variant = match command.op_mod {
        OpMod::Any => String::new(),
        OpMod::Is(REGISTER_WRITE) => ", write".to_owned(),
        OpMod::Not(REGISTER_WRITE) => ", read".to_owned(),
        OpMod::Is(value) => format!(", op_mod {value:#x}"),
        OpMod::Not(value) => format!(", op_mod not {value:#x}"),
    };
    let mark = match command.effect {
        Effect::Reads => "\\ ".to_owned(),
        Effect::Writes | Effect::WritesRegister => "journal".to_owned(),
        Effect::Clears(at) => format!("journal, if bit 7 of byte {at} asks to reset"),
    };
    [
        format!("0x{:04x}", command.opcode),
        format!("``{}``{variant}", command.name),
        mark,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_row() {
        let text = document();
        for command in GROUPS.iter().flat_map(|group| group.commands) {
            let [opcode, name, _] = row(command);
            let there = text
                .lines()
                .any(|line| line.starts_with(&opcode) && line.contains(&name));
            assert!(there, "{opcode} {name}");
        }
    }

    #[test]
    fn lines_are_short_and_end_without_blanks() {
        for line in document().lines() {
            assert!(line.len() <= text::WIDTH + 8, "{line}");
            assert_eq!(line.trim_end(), line);
        }
    }
}
