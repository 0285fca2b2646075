// SPDX-License-Identifier: GPL-2.0
//! The document that shows which commands a user program may execute is the one made from the
//! tables that decide it.
//!
//! The tables are compiled into this program from the vendor's own files.

#![forbid(unsafe_code)]

use crate::{error::Error, finding::Finding, tree::Tree};

#[allow(
    clippy::all,
    clippy::pedantic,
    reason = "the kernel's lints are the law for this file"
)]
#[path = "../../../core/mlx5/permitted.rs"]
mod permitted;

use permitted::{Command, Effect, Group, OpMod, Scope, GROUPS, REGISTER_WRITE};

const FILE: &str = "Documentation/userspace-api/fwctl-mlx5-scopes.rst";

/// How long a line of the document is at most.
const WIDTH: usize = 80;

/// Checks the document, or prints what it must be.
pub fn check(tree: &Tree, print: bool) -> Result<Vec<Finding>, Error> {
    let expected = document();
    if print {
        print!("{expected}");
        return Ok(Vec::new());
    }
    let found = tree.read(FILE)?;
    if found == expected {
        return Ok(Vec::new());
    }
    let same = found
        .lines()
        .zip(expected.lines())
        .take_while(|(found, expected)| found == expected);
    let text = "not what the tables say: run `make scopes`";
    Ok(vec![Finding::new(FILE, same.count() + 1, text)])
}

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

fn document() -> String {
    let mut text = String::new();
    let commands = GROUPS
        .iter()
        .map(|group| group.commands.len())
        .sum::<usize>();
    line(&mut text, ".. SPDX-License-Identifier: GPL-2.0");
    line(
        &mut text,
        ".. Made from core/mlx5/permitted.rs by `make scopes`.",
    );
    line(&mut text, "");
    heading(&mut text, "Commands of ConnectX, by scope", '=');
    paragraph(
        &mut text,
        &format!(
            "The {commands} commands that a program may execute through a fwctl device of type mlx5, \
             and the lowest scope each needs; every higher scope may execute it too. A command that \
             is not listed is refused with ``EBADMSG`` in every scope, and so is every command that \
             makes, changes or destroys an object of firmware. No command needs \
             ``FWCTL_RPC_DEBUG_WRITE_FULL``."
        ),
    );
    paragraph(
        &mut text,
        "A command with the mark *journal* may change the device: each execution is written to the \
         journal. Where a condition stands with it, only executions that meet it are.",
    );
    for (scope, title, name) in SCOPES {
        heading(&mut text, title, '=');
        paragraph(&mut text, &format!("``{name}``, {}", scope as u32));
        for group in GROUPS.iter().filter(|group| group.scope == scope) {
            section(&mut text, group);
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// A group: its reason, and a table of its commands.
fn section(text: &mut String, group: &Group) {
    let mut why = group.why.to_owned();
    if let Some(first) = why.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    why.push('.');
    paragraph(text, &why);
    let rows: Vec<[String; 3]> = group.commands.iter().map(row).collect();
    let widths = [0, 1, 2].map(|column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(String::len).max().unwrap_or(0).max(6)
    });
    let rule = widths.map(|width| "=".repeat(width)).join("  ");
    line(text, &rule);
    for row in &rows {
        let cells = row.iter().zip(widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        line(text, cells.join("  ").trim_end());
    }
    line(text, &rule);
    line(text, "");
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

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn heading(text: &mut String, title: &str, mark: char) {
    line(text, title);
    line(text, &mark.to_string().repeat(title.len()));
    line(text, "");
}

/// A paragraph, wrapped.
fn paragraph(text: &mut String, words: &str) {
    let mut filled = String::new();
    for word in words.split_whitespace() {
        if !filled.is_empty() && filled.len() + 1 + word.len() > WIDTH {
            line(text, &filled);
            filled.clear();
        }
        if !filled.is_empty() {
            filled.push(' ');
        }
        filled.push_str(word);
    }
    line(text, &filled);
    line(text, "");
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
            assert!(line.len() <= WIDTH + 8, "{line}");
            assert_eq!(line.trim_end(), line);
        }
    }
}
