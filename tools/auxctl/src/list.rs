// SPDX-License-Identifier: GPL-2.0

//! What has a name.

#![forbid(unsafe_code)]

use crate::error::Error;
use crate::out::Out;
use crate::Outcome;
use auxcore_formats::mlx5::commands::COMMANDS;
use auxcore_formats::mlx5::registers::REGISTERS;
use auxcore_formats::mlx5::GROUPS;
use serde_json::json;

/// Prints the names of commands, capability groups and registers.
pub(crate) fn list(out: &mut Out) -> Result<Outcome, Error> {
    if out.is_json() {
        let commands = COMMANDS
            .iter()
            .map(|c| json!({ "name": c.name, "opcode": c.opcode, "fields": c.field_names() }));
        let groups = GROUPS.iter();
        let groups = groups.map(|g| json!({ "name": g.name, "type": g.cap_type }));
        let registers = REGISTERS.iter();
        let registers = registers.map(|r| json!({ "name": r.name, "id": r.id, "bytes": r.len }));
        out.json(&json!({
            "commands": commands.collect::<Vec<_>>(),
            "groups": groups.collect::<Vec<_>>(),
            "registers": registers.collect::<Vec<_>>(),
        }))?;
        return Ok(Outcome::Done);
    }
    for command in COMMANDS {
        let name = command.name.to_lowercase().replace('_', "-");
        let fields = command.field_names().join(" ");
        out.text(&format!(
            "command {name} {:#06x} {fields}\n",
            command.opcode
        ))?;
    }
    for group in GROUPS {
        out.text(&format!("group {} {:#04x}\n", group.name, group.cap_type))?;
    }
    for register in REGISTERS {
        let (name, id, len) = (register.name, register.id, register.len);
        out.text(&format!("register {name} {id:#06x} {len}\n"))?;
    }
    Ok(Outcome::Done)
}
