// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! A user program's request and the response to it. Pure.
//!
//! Both start with a header in host byte order (`struct fwctl_rpc_cxl` and `fwctl_rpc_cxl_out` of
//! `include/uapi/fwctl/cxl.h`); behind it stands the payload of the mailbox command, which is
//! little-endian.

use super::{
    bytes::{le16, le32, put, Uuid},
    command::Opcode,
    feature::{self, Entry},
    log::Access,
    permitted::{Scope, READS}, //
};

/// Bytes of the header of a request, and of a response.
pub(crate) const HEADER_LEN: usize = 16;
pub(crate) const RESPONSE_LEN: usize = 8;

/// A request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Request<'a> {
    pub(crate) opcode: Opcode,
    pub(crate) payload: &'a [u8],
}

impl<'a> Request<'a> {
    /// Reads a request. `None` if its payload is not all there, or if the command is none that
    /// programs may have executed.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_first_chunk::<HEADER_LEN>()?;
        let word = |at: usize| {
            let word = header.get(at..)?.first_chunk()?;
            Some(u32::from_ne_bytes(*word))
        };
        // Flags and a reserved word follow, which upstream's driver does not look at either.
        let (opcode, len) = (word(0)?, word(8)?);
        Some(Self {
            opcode: Opcode::of_programs(opcode)?,
            payload: rest.get(..usize::try_from(len).ok()?)?,
        })
    }

    /// Returns the name of the feature that a Set Feature is about.
    pub(crate) fn feature(&self) -> Option<Uuid> {
        (self.payload.len() >= Uuid::LEN).then(|| Uuid::read(self.payload, 0))
    }
}

/// What a request needs to be let through.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Need {
    /// The lowest scope that may have it executed.
    pub(crate) scope: Scope,
    /// Why that one.
    pub(crate) why: &'static str,
    /// The feature that it sets; `None` if it only reads.
    pub(crate) sets: Option<Uuid>,
}

/// Returns what a request needs on a device with these features, or `None` if no scope may execute
/// it.
pub(crate) fn need(request: &Request<'_>, access: Access, features: &[Entry]) -> Option<Need> {
    if request.opcode == Opcode::SetFeature {
        let uuid = request.feature().filter(|_| access >= Access::Write)?;
        let entry = features.iter().find(|entry| entry.uuid() == uuid)?;
        let (scope, why) = entry.scope()?;
        return Some(Need {
            scope,
            why,
            sets: Some(uuid),
        });
    }
    let opcode = request.opcode as u16; // CAST: the enum is `repr(u16)`.
    let read = READS.iter().find(|read| read.opcode == opcode);
    let read = read.filter(|_| access >= Access::Read)?;
    Some(Need {
        scope: Scope::Configuration,
        why: read.why,
        sets: None,
    })
}

/// Returns the header of a response: bytes of payload, and the device's return code.
pub(crate) fn response(size: usize, code: u16) -> [u8; RESPONSE_LEN] {
    let mut header = [0; RESPONSE_LEN];
    // A response has a few MiB at most.
    let size = u32::try_from(size).unwrap_or(u32::MAX);
    put(&mut header, 0, &size.to_ne_bytes());
    put(&mut header, 4, &u32::from(code).to_ne_bytes());
    header
}

/// The features that a program asks to be listed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct List {
    /// Number of the first.
    pub(crate) first: usize,
    /// How many, not more than there are.
    pub(crate) count: usize,
}

impl List {
    /// Reads a request on a device with `total` features. `None` if it has not exactly its length,
    /// or begins behind the last feature.
    pub(crate) fn read(payload: &[u8], total: usize) -> Option<Self> {
        let first = usize::from(le16(payload, 4));
        if payload.len() != feature::LIST_LEN || first >= total {
            return None;
        }
        // CAST: a wider type.
        let wanted = le32(payload, 0) as usize / feature::ENTRY_LEN;
        Some(Self {
            first,
            count: wanted.min(total - first),
        })
    }

    /// Returns the header of the list, on a device with `total` features.
    pub(crate) fn header(&self, total: usize) -> [u8; feature::LISTED_LEN] {
        // Features are counted in sixteen bits.
        let number = |n: usize| u16::try_from(n).unwrap_or(u16::MAX).to_le_bytes();
        let mut header = [0; feature::LISTED_LEN];
        put(&mut header, 0, &number(self.count));
        put(&mut header, 2, &number(total));
        header
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_cxl_rpc))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    const SCRUB: Uuid = Uuid::new(0x96dad7d6_fde8_482b_a733_75774e06db8a);

    /// A request with `len` bytes of payload stated, and 40 there.
    fn request(opcode: u32, len: u32) -> [u8; HEADER_LEN + 40] {
        let mut bytes = [0; HEADER_LEN + 40];
        put(&mut bytes, 0, &opcode.to_ne_bytes());
        put(&mut bytes, 8, &len.to_ne_bytes());
        put(&mut bytes, HEADER_LEN, SCRUB.bytes());
        bytes
    }

    fn needs(opcode: u32, len: u32, access: Access, features: &[Entry]) -> Option<Need> {
        let bytes = request(opcode, len);
        Request::parse(&bytes).and_then(|request| need(&request, access, features))
    }

    /// A feature that can be changed at once.
    fn scrub() -> Entry {
        let mut entry = [0; feature::ENTRY_LEN];
        put(&mut entry, 0, SCRUB.bytes());
        put(&mut entry, 22, &[1]);
        put(&mut entry, 28, &[2]);
        Entry(entry)
    }

    #[test]
    fn a_request_that_is_not_all_there_is_none() {
        let bytes = request(0x500, 40);
        assert!(Request::parse(&bytes).is_some());
        for len in 0..bytes.len() {
            assert_eq!(Request::parse(&bytes[..len]), None);
        }
        assert_eq!(Request::parse(&request(0x500, 41)), None);
        assert_eq!(Request::parse(&request(0x500, u32::MAX)), None);
        let short = request(0x500, 8);
        assert!(Request::parse(&short).is_some_and(|request| request.payload.len() == 8));
    }

    #[test]
    fn reading_needs_the_commands_that_read() {
        assert!(READS.iter().map(|read| read.opcode).eq([0x500, 0x501]));
        for read in READS {
            let opcode = read.opcode.into();
            let expected = Need {
                scope: Scope::Configuration,
                why: read.why,
                sets: None,
            };
            assert_eq!(needs(opcode, 8, Access::None, &[]), None);
            for access in [Access::Read, Access::Write] {
                assert_eq!(needs(opcode, 8, access, &[]), Some(expected));
            }
        }
    }

    #[test]
    fn setting_needs_a_feature_that_the_device_has_and_lets_be_set() {
        let expected = scrub().scope().map(|(scope, why)| Need {
            scope,
            why,
            sets: Some(SCRUB),
        });
        assert!(expected.is_some_and(|need| need.scope == Scope::DebugWriteFull));
        assert_eq!(needs(0x502, 40, Access::Write, &[scrub()]), expected);
        assert_eq!(needs(0x502, 16, Access::Write, &[scrub()]), expected);
        assert_eq!(needs(0x502, 15, Access::Write, &[scrub()]), None);
        assert_eq!(needs(0x502, 40, Access::Read, &[scrub()]), None);
        assert_eq!(needs(0x502, 40, Access::Write, &[]), None);
        let mut fixed = scrub();
        put(&mut fixed.0, 22, &[0]);
        assert_eq!(needs(0x502, 40, Access::Write, &[fixed]), None);
    }

    #[test]
    fn every_other_command_is_denied() {
        for opcode in (0..=0xffff).chain([0x1_0500]) {
            if !matches!(opcode, 0x500..=0x502) {
                assert_eq!(needs(opcode, 40, Access::Write, &[scrub()]), None);
            }
        }
    }

    #[test]
    fn a_list_is_cut_to_what_there_is() {
        let read = |count: u32, first: u16, total| {
            List::read(&feature::list(first, count), total).map(|list| (list.first, list.count))
        };
        assert_eq!(read(96, 0, 3), Some((0, 2)));
        assert_eq!(read(u32::MAX, 0, 3), Some((0, 3)));
        assert_eq!(read(u32::MAX, 2, 3), Some((2, 1)));
        assert_eq!(read(47, 0, 3), Some((0, 0)));
        assert_eq!(read(96, 3, 3), None);
        assert_eq!(read(96, u16::MAX, 3), None);
        assert_eq!(read(96, 0, 0), None);
        for len in (0..16).filter(|len| *len != feature::LIST_LEN) {
            assert_eq!(List::read(&[0; 16][..len], 3), None);
        }
    }

    #[test]
    fn a_response_begins_with_size_and_return_code_in_host_order() {
        let header = response(0x123, 0x15);
        assert_eq!(header[..4], 0x123_u32.to_ne_bytes());
        assert_eq!(header[4..], 0x15_u32.to_ne_bytes());
    }
}
