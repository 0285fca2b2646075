// SPDX-License-Identifier: GPL-2.0
//! The registers behind ACCESS_REG.
//!
//! A register is a table row: identifier, size, layout, defaults and the fields a write may change.
//! What a read answers beyond its stored bytes (the selected page, the version of the selected
//! component) is computed in `views`.
#![forbid(unsafe_code)]

pub mod management;
pub mod port;
mod table;
pub mod tools;
mod views;

pub use table::{Register, REGISTERS};

use std::collections::BTreeMap;

use crate::field::find;
use crate::identity::Identity;

/// Why an access was refused; all of them are status BAD_PARAM to the requester.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegError {
    /// No such register.
    #[error("register {0:#x} does not exist")]
    Unknown(u16),
    /// The register cannot be written.
    #[error("register {0:#x} is read-only")]
    ReadOnly(u16),
    /// The data is shorter than the register.
    #[error("register {0:#x} was given {1} bytes")]
    TooShort(u16, usize),
    /// An index field selects nothing.
    #[error("{1} of register {0:#x} selects nothing")]
    Selector(u16, &'static str),
    /// A field was set to a value the device cannot take.
    #[error("{1} of register {0:#x} cannot take that value")]
    Value(u16, &'static str),
}

/// The registers of a function.
#[derive(Clone)]
pub struct Regs {
    base: BTreeMap<u16, Vec<u8>>,
    live: BTreeMap<u16, Vec<u8>>,
}

impl Default for Regs {
    fn default() -> Self {
        let mut base = BTreeMap::new();
        for register in REGISTERS {
            let mut data = vec![0; register.size];
            for (name, value) in register.defaults {
                if let Some(field) = find(register.fields, name) {
                    field.set(&mut data, *value);
                }
            }
            base.insert(register.id, data);
        }
        Self {
            live: base.clone(),
            base,
        }
    }
}

/// Returns the register with this identifier.
pub fn register(id: u16) -> Option<&'static Register> {
    REGISTERS.iter().find(|r| r.id == id)
}

impl Regs {
    /// Undoes every write.
    pub fn reset(&mut self) {
        self.live.clone_from(&self.base);
    }

    /// Returns the value of a field as it is now.
    pub fn field(&self, register: &Register, name: &str) -> u64 {
        let field = find(register.fields, name);
        field
            .zip(self.live.get(&register.id))
            .map_or(0, |(f, data)| f.get(data))
    }

    /// Sets a field for now and after every reset; returns whether it exists and takes the value.
    pub fn configure(&mut self, register: &Register, name: &str, value: u64) -> bool {
        let Some(field) = find(register.fields, name) else {
            return false;
        };
        let copies = [
            self.base.get_mut(&register.id),
            self.live.get_mut(&register.id),
        ];
        copies
            .into_iter()
            .flatten()
            .all(|data| field.set(data, value))
    }

    /// Reads a register; `selector` is the data that came with the request and picks pages and
    /// components.
    ///
    /// # Errors
    /// The register does not exist, or the selector picks nothing.
    pub fn read(&self, id: u16, selector: &[u8], who: &Identity) -> Result<Vec<u8>, RegError> {
        let register = register(id).ok_or(RegError::Unknown(id))?;
        let mut data = self.live.get(&id).cloned().unwrap_or_default();
        for name in register.selectors {
            let Some(field) = find(register.fields, name) else {
                continue;
            };
            field.set(&mut data, field.get(selector));
            let is_port = *name == "local_port";
            if is_port && !(0..=1).contains(&field.get(selector)) {
                return Err(RegError::Selector(id, name));
            }
        }
        views::complete(register, &mut data, who)?;
        Ok(data)
    }

    /// Writes a register: only its writable fields are taken from `data`.
    ///
    /// # Errors
    /// The register does not exist or is read-only, the data is too short, or a value cannot be
    /// taken.
    pub fn write(&mut self, id: u16, data: &[u8]) -> Result<(), RegError> {
        let register = register(id).ok_or(RegError::Unknown(id))?;
        if register.writable.is_empty() && !register.text {
            return Err(RegError::ReadOnly(id));
        }
        let written = data
            .get(..register.size)
            .ok_or(RegError::TooShort(id, data.len()))?;
        let port = find(register.fields, "local_port").map_or(1, |f| f.get(written));
        if port > 1 {
            return Err(RegError::Selector(id, "local_port"));
        }
        let Some(live) = self.live.get_mut(&id) else {
            return Err(RegError::Unknown(id));
        };
        let before = live.clone();
        if register.text {
            live.copy_from_slice(written);
        }
        for field in register
            .writable
            .iter()
            .filter_map(|name| find(register.fields, name))
        {
            field.set(live, field.get(written));
        }
        if let Err(error) = views::settle(register, live) {
            *live = before;
            return Err(error);
        }
        Ok(())
    }

    /// Replaces the text of a register that is one string.
    pub fn set_text(&mut self, id: u16, text: &[u8]) {
        for store in [&mut self.base, &mut self.live] {
            if let Some(data) = store.get_mut(&id) {
                for (to, from) in data.iter_mut().zip(text) {
                    *to = *from;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
