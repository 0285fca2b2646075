// SPDX-License-Identifier: GPL-2.0

//! CXL memory devices: the commands that programs may have executed, features, return codes.
//!
//! Source: CXL 3.1, "Component Command Interface" and "Features"; the names of the features are
//! those of `include/cxl/features.h` of Linux 7.3.

#![forbid(unsafe_code)]

pub mod fields;

use crate::given::{names, number, Wrong};
use crate::hex;
use auxcore_uapi::cxl::{
    Entry, GetRequest, ListHeader, ListRequest, SetRequest, Uuid, CHANGEABLE, GET_FEATURE,
    GET_SUPPORTED_FEATURES, SET_FEATURE,
};
use auxcore_uapi::fwctl::Scope;
use zerocopy::{FromBytes, IntoBytes};

/// Features that have a name.
#[rustfmt::skip]
const FEATURES: [(u128, &str); 8] = [
    (0x96dad7d6_fde8_482b_a733_75774e06db8a, "patrol_scrub"),
    (0xe5b13f22_2328_4a14_b8ba_b9691e893386, "ecs"),
    (0x892ba475_fad8_474e_9d3e_692c917568bb, "sppr"),
    (0x80ea4521_786f_4127_afb1_ec7459fb0e24, "hppr"),
    (0x96c33386_91dd_44c7_9ecb_fdaf6503bac4, "cacheline_sparing"),
    (0x450ebf67_b135_4f97_a498_c2d57f279bed, "row_sparing"),
    (0x78b79636_90ac_4b64_a4ef_faac5d18a863, "bank_sparing"),
    (0x34dbaff5_0552_4281_8f76_da0b5e7a76a7, "rank_sparing"),
];

/// Names of the return codes, from 0.
const CODES: [&str; 30] = [
    "SUCCESS",
    "BACKGROUND_STARTED",
    "INVALID_INPUT",
    "UNSUPPORTED",
    "INTERNAL_ERROR",
    "RETRY_REQUIRED",
    "BUSY",
    "MEDIA_DISABLED",
    "FW_TRANSFER_IN_PROGRESS",
    "FW_TRANSFER_OUT_OF_ORDER",
    "FW_AUTHENTICATION_FAILED",
    "INVALID_SLOT",
    "ACTIVATION_FAILED_ROLLED_BACK",
    "ACTIVATION_FAILED_RESET_REQUIRED",
    "INVALID_HANDLE",
    "INVALID_PHYSICAL_ADDRESS",
    "INJECT_POISON_LIMIT",
    "PERMANENT_MEDIA_FAILURE",
    "ABORTED",
    "INVALID_SECURITY_STATE",
    "INCORRECT_PASSPHRASE",
    "UNSUPPORTED_MAILBOX",
    "INVALID_PAYLOAD_LENGTH",
    "INVALID_LOG",
    "INTERRUPTED",
    "UNSUPPORTED_FEATURE_VERSION",
    "UNSUPPORTED_FEATURE_SELECTION",
    "FEATURE_TRANSFER_IN_PROGRESS",
    "FEATURE_TRANSFER_OUT_OF_ORDER",
    "RESOURCES_EXHAUSTED",
];

/// Effects of what changes at once: configuration, data, a policy, a log.
const AT_ONCE: u16 = 0x1e;
/// Effects of what changes with a reset: a cold one, a conventional one, one of CXL.
const WITH_RESET: u16 = 0x0c01;

/// Returns the lowest scope that may set a feature; for one that cannot be set, the lowest there is.
fn scope(entry: &Entry) -> Scope {
    let effects = entry.effects.get();
    if entry.flags.get() & CHANGEABLE == 0 {
        Scope::Configuration
    } else if effects & AT_ONCE != 0 {
        Scope::DebugWriteFull
    } else if effects & WITH_RESET != 0 {
        Scope::DebugWrite
    } else {
        Scope::Configuration
    }
}

/// Returns the name of a return code.
pub fn code_name(code: u32) -> &'static str {
    let known = usize::try_from(code).ok().and_then(|code| CODES.get(code));
    known.copied().unwrap_or("UNKNOWN")
}

/// Returns the name of a feature, if it has one.
pub fn feature_name(uuid: Uuid) -> Option<&'static str> {
    let known = |(digits, _): &&(u128, _)| digits.to_be_bytes() == uuid.0;
    FEATURES.iter().find(known).map(|(_, name)| *name)
}

/// Reads a feature's name, or its 32 digits with or without `-`.
pub fn feature(text: &str) -> Option<Uuid> {
    let named = FEATURES.iter().find(|(_, name)| *name == text);
    if let Some((digits, _)) = named {
        return Some(Uuid(digits.to_be_bytes()));
    }
    let bytes = hex::Bytes::parse(&text.replace('-', "")).ok()?.0;
    Some(Uuid(bytes.try_into().ok()?))
}

/// Returns the names of the features that have one.
pub fn features() -> impl Iterator<Item = (Uuid, &'static str)> {
    let uuid = |digits: u128| Uuid(digits.to_be_bytes());
    FEATURES
        .iter()
        .map(move |(digits, name)| (uuid(*digits), *name))
}

/// Returns how many features a reply to [`GET_SUPPORTED_FEATURES`] says that there are, and those in
/// it. `None` if it holds less than it says.
pub fn listed(reply: &[u8]) -> Option<(u16, Vec<Entry>)> {
    let (header, mut rest) = ListHeader::read_from_prefix(reply).ok()?;
    let mut entries = Vec::new();
    for _ in 0..header.entries.get() {
        let (entry, more) = Entry::read_from_prefix(rest).ok()?;
        entries.push(entry);
        rest = more;
    }
    Some((header.features.get(), entries))
}

/// One command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Command {
    /// The name, as in the specification.
    pub name: &'static str,
    /// Its number.
    pub opcode: u16,
    /// What can be given as `FIELD=VALUE`.
    pub fields: &'static [&'static str],
}

/// Every command that programs may have executed.
pub const COMMANDS: [Command; 3] = [
    Command {
        name: "GET_SUPPORTED_FEATURES",
        opcode: GET_SUPPORTED_FEATURES,
        fields: &["start", "count"],
    },
    Command {
        name: "GET_FEATURE",
        opcode: GET_FEATURE,
        fields: &["uuid", "offset", "count", "selection"],
    },
    Command {
        name: "SET_FEATURE",
        opcode: SET_FEATURE,
        fields: &["uuid", "data", "offset", "version"],
    },
];

/// A request whose fields were read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// The payload.
    pub payload: Vec<u8>,
    /// The lowest scope it may be executed in.
    pub scope: Scope,
    /// Room that the payload of the reply needs.
    pub room: usize,
}

impl Command {
    /// Finds a command by its name, in either case and with `-` for `_`.
    pub fn named(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| names(name, command.name))
    }

    /// Returns the feature that the fields name, if they name one.
    ///
    /// # Errors
    ///
    /// The value is no feature's name.
    pub fn uuid(&self, given: &[(String, String)]) -> Result<Option<Uuid>, Wrong> {
        let uuid = given.iter().find(|(name, _)| name == "uuid");
        let read = |(name, text): &(String, String)| {
            feature(text).ok_or_else(|| Wrong::Value(name.clone(), text.clone()))
        };
        uuid.map(read).transpose()
    }

    /// Returns the feature whose value a request with these fields reads, from its first byte on.
    pub fn reads(&self, given: &[(String, String)]) -> Option<Uuid> {
        let is_whole = self.opcode == GET_FEATURE && field(given, "offset", 0_u16) == Ok(0);
        self.uuid(given).ok()?.filter(|_| is_whole)
    }

    /// Returns the request with these fields. What is not given is zero, or what `entry` says of the
    /// feature; a list that is not limited has everything that `room` bytes hold.
    ///
    /// # Errors
    ///
    /// The first field that does not exist or whose value does not fit.
    pub fn request(
        &self,
        given: &[(String, String)],
        entry: &Entry,
        room: u16,
    ) -> Result<Request, Wrong> {
        let unknown = |(name, _): &&(String, String)| !self.fields.contains(&name.as_str());
        if let Some((name, _)) = given.iter().find(unknown) {
            return Err(Wrong::Field(name.clone()));
        }
        let uuid = self.uuid(given)?.unwrap_or_default();
        let offset = field(given, "offset", 0_u16)?.into();
        let (payload, room) = match self.opcode {
            GET_SUPPORTED_FEATURES => {
                let count = field(given, "count", u32::from(room))?;
                let request = ListRequest {
                    count: count.into(),
                    start: field(given, "start", 0_u16)?.into(),
                    ..ListRequest::default()
                };
                let len = usize::try_from(count).unwrap_or(usize::MAX);
                (
                    request.as_bytes().to_vec(),
                    len.min(usize::from(u16::MAX)) + size_of::<ListHeader>(),
                )
            }
            GET_FEATURE => {
                let count = field(given, "count", entry.get_size.get())?;
                let request = GetRequest {
                    uuid,
                    offset,
                    count: count.into(),
                    selection: field(given, "selection", 0_u8)?,
                };
                (request.as_bytes().to_vec(), count.into())
            }
            _ => {
                let header = SetRequest {
                    uuid,
                    offset,
                    version: field(given, "version", entry.set_version)?,
                    ..SetRequest::default()
                };
                ([header.as_bytes(), &data(given)?].concat(), 0)
            }
        };
        let scope = match self.opcode {
            SET_FEATURE => scope(entry),
            _ => Scope::Configuration,
        };
        Ok(Request {
            payload,
            scope,
            room,
        })
    }
}

/// Returns the number that was given for a field, or `default`.
fn field<T: TryFrom<u64>>(given: &[(String, String)], name: &str, default: T) -> Result<T, Wrong> {
    let Some((name, text)) = given.iter().find(|(known, _)| known == name) else {
        return Ok(default);
    };
    let value = number(text).and_then(|number| T::try_from(number).ok());
    value.ok_or_else(|| Wrong::Value(name.clone(), text.clone()))
}

/// Returns the bytes that were given as `data`.
fn data(given: &[(String, String)]) -> Result<Vec<u8>, Wrong> {
    let Some((name, text)) = given.iter().find(|(name, _)| name == "data") else {
        return Ok(Vec::new());
    };
    let bytes = hex::Bytes::parse(text).map(|bytes| bytes.0);
    bytes.map_err(|_| Wrong::Value(name.clone(), text.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRUB: &str = "96dad7d6-fde8-482b-a733-75774e06db8a";

    fn pairs(given: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        given.iter().map(owned).collect()
    }

    fn request(name: &str, given: &[(&str, &str)]) -> Result<Request, Wrong> {
        let given = pairs(given);
        let entry = Entry {
            get_size: 4.into(),
            set_version: 7,
            ..Entry::default()
        };
        Command::named(name).unwrap().request(&given, &entry, 480)
    }

    #[test]
    fn a_feature_goes_by_its_name_and_by_its_digits() {
        for (uuid, name) in features() {
            assert_eq!(feature(name), Some(uuid));
            assert_eq!(feature(&uuid.to_string()), Some(uuid));
            assert_eq!(feature_name(uuid), Some(name));
        }
        assert_eq!(feature("patrol_scrub").unwrap().to_string(), SCRUB);
        assert_eq!(feature("96dad7d6"), None);
        assert_eq!(feature_name(Uuid::default()), None);
    }

    #[test]
    fn return_codes_have_their_numbers() {
        assert_eq!(code_name(0), "SUCCESS");
        assert_eq!(code_name(0x15), "UNSUPPORTED_MAILBOX");
        assert_eq!(code_name(0x1d), "RESOURCES_EXHAUSTED");
        assert_eq!(code_name(0x1e), "UNKNOWN");
        assert_eq!(code_name(u32::MAX), "UNKNOWN");
    }

    #[test]
    fn what_is_not_given_is_what_the_device_lists() {
        let get = request("get-feature", &[("uuid", SCRUB)]).unwrap();
        assert_eq!((get.payload.len(), get.room), (21, 4));
        assert_eq!(get.payload[16..], [0, 0, 4, 0, 0]);
        let get = request("GET_FEATURE", &[("count", "0x102"), ("selection", "2")]).unwrap();
        assert_eq!(get.payload[16..], [0, 0, 2, 1, 2]);
        let set = request("set-feature", &[("uuid", SCRUB), ("data", "1801")]).unwrap();
        assert_eq!(
            set.payload[16..],
            [0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x18, 1]
        );
        let list = request("get-supported-features", &[("start", "3")]).unwrap();
        assert_eq!(list.payload, [0xe0, 1, 0, 0, 3, 0, 0, 0]);
        assert_eq!(list.room, 488);
    }

    #[test]
    fn a_feature_is_set_in_the_scope_that_its_effects_need() {
        let of = |flags: u32, effects: u16| {
            scope(&Entry {
                flags: flags.into(),
                effects: effects.into(),
                ..Entry::default()
            })
        };
        for bit in 1..=4 {
            assert_eq!(of(CHANGEABLE, 0x0201 | (1 << bit)), Scope::DebugWriteFull);
        }
        for bit in [0, 10, 11] {
            assert_eq!(of(CHANGEABLE, 0x0200 | (1 << bit)), Scope::DebugWrite);
        }
        assert_eq!(of(CHANGEABLE, 0x0200), Scope::Configuration);
        assert_eq!(of(0, 0x0202), Scope::Configuration);
        let entry = Entry {
            flags: CHANGEABLE.into(),
            effects: 0x0202.into(),
            ..Entry::default()
        };
        for (name, least) in [
            ("get-feature", Scope::Configuration),
            ("set-feature", Scope::DebugWriteFull),
        ] {
            let request = Command::named(name).unwrap().request(&[], &entry, 480);
            assert_eq!(request.unwrap().scope, least);
        }
    }

    #[test]
    fn a_value_is_known_by_its_feature_if_it_is_read_from_its_begin() {
        let reads = |name: &str, given: &[(&str, &str)]| {
            let command = Command::named(name).unwrap();
            command.reads(&pairs(given))
        };
        let scrub = [("uuid", SCRUB), ("offset", "0")];
        assert_eq!(reads("get-feature", &scrub), feature("patrol_scrub"));
        let tail = [("uuid", SCRUB), ("offset", "1")];
        assert_eq!(reads("get-feature", &tail), None);
        assert_eq!(reads("get-feature", &[]), None);
        assert_eq!(reads("set-feature", &scrub[..1]), None);
    }

    #[test]
    fn wrong_fields_and_values_are_told() {
        let value = |n: &str, v: &str| Err(Wrong::Value(n.to_owned(), v.to_owned()));
        let wrong = request("get-feature", &[("data", "00")]);
        assert_eq!(wrong, Err(Wrong::Field("data".to_owned())));
        for (name, text) in [("uuid", "scrub"), ("selection", "256"), ("count", "65536")] {
            assert_eq!(request("get-feature", &[(name, text)]), value(name, text));
        }
        assert_eq!(request("set-feature", &[("data", "1")]), value("data", "1"));
    }

    #[test]
    fn a_list_that_holds_less_than_it_says_is_none() {
        let mut reply = [0; 8 + 2 * 48];
        (reply[0], reply[2], reply[8 + 48]) = (2, 5, 0xab);
        let (total, entries) = listed(&reply).unwrap();
        assert_eq!((total, entries.len()), (5, 2));
        assert_eq!(entries[1].uuid.0[0], 0xab);
        assert!((0..reply.len()).all(|len| listed(&reply[..len]).is_none()));
    }
}
