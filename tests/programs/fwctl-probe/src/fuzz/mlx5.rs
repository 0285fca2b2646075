// SPDX-License-Identifier: GPL-2.0

//! Requests for a ConnectX device.

#![forbid(unsafe_code)]

use super::calls::length;
use super::random::Random;
use super::vendor::Vendor;
use crate::error::Error;
use crate::mlx5::wire;
use crate::mlx5::{field::Value, ADAPTER};
use crate::session::Session;

/// What the board id of every device model starts with.
const MODEL_BOARD: &str = "MT_AUXCORE";

/// Commands that some scope permits, so that much of what is sent reaches firmware.
const PERMITTED: [u16; 24] = [
    0x100, 0x101, 0x107, 0x10a, 0x10c, 0x10e, 0x203, 0x201, 0x402, 0x50b, 0x750, 0x754, 0x760,
    0x76f, 0x770, 0x80d, 0x822, 0x907, 0x937, 0xa05, 0xb03, 0xb0c, 0xb22, 0x8001,
];

/// A device model of a ConnectX device.
#[derive(Debug)]
pub(crate) struct Mlx5;

impl Mlx5 {
    /// Makes sure that a device is a model, by its board's name: a real board could be damaged.
    pub(crate) fn of(session: &Session) -> Result<Self, Error> {
        let (reply, _) = session.execute(&wire::query_adapter())?;
        let psid = ADAPTER.iter().find(|field| field.name == "vsd_contd_psid");
        let board = match psid.and_then(|field| field.read(reply.data())) {
            Some(Value::Text(text)) => text,
            _ => String::new(),
        };
        if board.starts_with(MODEL_BOARD) {
            Ok(Self)
        } else {
            Err(Error::RealDevice(board))
        }
    }
}

impl Vendor for Mlx5 {
    fn results(&self) -> &'static [&'static str] {
        &[
            "OK",
            "EMSGSIZE",
            "EBADMSG",
            "EFAULT",
            "EINVAL",
            "E2BIG",
            "EOPNOTSUPP",
            "ENOTTY",
        ]
    }

    /// Makes a request: mostly one that is permitted, or nearly so.
    fn request(&self, random: &mut Random) -> Vec<u8> {
        let permitted = usize::from(random.below(24));
        let opcode = match random.below(16) {
            0 => random.word(),
            1 => 0x8000 | random.below(16),
            2 => random.below(0xc00),
            3..=5 => wire::ACCESS_REG,
            6 => wire::QUERY_HCA_CAP,
            _ => PERMITTED.get(permitted).copied().unwrap_or(wire::NOP),
        };
        let op_mod = match random.below(4) {
            0 => random.word(),
            1 => 0,
            2 => 1,
            _ => random.below(0x60),
        };
        let mut bytes = wire::header(opcode, op_mod).to_vec();
        // A uid of somebody else, and rubbish where the header is reserved.
        for place in [2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15] {
            if let (Some(byte), 0) = (bytes.get_mut(place), random.below(4)) {
                *byte = random.byte();
            }
        }
        bytes.resize(length(random), 0);
        if let Some(data) = bytes.get_mut(16..) {
            random.fill(data);
        }
        bytes
    }

    fn is_for_firmware(&self, _request: &[u8]) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_requests_name_a_permitted_command() {
        let mut random = Random::new(1);
        let permitted = |request: &Vec<u8>| {
            let opcode = request.first_chunk().map(|two| u16::from_be_bytes(*two));
            opcode.is_some_and(|o| PERMITTED.contains(&o) || o == wire::ACCESS_REG)
        };
        let requests = (0..4000).map(|_| Mlx5.request(&mut random));
        assert!(requests.filter(permitted).count() * 3 > 4000 * 2);
    }
}
