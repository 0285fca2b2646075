// SPDX-License-Identifier: GPL-2.0

//! Requests as firmware takes them, and the header of its replies.

#![forbid(unsafe_code)]

use super::registers::Selection;
use super::{Group, ADAPTER_LEN, CAP_LEN};
use auxcore_uapi::fwctl::Scope;
use auxcore_uapi::mlx5::HEADER_LEN;

/// QUERY_HCA_CAP.
pub const QUERY_HCA_CAP: u16 = 0x100;
/// QUERY_ADAPTER.
pub const QUERY_ADAPTER: u16 = 0x101;
/// ACCESS_REG.
pub const ACCESS_REG: u16 = 0x805;
/// ACCESS_REGISTER_USER.
pub const ACCESS_REGISTER_USER: u16 = 0xb0c;
/// NOP.
pub const NOP: u16 = 0x80d;

/// `op_mod` of a register access that reads.
const READ: u16 = 1;

/// Which view of a capability group.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum View {
    /// What the device could be set to.
    Max,
    /// What is in force.
    Current,
}

impl View {
    /// Returns the view's name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Max => "max",
            Self::Current => "current",
        }
    }
}

/// A request and what it needs to be let through.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it is, for reports.
    pub name: String,
    /// The scope it is sent with.
    pub scope: Scope,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Room for the reply.
    pub room: usize,
}

/// Returns a header of command `opcode` in variant `op_mod`. The driver fills in the uid.
pub fn header(opcode: u16, op_mod: u16) -> [u8; HEADER_LEN] {
    let [o0, o1] = opcode.to_be_bytes();
    let [m0, m1] = op_mod.to_be_bytes();
    [o0, o1, 0, 0, 0, 0, m0, m1, 0, 0, 0, 0, 0, 0, 0, 0]
}

/// Returns whether a command reads or writes a register, whose number is in bytes 10 and 11.
pub const fn is_register_access(opcode: u16) -> bool {
    matches!(opcode, ACCESS_REG | ACCESS_REGISTER_USER)
}

/// Asks for a capability group.
pub fn query_hca_cap(group: &Group, view: View) -> Request {
    let current = u16::from(view == View::Current);
    Request {
        name: format!("QUERY_HCA_CAP {} {}", group.name, view.name()),
        scope: Scope::Configuration,
        bytes: header(QUERY_HCA_CAP, (group.cap_type << 1) | current).to_vec(),
        room: HEADER_LEN + CAP_LEN,
    }
}

/// Asks for the board's identity.
pub fn query_adapter() -> Request {
    Request {
        name: "QUERY_ADAPTER".to_owned(),
        scope: Scope::Configuration,
        bytes: header(QUERY_ADAPTER, 0).to_vec(),
        room: HEADER_LEN + ADAPTER_LEN,
    }
}

/// Asks for nothing.
pub fn nop() -> Request {
    Request {
        name: "NOP".to_owned(),
        scope: Scope::DebugReadOnly,
        bytes: header(NOP, 0).to_vec(),
        room: HEADER_LEN,
    }
}

/// Reads a register.
pub fn read_register(selection: &Selection) -> Request {
    access_register(&selection.name, selection.register.id, &selection.request())
}

/// Reads the register with this identifier; `data` selects the answer and is as long as the register.
pub fn access_register(name: &str, id: u16, data: &[u8]) -> Request {
    let mut bytes = header(ACCESS_REG, READ).to_vec();
    let [id0, id1] = id.to_be_bytes();
    if let Some([hi, lo]) = bytes.get_mut(10..12) {
        (*hi, *lo) = (id0, id1);
    }
    bytes.extend(data);
    Request {
        name: format!("ACCESS_REG read {name}"),
        scope: Scope::DebugReadOnly,
        room: bytes.len(),
        bytes,
    }
}

/// A reply: what firmware said about a request, and its data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    bytes: Vec<u8>,
}

impl Reply {
    /// Takes the bytes of a reply, or returns `None` if they hold no header.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() >= HEADER_LEN).then_some(Self { bytes })
    }

    /// Returns all bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the data behind the header.
    pub fn data(&self) -> &[u8] {
        self.bytes.get(HEADER_LEN..).unwrap_or_default()
    }

    /// Returns firmware's status; 0 is success.
    pub fn status(&self) -> u8 {
        self.bytes.first().copied().unwrap_or_default()
    }

    /// Returns firmware's reason for a status.
    pub fn syndrome(&self) -> u32 {
        let word = self.bytes.get(4..8).and_then(|b| b.try_into().ok());
        word.map(u32::from_be_bytes).unwrap_or_default()
    }
}

/// Returns the name of a status.
pub const fn status_name(status: u8) -> &'static str {
    match status {
        0x00 => "OK",
        0x01 => "INTERNAL_ERR",
        0x02 => "BAD_OP",
        0x03 => "BAD_PARAM",
        0x04 => "BAD_SYS_STATE",
        0x05 => "BAD_RESOURCE",
        0x06 => "RESOURCE_BUSY",
        0x07 => "NOT_READY",
        0x08 => "EXCEED_LIM",
        0x09 => "BAD_RES_STATE",
        0x0a => "BAD_INDEX",
        0x0f => "NO_RESOURCES",
        0x10 => "BAD_QP_STATE",
        0x30 => "BAD_PKT",
        0x40 => "BAD_SIZE_OUTS_CQES",
        0x50 => "BAD_INPUT_LEN",
        0x51 => "BAD_OUTPUT_LEN",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::super::group_named;
    use super::*;

    #[test]
    fn query_hca_cap_has_its_golden_bytes() {
        let request = group_named("general_2").map(|g| query_hca_cap(g, View::Current));
        let request = request.expect("the group exists");
        assert_eq!(
            request.bytes,
            [1, 0, 0, 0, 0, 0, 0, 0x41, 0, 0, 0, 0, 0, 0, 0, 0]
        );
        assert_eq!(request.room, 4112);
        assert_eq!(request.scope, Scope::Configuration);
    }

    #[test]
    fn read_register_has_its_golden_bytes() {
        let ptys = Selection::parse("PTYS").expect("the register exists");
        let request = read_register(&ptys);
        let head = [8, 5, 0, 0, 0, 0, 0, 1, 0, 0, 0x50, 0x04, 0, 0, 0, 0];
        assert_eq!(request.bytes[..16], head);
        assert_eq!(request.bytes[16..20], [0, 1, 0, 4]);
        assert_eq!(request.bytes.len(), 16 + 64);
        assert_eq!(request.room, 16 + 64);
        assert_eq!(request.scope, Scope::DebugReadOnly);
    }

    #[test]
    fn a_reply_is_read_where_the_manual_says() {
        let mut bytes = vec![0; 20];
        bytes[..8].copy_from_slice(&[3, 0, 0, 0, 0xde, 0xad, 0xbe, 0xef]);
        bytes[16] = 7;
        let reply = Reply::new(bytes).expect("long enough");
        assert_eq!((reply.status(), reply.syndrome()), (3, 0xdead_beef));
        assert_eq!(status_name(reply.status()), "BAD_PARAM");
        assert_eq!(reply.data(), [7, 0, 0, 0]);
        assert_eq!(Reply::new(vec![0; 15]), None);
    }
}
