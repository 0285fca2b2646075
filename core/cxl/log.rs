// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The logs of a device, and of them the one that says which commands it has and what they do: the
//! command effects log. Pure.
//!
//! Source: CXL 3.1, "Get Supported Logs", "Get Log" and "Command Effects Log (CEL)".

use super::{
    bytes::{le16, le32, put, rows, Uuid},
    command::Opcode, //
};

/// The command effects log.
pub(crate) const EFFECTS: Uuid = Uuid::new(0x0da9c0b5_bf41_4b78_8f79_96b1623b3f17);

/// Bytes of one entry of the command effects log, and the most that are read of a log: a device has
/// no more commands.
const EFFECT_LEN: usize = 4;
pub(crate) const MOST_EFFECTS: usize = EFFECT_LEN << 16;

/// Bytes of the reply to Get Supported Logs before its entries, and of an entry.
const SUPPORTED_LEN: usize = 8;
const LOG_LEN: usize = 20;

/// Bytes of the request Get Log.
pub(crate) const GET_LOG_LEN: usize = 24;

/// One log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Log {
    pub(crate) uuid: Uuid,
    /// Its size in bytes, as the device states it.
    pub(crate) size: u32,
}

/// Returns the logs in a reply to Get Supported Logs: those that it states, as far as they are
/// there.
pub(crate) fn supported(reply: &[u8]) -> impl Iterator<Item = Log> + '_ {
    rows::<LOG_LEN>(reply.get(SUPPORTED_LEN..).unwrap_or(&[]))
        .take(usize::from(le16(reply, 0)))
        .map(|entry| Log {
            uuid: Uuid::read(entry, 0),
            size: le32(entry, Uuid::LEN),
        })
}

/// Returns the request for `len` bytes of a log from byte `offset`.
pub(crate) fn get_log(uuid: &Uuid, offset: u32, len: u32) -> [u8; GET_LOG_LEN] {
    let mut request = [0; GET_LOG_LEN];
    put(&mut request, 0, uuid.bytes());
    put(&mut request, 16, &offset.to_le_bytes());
    put(&mut request, 20, &len.to_le_bytes());
    request
}

/// Returns the commands of a device and their effects.
pub(crate) fn effects(log: &[u8]) -> impl Iterator<Item = (u16, u16)> + '_ {
    rows::<EFFECT_LEN>(log).map(|entry| (le16(entry, 0), le16(entry, 2)))
}

/// What can be done with the features of a device.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Access {
    /// There are none.
    None,
    /// They can be listed and read.
    Read,
    /// They can be set, too.
    Write,
}

impl Access {
    /// Returns what the command effects log `log` allows.
    pub(crate) fn of(log: &[u8]) -> Self {
        let has = |opcode: Opcode| effects(log).any(|(found, _)| found == opcode as u16); // CAST: `repr(u16)`.
        if !has(Opcode::GetSupportedFeatures) || !has(Opcode::GetFeature) {
            Self::None
        } else if has(Opcode::SetFeature) {
            Self::Write
        } else {
            Self::Read
        }
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_cxl_log))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    /// A reply that states `count` logs and holds two.
    fn reply(count: u16) -> [u8; SUPPORTED_LEN + 2 * LOG_LEN] {
        let mut reply = [0; SUPPORTED_LEN + 2 * LOG_LEN];
        put(&mut reply, 0, &count.to_le_bytes());
        put(&mut reply, 8, EFFECTS.bytes());
        put(&mut reply, 24, &0x44_u32.to_le_bytes());
        put(&mut reply, 44, &u32::MAX.to_le_bytes());
        reply
    }

    #[test]
    fn as_many_logs_as_are_stated_and_there() {
        for (count, expected) in [(0, 0), (1, 1), (2, 2), (3, 2), (u16::MAX, 2)] {
            assert_eq!(supported(&reply(count)).count(), expected);
        }
        let first = Log {
            uuid: EFFECTS,
            size: 0x44,
        };
        assert_eq!(supported(&reply(2)).next(), Some(first));
    }

    #[test]
    fn a_reply_that_is_cut_has_fewer_logs() {
        let reply = reply(2);
        for len in 0..reply.len() {
            let expected = len.saturating_sub(SUPPORTED_LEN) / LOG_LEN;
            assert_eq!(supported(&reply[..len]).count(), expected);
        }
    }

    #[test]
    fn the_request_for_a_log_is_as_the_specification_has_it() {
        let request = get_log(&EFFECTS, 0x0102_0304, 0x400);
        assert_eq!(request[..4], [0x0d, 0xa9, 0xc0, 0xb5]);
        assert_eq!(request[16..], [4, 3, 2, 1, 0, 4, 0, 0]);
    }

    #[test]
    fn reading_features_needs_both_commands_and_setting_a_third() {
        let access = |opcodes: &[u16]| {
            let mut log = [0; 16];
            for (i, opcode) in opcodes.iter().enumerate() {
                put(&mut log, i * EFFECT_LEN, &opcode.to_le_bytes());
            }
            Access::of(&log)
        };
        assert_eq!(access(&[0x4000, 0x500, 0x501, 0x502]), Access::Write);
        assert_eq!(access(&[0x501, 0x4000, 0x500]), Access::Read);
        assert_eq!(access(&[0x500, 0x500, 0x502]), Access::None);
        assert_eq!(access(&[0x501, 0x502]), Access::None);
        assert_eq!(access(&[]), Access::None);
        assert_eq!(Access::of(&[0, 5, 0, 0, 1, 5, 0]), Access::None);
    }
}
