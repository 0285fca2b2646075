// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The features of a device: how they are listed, read and set, and which scope may set one. Pure.
//!
//! Source: CXL 3.1, "Features". Which effects need which scope stands in `permitted.rs`.

use super::{
    bytes::{le16, le32, put, rows, Uuid},
    permitted::{Exclusive, Scope, Verdict, EFFECTS}, //
};

/// Bytes of the request Get Supported Features, of its reply before the entries, and of an entry.
pub(crate) const LIST_LEN: usize = 8;
pub(crate) const LISTED_LEN: usize = 8;
pub(crate) const ENTRY_LEN: usize = 48;
/// Bytes of the request Get Feature.
pub(crate) const GET_LEN: usize = 21;
/// Bytes of the request Set Feature before the data.
pub(crate) const SET_LEN: usize = 32;

/// In an entry's flags: it can be changed.
const CHANGEABLE: u32 = 1;

/// In a Set Feature's flags: the part of the data this is, and that the value outlives a reset.
const TRANSFER: u32 = 7;
const SAVED: u32 = 8;

/// What the device says about one feature.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Entry(pub(crate) [u8; ENTRY_LEN]);

impl Entry {
    /// Returns the feature's name.
    pub(crate) fn uuid(&self) -> Uuid {
        Uuid::read(&self.0, 0)
    }

    /// Returns what setting it does.
    fn effects(&self) -> u16 {
        le16(&self.0, 28)
    }

    /// Returns the request that aborts a transfer to the feature. Its version is the device's own:
    /// the transfer may have been refused for another one. It has a byte of data, which stands for
    /// nothing: there are devices that refuse a request without.
    pub(crate) fn abort(&self) -> [u8; SET_LEN + 1] {
        let mut request = [0; SET_LEN + 1];
        put(&mut request, 0, self.uuid().bytes());
        // CAST: a wider type.
        put(&mut request, 16, &(Transfer::Abort as u32).to_le_bytes());
        put(&mut request, 22, &self.0[27..28]);
        request
    }

    /// Returns the entry as programs see it: a feature of the `exclusive` cannot be changed.
    pub(crate) fn shown(mut self, exclusive: &[Exclusive]) -> Self {
        if why_exclusive(exclusive, self.uuid()).is_some() {
            let flags = le32(&self.0, 22) & !CHANGEABLE;
            put(&mut self.0, 20, &[0, 0]);
            put(&mut self.0, 22, &flags.to_le_bytes());
        }
        self
    }

    /// Returns the lowest scope that may set the feature and why it is that one, or `None` if no
    /// scope may.
    pub(crate) fn scope(&self) -> Option<(Scope, &'static str)> {
        if le32(&self.0, 22) & CHANGEABLE == 0 {
            return None;
        }
        let mut lowest = None;
        for effect in EFFECTS.iter().filter(|row| row.bits & self.effects() != 0) {
            match effect.verdict {
                Verdict::Denied => return None,
                Verdict::Needs(scope) if lowest.is_none_or(|(needed, _)| scope > needed) => {
                    lowest = Some((scope, effect.why));
                }
                Verdict::Needs(_) | Verdict::Nothing => (),
            }
        }
        lowest
    }
}

/// Returns why a feature is the kernel's alone, if it is one of the `exclusive`.
pub(crate) fn why_exclusive(exclusive: &[Exclusive], uuid: Uuid) -> Option<&'static str> {
    let found = exclusive.iter().find(|row| row.uuid == uuid);
    found.map(|row| row.why)
}

/// Returns the request for `len` bytes of the list of features, from number `first`.
pub(crate) fn list(first: u16, len: u32) -> [u8; LIST_LEN] {
    let mut request = [0; LIST_LEN];
    put(&mut request, 0, &len.to_le_bytes());
    put(&mut request, 4, &first.to_le_bytes());
    request
}

/// A reply to Get Supported Features.
pub(crate) struct Listed<'a> {
    /// How many features there are.
    pub(crate) total: u16,
    /// The entries in this reply.
    entries: &'a [u8],
}

impl<'a> Listed<'a> {
    /// Reads a reply. `None` when it does not hold what it says.
    pub(crate) fn read(reply: &'a [u8]) -> Option<Self> {
        let entries = reply.get(LISTED_LEN..)?;
        let stated = usize::from(le16(reply, 0)) * ENTRY_LEN;
        (entries.len() == stated).then_some(Self {
            total: le16(reply, 2),
            entries,
        })
    }

    /// Returns the entries.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry> + 'a {
        rows(self.entries).copied().map(Entry)
    }
}

/// A request Get Feature.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Get {
    pub(crate) uuid: Uuid,
    pub(crate) offset: u16,
    pub(crate) count: u16,
    /// The current, the default or the saved value.
    pub(crate) selection: u8,
}

impl Get {
    /// Reads a request, which must have exactly its length.
    pub(crate) fn read(request: &[u8]) -> Option<Self> {
        (request.len() == GET_LEN).then(|| Self {
            uuid: Uuid::read(request, 0),
            offset: le16(request, 16),
            count: le16(request, 18),
            selection: request.last().copied().unwrap_or(0),
        })
    }

    /// Returns the request for a part: `len` bytes from byte `from` of what is asked for. `None` if
    /// these are bytes that no feature has.
    pub(crate) fn part(&self, from: usize, len: usize) -> Option<[u8; GET_LEN]> {
        let offset = usize::from(self.offset).checked_add(from)?;
        let (offset, len) = (u16::try_from(offset).ok()?, u16::try_from(len).ok()?);
        let mut request = [0; GET_LEN];
        put(&mut request, 0, self.uuid.bytes());
        put(&mut request, 16, &offset.to_le_bytes());
        put(&mut request, 18, &len.to_le_bytes());
        put(&mut request, 20, &[self.selection]);
        Some(request)
    }
}

/// Which part of the data a request Set Feature carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Transfer {
    Full = 0,
    Initiate = 1,
    Continue = 2,
    Finish = 3,
    Abort = 4,
}

impl Transfer {
    /// Returns what the `len` bytes from byte `from` of `total` are.
    pub(crate) fn of(from: usize, len: usize, total: usize) -> Self {
        match (from == 0, from.saturating_add(len) >= total) {
            (true, true) => Self::Full,
            (true, false) => Self::Initiate,
            (false, false) => Self::Continue,
            (false, true) => Self::Finish,
        }
    }
}

/// A request Set Feature.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Set<'a> {
    pub(crate) uuid: Uuid,
    flags: u32,
    offset: u16,
    version: u8,
    pub(crate) data: &'a [u8],
}

impl<'a> Set<'a> {
    /// Reads a request; one without data sets nothing and is none.
    pub(crate) fn read(request: &'a [u8]) -> Option<Self> {
        let (header, data) = request.split_first_chunk::<SET_LEN>()?;
        (!data.is_empty()).then(|| Self {
            uuid: Uuid::read(header, 0),
            flags: le32(header, 16),
            offset: le16(header, 20),
            version: header[22],
            data,
        })
    }

    /// Returns the header of the request for a part of the data, from its byte `from`. A value that
    /// is set is saved across a reset. `None` if no feature has such bytes.
    pub(crate) fn part(&self, from: usize, transfer: Transfer) -> Option<[u8; SET_LEN]> {
        let offset = u16::try_from(usize::from(self.offset).checked_add(from)?).ok()?;
        let flags = self.flags & !TRANSFER | SAVED | transfer as u32; // CAST: a wider type.
        let mut request = [0; SET_LEN];
        put(&mut request, 0, self.uuid.bytes());
        put(&mut request, 16, &flags.to_le_bytes());
        put(&mut request, 20, &offset.to_le_bytes());
        put(&mut request, 22, &[self.version]);
        Some(request)
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_cxl_feature))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    const SCRUB: Uuid = Uuid::new(0x96dad7d6_fde8_482b_a733_75774e06db8a);

    fn entry(flags: u32, effects: u16) -> Entry {
        let mut bytes = [0xee; ENTRY_LEN];
        put(&mut bytes, 0, SCRUB.bytes());
        put(&mut bytes, 20, &[0x34, 0x12]);
        put(&mut bytes, 22, &flags.to_le_bytes());
        put(&mut bytes, 28, &effects.to_le_bytes());
        Entry(bytes)
    }

    #[test]
    fn every_set_of_effects_has_the_scope_it_should() {
        for effects in 0..=u16::MAX {
            let bit = |bit: u16| effects >> bit & 1 != 0;
            let denied = bit(6) || (12..16).any(bit);
            let expected = match ((1..5).any(bit), [0, 10, 11].into_iter().any(bit)) {
                _ if denied => None,
                (true, _) => Some(Scope::DebugWriteFull),
                (false, true) => Some(Scope::DebugWrite),
                (false, false) => None,
            };
            let scope = entry(CHANGEABLE, effects).scope().map(|(scope, _)| scope);
            assert!(scope == expected);
            assert!(entry(!CHANGEABLE, effects).scope().is_none());
        }
    }

    #[test]
    fn every_effect_stands_in_one_row() {
        let mut seen = 0;
        for row in EFFECTS {
            assert!(row.bits != 0 && row.bits & seen == 0);
            seen |= row.bits;
        }
        assert_eq!(seen, u16::MAX);
    }

    #[test]
    fn the_reason_is_that_of_the_effect_that_decides() {
        let why = |effects| entry(CHANGEABLE, effects).scope().map(|(_, why)| why);
        let full = EFFECTS.iter().find(|row| row.bits == 1 << 3);
        assert!(full.is_some_and(|row| why(1 << 3 | 1 << 0 | 1 << 9) == Some(row.why)));
    }

    #[test]
    fn an_exclusive_feature_is_shown_as_one_that_cannot_be_changed() {
        let list = [Uuid::new(1), SCRUB].map(|uuid| Exclusive { uuid, why: "" });
        let shown = entry(0x31, 0x202).shown(&list);
        assert_eq!(le16(&shown.0, 20), 0);
        assert_eq!(le32(&shown.0, 22), 0x30);
        assert_eq!(shown.0[..20], entry(0, 0).0[..20]);
        assert_eq!(shown.0[26..], entry(0, 0x202).0[26..]);
        assert_eq!(entry(0x31, 0x202).shown(&[]), entry(0x31, 0x202));
    }

    #[test]
    fn a_list_that_does_not_hold_what_it_says_is_none() {
        let mut reply = [0; LISTED_LEN + 2 * ENTRY_LEN];
        put(&mut reply, 0, &[2, 0, 5, 0]);
        let listed = Listed::read(&reply);
        assert!(listed.is_some_and(|listed| listed.total == 5 && listed.entries().count() == 2));
        for len in 0..reply.len() {
            assert!(Listed::read(&reply[..len]).is_none());
        }
        put(&mut reply, 0, &[0xff, 0xff]);
        assert!(Listed::read(&reply).is_none());
        assert!(Listed::read(&[0; LISTED_LEN]).is_some());
    }

    #[test]
    fn a_part_of_a_read_is_inside_of_what_a_feature_can_have() {
        let get = Get {
            uuid: SCRUB,
            offset: 0xfff0,
            count: 0x20,
            selection: 2,
        };
        let bytes = get.part(8, 4).unwrap_or([0; GET_LEN]);
        let expected = Get {
            offset: 0xfff8,
            count: 4,
            ..get
        };
        assert_eq!(Get::read(&bytes), Some(expected));
        assert_eq!(get.part(0x10, 4), None);
        assert_eq!(get.part(usize::MAX, 4), None);
        assert_eq!(get.part(0, 0x1_0000), None);
    }

    #[test]
    fn a_read_has_exactly_its_length() {
        for len in 0..64 {
            assert_eq!(Get::read(&[0; 64][..len]).is_some(), len == GET_LEN);
        }
    }

    #[test]
    fn the_parts_of_a_transfer_have_their_names() {
        assert_eq!(Transfer::of(0, 10, 10), Transfer::Full);
        assert_eq!(Transfer::of(0, 4, 10), Transfer::Initiate);
        assert_eq!(Transfer::of(4, 4, 10), Transfer::Continue);
        assert_eq!(Transfer::of(8, 2, 10), Transfer::Finish);
    }

    #[test]
    fn a_transfer_is_aborted_in_the_version_of_the_device() {
        let mut entry = entry(CHANGEABLE, 0);
        put(&mut entry.0, 26, &[1, 2]);
        let abort = entry.abort();
        assert_eq!(Uuid::read(&abort, 0), SCRUB);
        assert_eq!((le32(&abort, 16), le16(&abort, 20)), (4, 0));
        assert_eq!((abort[22], &abort[23..]), (2, &[0; 10][..]));
    }

    #[test]
    fn what_is_set_is_saved_and_carries_its_part() {
        let mut request = [0xff; SET_LEN + 3];
        put(&mut request, 20, &[0x10, 0]);
        let set = Set::read(&request);
        let part = set.and_then(|set| set.part(2, Transfer::Finish));
        let part = part.unwrap_or([0; SET_LEN]);
        assert_eq!(le32(&part, 16), u32::MAX & !7 | 3);
        assert_eq!(le16(&part, 20), 0x12);
        assert_eq!(part[22], 0xff);
        assert_eq!(part[23..], [0; 9]);
        let far = set.and_then(|set| set.part(0xfff0, Transfer::Finish));
        assert_eq!(far, None);
        for len in 0..=SET_LEN {
            assert_eq!(Set::read(&request[..len]), None);
        }
    }
}
