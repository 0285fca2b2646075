// SPDX-License-Identifier: GPL-2.0
//! Capabilities: what the device can do, what the driver chose, and the rules for choosing.
//!
//! Each group is one 4096-byte block kept twice, as "maximum" and as "current". SET_HCA_CAP changes
//! current values only, only in the fields the table names, and never beyond the maximum; a
//! function reset brings the defaults back.
#![forbid(unsafe_code)]

pub mod general;
pub mod other;
mod table;

pub use table::{Group, GROUPS};

use crate::field::{find, Field};

/// Bytes of one capability block in a QUERY_HCA_CAP reply.
pub const BLOCK: usize = 4096;

/// Which of the two views of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The largest values the device can be set to.
    Max,
    /// The values in force.
    Current,
}

/// Why a SET_HCA_CAP or a key was refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CapError {
    /// A bit outside the settable fields differs from the current value.
    #[error("Byte {0:#x} of the {1} capabilities changes but holds no settable field")]
    ReadOnly(usize, &'static str),
    /// A field was set beyond its maximum.
    #[error("{0} is set to {1} but the maximum is {2}")]
    TooLarge(&'static str, u64, u64),
    /// The value does not fit the field.
    #[error("{0} does not fit {1}")]
    DoesNotFit(u64, &'static str),
}

#[derive(Clone)]
struct Block {
    max: Vec<u8>,
    current: Vec<u8>,
    base_max: Vec<u8>,
    base_current: Vec<u8>,
}

/// The capability blocks of one function.
#[derive(Clone)]
pub struct Caps {
    blocks: Vec<Block>,
}

impl Default for Caps {
    fn default() -> Self {
        let blocks = GROUPS.iter().map(|group| {
            let mut max = vec![0; BLOCK];
            let mut current = vec![0; BLOCK];
            for value in group.defaults {
                if let Some(field) = find(group.fields, value.field) {
                    field.set(&mut max, value.max);
                    field.set(&mut current, value.current);
                }
            }
            Block {
                base_max: max.clone(),
                base_current: current.clone(),
                max,
                current,
            }
        });
        Self {
            blocks: blocks.collect(),
        }
    }
}

impl Caps {
    /// Returns the group of a QUERY_HCA_CAP type, if the device has it now.
    pub fn group(&self, cap_type: u16) -> Option<&'static Group> {
        let group = GROUPS.iter().find(|g| g.cap_type == cap_type)?;
        let open = group.gate.is_empty() || self.general(group.gate) != 0;
        open.then_some(group)
    }

    /// Returns the 4096 bytes of one view of a group.
    pub fn block(&self, group: &Group, view: View) -> &[u8] {
        let block = GROUPS
            .iter()
            .position(|g| g.name == group.name)
            .and_then(|i| self.blocks.get(i));
        match (block, view) {
            (Some(block), View::Max) => &block.max,
            (Some(block), View::Current) => &block.current,
            (None, _) => &[],
        }
    }

    /// Returns the current value of a GENERAL field, zero if there is no such field.
    pub fn general(&self, name: &str) -> u64 {
        self.current("general", name)
    }

    fn current(&self, group: &str, name: &str) -> u64 {
        let at = GROUPS.iter().position(|g| g.name == group);
        let block = at.and_then(|at| GROUPS.get(at).zip(self.blocks.get(at)));
        block
            .and_then(|(g, block)| find(g.fields, name).map(|f| f.get(&block.current)))
            .unwrap_or(0)
    }

    /// Returns the entries of the RoCE address table, none without the RoCE capability.
    pub fn roce_table(&self) -> u64 {
        if self.general("roce") == 0 {
            return 0;
        }
        self.current("roce", "roce_address_table_size").min(256)
    }

    /// Returns whether QUERY_VUID is offered.
    pub fn has_vuid(&self) -> bool {
        self.general("hca_cap_2") != 0 && self.current("general_2", "query_vuid") != 0
    }

    /// Returns the default of a field: its maximum.
    pub fn default_of(&self, group: &Group, field: &Field) -> u64 {
        let block = GROUPS
            .iter()
            .position(|g| g.name == group.name)
            .and_then(|i| self.blocks.get(i));
        block.map_or(0, |b| field.get(&b.base_max))
    }

    /// Sets a field, maximum and current, for now and after every reset.
    ///
    /// # Errors
    /// [`CapError::DoesNotFit`] if the value is too large for the field.
    pub fn configure(&mut self, group: &Group, field: &Field, value: u64) -> Result<(), CapError> {
        let refused = CapError::DoesNotFit(value, field.name);
        if value > field.max() {
            return Err(refused);
        }
        let position = GROUPS.iter().position(|g| g.name == group.name);
        let block = position
            .and_then(|i| self.blocks.get_mut(i))
            .ok_or(refused)?;
        for copy in [
            &mut block.max,
            &mut block.current,
            &mut block.base_max,
            &mut block.base_current,
        ] {
            field.set(copy, value);
        }
        Ok(())
    }

    /// Takes the new current values of a group as SET_HCA_CAP gives them.
    ///
    /// # Errors
    /// Nothing is changed if a field may not be set or exceeds its maximum.
    pub fn choose(&mut self, group: &Group, wanted: &[u8]) -> Result<(), CapError> {
        let position = GROUPS.iter().position(|g| g.name == group.name);
        let Some(block) = position.and_then(|i| self.blocks.get_mut(i)) else {
            return Ok(());
        };
        let settable = settable_mask(group);
        let bytes = block.current.iter().zip(&settable).zip(wanted);
        for (at, ((current, mask), wanted)) in bytes.enumerate() {
            if (current ^ wanted) & !mask != 0 {
                return Err(CapError::ReadOnly(at, group.name));
            }
        }
        for field in group
            .settable
            .iter()
            .filter_map(|name| find(group.fields, name))
        {
            let (value, max) = (field.get(wanted), field.get(&block.max));
            if value > max && !group.smaller_is_more.contains(&field.name) {
                return Err(CapError::TooLarge(field.name, value, max));
            }
        }
        for (current, wanted) in block.current.iter_mut().zip(wanted) {
            *current = *wanted;
        }
        Ok(())
    }

    /// Undoes every SET_HCA_CAP.
    pub fn reset(&mut self) {
        for block in &mut self.blocks {
            block.max.clone_from(&block.base_max);
            block.current.clone_from(&block.base_current);
        }
    }
}

fn settable_mask(group: &Group) -> Vec<u8> {
    let mut mask = vec![0; BLOCK];
    for field in group
        .settable
        .iter()
        .filter_map(|name| find(group.fields, name))
    {
        field.cover(&mut mask);
    }
    mask
}

#[cfg(test)]
mod tests;
