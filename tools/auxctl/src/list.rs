// SPDX-License-Identifier: GPL-2.0

//! What has a name.

#![forbid(unsafe_code)]

use crate::error::Error;
use crate::out::Out;
use crate::Outcome;
use auxcore_formats::cxl;
use auxcore_formats::mlx5::commands::COMMANDS;
use auxcore_formats::mlx5::registers::REGISTERS;
use auxcore_formats::mlx5::GROUPS;
use serde_json::json;

/// Prints the names of commands, capability groups, registers and features.
pub(crate) fn list(out: &mut Out) -> Result<Outcome, Error> {
    if out.is_json() {
        let commands = COMMANDS
            .iter()
            .map(|c| json!({ "name": c.name, "opcode": c.opcode, "fields": c.field_names() }));
        let commands = commands.chain(
            cxl::COMMANDS
                .iter()
                .map(|c| json!({ "name": c.name, "opcode": c.opcode, "fields": c.fields })),
        );
        let features = cxl::features();
        let features =
            features.map(|(uuid, name)| json!({ "name": name, "uuid": uuid.to_string() }));
        let groups = GROUPS.iter();
        let groups = groups.map(|g| json!({ "name": g.name, "type": g.cap_type }));
        let registers = REGISTERS.iter();
        let registers = registers.map(|r| json!({ "name": r.name, "id": r.id, "bytes": r.len }));
        out.json(&json!({
            "commands": commands.collect::<Vec<_>>(),
            "groups": groups.collect::<Vec<_>>(),
            "registers": registers.collect::<Vec<_>>(),
            "features": features.collect::<Vec<_>>(),
        }))?;
        return Ok(Outcome::Done);
    }
    let mlx5 = COMMANDS
        .iter()
        .map(|c| (c.name, c.opcode, c.field_names().join(" ")));
    let cxl = cxl::COMMANDS
        .iter()
        .map(|c| (c.name, c.opcode, c.fields.join(" ")));
    for (name, opcode, fields) in mlx5.chain(cxl) {
        let name = name.to_lowercase().replace('_', "-");
        out.text(&format!("command {name} {opcode:#06x} {fields}\n"))?;
    }
    for group in GROUPS {
        out.text(&format!("group {} {:#04x}\n", group.name, group.cap_type))?;
    }
    for register in REGISTERS {
        let (name, id, len) = (register.name, register.id, register.len);
        out.text(&format!("register {name} {id:#06x} {len}\n"))?;
    }
    for (uuid, name) in cxl::features() {
        out.text(&format!("feature {name} {uuid}\n"))?;
    }
    Ok(Outcome::Done)
}
