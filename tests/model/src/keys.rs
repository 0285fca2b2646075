// SPDX-License-Identifier: GPL-2.0
//! The `KEY=VALUE` settings, on the command line and through the control socket.
#![forbid(unsafe_code)]

mod table;

use crate::caps::{Group, GROUPS};
use crate::field::{find, Field};
use crate::machine::Machine;
use crate::regs::{Register, REGISTERS};
pub use table::{Key, KEYS};

/// Why a setting was refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not `KEY=VALUE`.
    #[error("{0:?} is not of the form KEY=VALUE")]
    NoValue(String),
    /// No such key.
    #[error("There is no key {0:?}; --list-keys names them all")]
    Unknown(String),
    /// The value cannot be taken.
    #[error("{1:?} is no value for {0}: {2}")]
    Value(String, String, String),
    /// The key counts only before a client connects.
    #[error("{0} can only be set on the command line")]
    TooLate(String),
}

enum Target {
    Plain(&'static Key),
    Cap(&'static Group, &'static Field),
    Reg(&'static Register, &'static Field),
}

fn target(key: &str) -> Option<Target> {
    if let Some(known) = KEYS.iter().find(|k| k.name == key) {
        return Some(Target::Plain(known));
    }
    let mut parts = key.splitn(3, '.');
    let (space, owner, field) = (parts.next()?, parts.next()?, parts.next()?);
    match space {
        "cap" => {
            let group = GROUPS.iter().find(|g| g.name == owner)?;
            Some(Target::Cap(group, find(group.fields, field)?))
        }
        "reg" => {
            let register = REGISTERS
                .iter()
                .find(|r| r.name.eq_ignore_ascii_case(owner))?;
            Some(Target::Reg(register, find(register.fields, field)?))
        }
        _ => None,
    }
}

/// Reads a decimal or, behind `0x`, hexadecimal number.
pub fn number(text: &str) -> Result<u64, String> {
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| "a number is needed".to_owned())
}

/// Applies one `KEY=VALUE`.
///
/// # Errors
/// The key is unknown or the value cannot be taken; nothing is changed then.
pub fn set(machine: &mut Machine, setting: &str) -> Result<(), KeyError> {
    let (key, value) = setting
        .split_once('=')
        .ok_or_else(|| KeyError::NoValue(setting.to_owned()))?;
    let target = target(key).ok_or_else(|| KeyError::Unknown(key.to_owned()))?;
    let refused = |why: String| KeyError::Value(key.to_owned(), value.to_owned(), why);
    match target {
        Target::Plain(known) => {
            if known.at_start && machine.is_running() {
                return Err(KeyError::TooLate(key.to_owned()));
            }
            (known.set)(machine, value).map_err(refused)
        }
        Target::Cap(group, field) => {
            let number = number(value).map_err(refused)?;
            let caps = &mut machine.device.firmware.caps;
            caps.configure(group, field, number)
                .map_err(|error| refused(error.to_string()))
        }
        Target::Reg(register, field) => {
            let number = number(value).map_err(refused)?;
            let taken = machine
                .device
                .firmware
                .regs
                .configure(register, field.name, number);
            taken
                .then_some(())
                .ok_or_else(|| refused(format!("the largest is {:#x}", field.max())))
        }
    }
}

/// Sets the virtual HCA id, which is a capability.
fn set_vhca_id(machine: &mut Machine, value: &str) -> Result<(), String> {
    let id = number(value)?;
    let (Some(group), Some(field)) = (
        GROUPS.first(),
        find(crate::caps::general::FIELDS, "vhca_id"),
    ) else {
        return Ok(());
    };
    machine
        .device
        .firmware
        .caps
        .configure(group, field, id)
        .map_err(|error| error.to_string())
}

/// Returns the value of a key as text.
pub fn get(machine: &Machine, key: &str) -> Result<String, KeyError> {
    let target = target(key).ok_or_else(|| KeyError::Unknown(key.to_owned()))?;
    let firmware = &machine.device.firmware;
    Ok(match target {
        Target::Plain(known) => (known.get)(machine),
        Target::Cap(group, field) => field
            .get(firmware.caps.block(group, crate::caps::View::Current))
            .to_string(),
        Target::Reg(register, field) => firmware.regs.field(register, field.name).to_string(),
    })
}

/// Returns one line per key: name, default, help.
pub fn list(machine: &Machine) -> Vec<String> {
    let plain = KEYS
        .iter()
        .map(|k| format!("{}={}  {}", k.name, (k.get)(machine), k.help));
    let caps = GROUPS.iter().flat_map(|group| {
        group.fields.iter().map(|field| {
            let default = machine.device.firmware.caps.default_of(group, field);
            format!(
                "cap.{}.{}={default}  Capability, up to {:#x}",
                group.name,
                field.name,
                field.max()
            )
        })
    });
    let regs = REGISTERS.iter().flat_map(|register| {
        register.fields.iter().map(|field| {
            let default = machine.device.firmware.regs.field(register, field.name);
            let max = field.max();
            format!(
                "reg.{}.{}={default}  Field of register {:#x}, up to {max:#x}",
                register.name, field.name, register.id
            )
        })
    });
    plain.chain(caps).chain(regs).collect()
}

#[cfg(test)]
mod tests;
