// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Capabilities: what the device can do, and the few it is told to do.
//!
//! Source: `struct mlx5_ifc_cmd_hca_cap_bits` and `handle_hca_cap` in
//! `drivers/net/ethernet/mellanox/mlx5/core/main.c` of Linux 7.3.

use auxcore::deadline::Deadline;
use kernel::prelude::*;

use super::{
    bits::Field,
    cmd::{self, Port},
    rpc,
    wire::{self, Opcode, INLINE}, //
};

/// Length of one capability group.
const GROUP_LEN: usize = 4096;
/// QUERY_HCA_CAP: ask for the current values, not the largest possible.
const CURRENT: u16 = 1;

/// Fields of the GENERAL group.
mod general {
    use super::Field;

    pub(super) const LOG_MAX_QP: Field = Field::new(0x10, 4, 0);
    pub(super) const PKEY_TABLE_SIZE: Field = Field::new(0x30, 15, 0);
    pub(super) const NIC_FLOW_TABLE: Field = Field::new(0x34, 25, 25);
    pub(super) const CMDIF_CHECKSUM: Field = Field::new(0x40, 15, 14);
    pub(super) const ROCE: Field = Field::new(0x40, 2, 2);
    pub(super) const ETH_NET_OFFLOADS: Field = Field::new(0x40, 3, 3);
    pub(super) const LOG_UAR_PAGE_SZ: Field = Field::new(0x90, 15, 0);
    pub(super) const UCTX_CAP: Field = Field::new(0xd4, 31, 0);
}

/// Most QPs a function is set up for, as log2.
const LOG_MAX_QP: u32 = 18;
/// PKEY_TABLE_SIZE for 128 entries.
const PKEYS_128: u32 = 0;

/// The current capabilities of one function.
pub(crate) struct Caps {
    general: KVVec<u8>,
}

impl Caps {
    /// Reads the capabilities and sets those that are the host's choice. Context: process.
    ///
    /// # Errors
    ///
    /// `ENOMEM`, or those of [`cmd::exec`].
    pub(crate) fn negotiate(port: &Port<'_>, deadline: Deadline) -> Result<Self> {
        let current = query(port, CURRENT, deadline)?;
        let max = query(port, 0, deadline)?;
        let mut command = KVVec::from_elem(0u8, INLINE + GROUP_LEN, GFP_KERNEL)?;
        command[INLINE..].copy_from_slice(&current[INLINE..]);
        choose(&mut command[INLINE..], &max[INLINE..]);
        if command[INLINE..] != current[INLINE..] {
            wire::header(&mut command, Opcode::SetHcaCap, 0);
            cmd::exec(port, &command, &mut [0; INLINE], deadline)?;
        }
        // What firmware made of it counts, not what it was asked for.
        Ok(Self {
            general: query(port, CURRENT, deadline)?,
        })
    }

    /// Returns the capabilities a tools context may be given, `None` when the device has no user
    /// contexts.
    pub(crate) fn uctx(&self) -> Option<u32> {
        let caps = self.get(general::UCTX_CAP);
        (caps != 0).then_some(rpc::context_caps(caps))
    }

    /// Returns whether the function is an Ethernet port a netdev can be built on.
    pub(crate) fn ethernet(&self) -> bool {
        self.get(general::ETH_NET_OFFLOADS) != 0 && self.get(general::NIC_FLOW_TABLE) != 0
    }

    /// Returns whether the function can do RDMA over Ethernet.
    pub(crate) fn roce(&self) -> bool {
        self.get(general::ROCE) != 0
    }

    fn get(&self, field: Field) -> u32 {
        field.get(&self.general[INLINE..])
    }
}

/// Writes the host's choices into the group `wanted`, none beyond what `max` allows.
fn choose(wanted: &mut [u8], max: &[u8]) {
    general::PKEY_TABLE_SIZE.set(wanted, PKEYS_128);
    general::LOG_MAX_QP.set(wanted, LOG_MAX_QP.min(general::LOG_MAX_QP.get(max)));
    // No signatures on commands, and doorbell pages of 4096 bytes.
    general::CMDIF_CHECKSUM.set(wanted, 0);
    general::LOG_UAR_PAGE_SZ.set(wanted, 0);
}

/// Returns the reply that holds the GENERAL group, behind its header.
fn query(port: &Port<'_>, which: u16, deadline: Deadline) -> Result<KVVec<u8>> {
    let mut reply = KVVec::from_elem(0u8, INLINE + GROUP_LEN, GFP_KERNEL)?;
    let command = wire::short(Opcode::QueryHcaCap, which, 0, 0);
    cmd::exec(port, &command, &mut reply, deadline)?;
    Ok(reply)
}
