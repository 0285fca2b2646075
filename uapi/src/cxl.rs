// SPDX-License-Identifier: GPL-2.0

//! What the cxl device type adds to the fwctl interface.
//!
//! A request is a header in host byte order and the payload of a mailbox command, which is
//! little-endian; so is a response. The device type has no data of its own.

#![forbid(unsafe_code)]

use std::fmt;

use zerocopy::byteorder::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// Mailbox command: list the features.
pub const GET_SUPPORTED_FEATURES: u16 = 0x0500;
/// Mailbox command: read a feature.
pub const GET_FEATURE: u16 = 0x0501;
/// Mailbox command: set a feature.
pub const SET_FEATURE: u16 = 0x0502;

/// The header of a request.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct RequestHeader {
    /// The mailbox command.
    pub opcode: u32,
    /// None is defined.
    pub flags: u32,
    /// Bytes of payload.
    pub op_size: u32,
    /// Zero.
    pub reserved: u32,
}

/// The header of a response.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct ResponseHeader {
    /// Bytes of payload.
    pub size: u32,
    /// The device's return code, zero for success.
    pub retval: u32,
}

impl RequestHeader {
    /// Returns the header of a request for a mailbox command.
    ///
    /// `None` for a payload whose length it cannot name.
    pub fn new(opcode: u16, payload: &[u8]) -> Option<Self> {
        Some(Self {
            opcode: opcode.into(),
            op_size: u32::try_from(payload.len()).ok()?,
            ..Self::default()
        })
    }
}

/// Returns the device's return code and the payload of a response.
///
/// `None` for a response that has no header, or less payload than its header says.
pub fn response(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (header, payload) = ResponseHeader::read_from_prefix(bytes).ok()?;
    let size = usize::try_from(header.size).ok()?;
    Some((header.retval, payload.get(..size)?))
}

/// The name of a feature.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    Eq,
    FromBytes,
    Immutable,
    IntoBytes,
    KnownLayout,
    PartialEq,
    Unaligned,
)]
#[repr(transparent)]
pub struct Uuid(pub [u8; 16]);

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            if matches!(i, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// The payload of [`GET_SUPPORTED_FEATURES`].
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned)]
#[repr(C)]
pub struct ListRequest {
    /// Bytes of entries that are wanted.
    pub count: U32,
    /// Number of the first entry.
    pub start: U16,
    /// Zero.
    pub reserved: [u8; 2],
}

/// The begin of the response to [`GET_SUPPORTED_FEATURES`]; entries follow.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned)]
#[repr(C)]
pub struct ListHeader {
    /// Entries in this response.
    pub entries: U16,
    /// Features of the device.
    pub features: U16,
    /// Zero.
    pub reserved: [u8; 4],
}

/// An [`Entry`] flag: the feature can be set.
pub const CHANGEABLE: u32 = 1;

/// What the device says about a feature.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    Eq,
    FromBytes,
    Immutable,
    IntoBytes,
    KnownLayout,
    PartialEq,
    Unaligned,
)]
#[repr(C)]
pub struct Entry {
    /// Its name.
    pub uuid: Uuid,
    /// Its number.
    pub id: U16,
    /// The most bytes that reading it returns.
    pub get_size: U16,
    /// The most bytes that setting it takes; zero if it cannot be set.
    pub set_size: U16,
    /// See [`CHANGEABLE`].
    pub flags: U32,
    /// Version of what reading it returns.
    pub get_version: u8,
    /// Version of what setting it takes.
    pub set_version: u8,
    /// What setting it does, in the bits of the command effects log.
    pub effects: U16,
    /// Zero.
    pub reserved: [u8; 18],
}

/// The payload of [`GET_FEATURE`].
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned)]
#[repr(C)]
pub struct GetRequest {
    /// The feature.
    pub uuid: Uuid,
    /// First byte of its value that is wanted.
    pub offset: U16,
    /// Bytes that are wanted.
    pub count: U16,
    /// 0 the current value, 1 the default, 2 the saved one.
    pub selection: u8,
}

/// The begin of the payload of [`SET_FEATURE`]; the value follows.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned)]
#[repr(C)]
pub struct SetRequest {
    /// The feature.
    pub uuid: Uuid,
    /// Which part of a transfer this is, and whether the value is saved: the driver's choice.
    pub flags: U32,
    /// First byte of the value that is set.
    pub offset: U16,
    /// Version of the value.
    pub version: u8,
    /// Zero.
    pub reserved: [u8; 9],
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{offset_of, size_of};

    #[test]
    fn headers_and_payloads_have_the_layout_of_the_interface() {
        assert_eq!(size_of::<RequestHeader>(), 16);
        assert_eq!(offset_of!(RequestHeader, op_size), 8);
        assert_eq!(size_of::<ResponseHeader>(), 8);
        assert_eq!(size_of::<ListRequest>(), 8);
        assert_eq!(size_of::<ListHeader>(), 8);
        assert_eq!(size_of::<Entry>(), 48);
        assert_eq!(offset_of!(Entry, flags), 22);
        assert_eq!(offset_of!(Entry, effects), 28);
        assert_eq!(size_of::<GetRequest>(), 21);
        assert_eq!(offset_of!(GetRequest, selection), 20);
        assert_eq!(size_of::<SetRequest>(), 32);
        assert_eq!(offset_of!(SetRequest, version), 22);
    }

    #[test]
    fn a_request_states_its_payload() {
        let header = RequestHeader::new(GET_FEATURE, &[1, 2, 3]).unwrap();
        assert_eq!(header.as_bytes()[..4], 0x501_u32.to_ne_bytes());
        assert_eq!(header.as_bytes()[8..12], 3_u32.to_ne_bytes());
    }

    #[test]
    fn a_response_that_is_cut_is_none() {
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&4_u32.to_ne_bytes());
        bytes[4..8].copy_from_slice(&2_u32.to_ne_bytes());
        assert_eq!(response(&bytes), Some((2, &[0; 4][..])));
        assert_eq!(response(&bytes[..11]), None);
        assert_eq!(response(&bytes[..7]), None);
    }

    #[test]
    fn a_name_is_written_in_groups() {
        let uuid = Uuid([
            0x96, 0xda, 0xd7, 0xd6, 0xfd, 0xe8, 0x48, 0x2b, 0xa7, 0x33, 0x75, 0x77, 0x4e, 0x06,
            0xdb, 0x8a,
        ]);
        assert_eq!(uuid.to_string(), "96dad7d6-fde8-482b-a733-75774e06db8a");
    }
}
