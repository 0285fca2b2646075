// SPDX-License-Identifier: GPL-2.0

//! Requests of a CXL memory device, by name, and its replies.

#![forbid(unsafe_code)]

use crate::error::Error;
use crate::out::Out;
use crate::Outcome;
use auxcore_formats::cxl::{code_name, feature_name, fields::decode, listed, Command};
use auxcore_formats::given::Wrong;
use auxcore_formats::hex;
use auxcore_uapi::cxl::{
    response, Entry, RequestHeader, ResponseHeader, Uuid, GET_SUPPORTED_FEATURES,
};
use auxcore_uapi::fwctl::Scope;
use auxcore_uapi::Device;
use serde_json::{json, Map, Value};
use std::fmt::Write;
use zerocopy::IntoBytes;

/// Bytes of features that are asked for at once: as many entries as a small mailbox holds.
const LIST: u16 = 480;

/// A reply, and what it is a reply to.
#[derive(Debug)]
pub(crate) struct Report {
    /// None for a request that was given as bytes.
    command: Option<&'static Command>,
    /// The feature whose value it is.
    feature: Option<Uuid>,
    code: u32,
    payload: Vec<u8>,
}

/// Returns the bytes of a named command's request, the scope and the room that it needs.
pub(crate) fn named(
    device: &Device,
    command: &'static Command,
    given: &[(String, String)],
) -> Result<(Vec<u8>, Scope, usize), Error> {
    let wrong = |wrong| match wrong {
        Wrong::Field(field) => Error::Field {
            command: command.name,
            field,
            known: command.fields.join(", "),
        },
        Wrong::Value(field, value) => Error::Value { field, value },
    };
    // Before the device is asked anything.
    command
        .request(given, &Entry::default(), LIST)
        .map_err(wrong)?;
    let entry = match command.uuid(given).map_err(wrong)? {
        Some(uuid) => entry(device, uuid)?,
        None => Entry::default(),
    };
    let request = command.request(given, &entry, LIST).map_err(wrong)?;
    let bytes = bytes(command.opcode, &request.payload)?;
    let room = size_of::<ResponseHeader>() + request.room;
    Ok((bytes, request.scope, room))
}

/// Returns what the device lists about a feature; nothing about one that it does not have.
fn entry(device: &Device, uuid: Uuid) -> Result<Entry, Error> {
    let known = features(device)?.into_iter();
    let known = known.filter(|entry| entry.uuid == uuid);
    Ok(known.last().unwrap_or_default())
}

/// Returns the features of a device.
///
/// # Errors
///
/// The device fails or refuses a request, or its list ends before its time.
pub(crate) fn features(device: &Device) -> Result<Vec<Entry>, Error> {
    let Some(command) = Command::named("GET_SUPPORTED_FEATURES") else {
        return Ok(Vec::new());
    };
    let mut entries = Vec::new();
    loop {
        let start = ("start".to_owned(), entries.len().to_string());
        let request = command.request(&[start], &Entry::default(), LIST);
        let request = request.map_err(|_| Error::Features)?;
        let bytes = bytes(command.opcode, &request.payload)?;
        let room = size_of::<ResponseHeader>() + request.room;
        let reply = device.rpc(request.scope, &bytes, room)?;
        let (code, payload) = response(&reply).ok_or(Error::ShortReply(reply.len()))?;
        if code != 0 {
            return Err(Error::Features);
        }
        let (total, more) = listed(payload).ok_or(Error::ShortReply(reply.len()))?;
        let ended = more.is_empty();
        entries.extend(more);
        if entries.len() >= usize::from(total) {
            return Ok(entries);
        }
        if ended {
            return Err(Error::Features);
        }
    }
}

/// Returns a request with its header.
fn bytes(opcode: u16, payload: &[u8]) -> Result<Vec<u8>, Error> {
    let too_long = auxcore_uapi::Error::TooLong(payload.len());
    let header = RequestHeader::new(opcode, payload).ok_or(too_long)?;
    Ok([header.as_bytes(), payload].concat())
}

/// Prints the reply to a request; `feature` is the one whose value was asked for.
pub(crate) fn print(
    out: &mut Out,
    command: Option<&'static Command>,
    feature: Option<Uuid>,
    reply: &[u8],
) -> Result<Outcome, Error> {
    let (code, payload) = response(reply).ok_or(Error::ShortReply(reply.len()))?;
    let report = Report {
        command,
        feature,
        code,
        payload: payload.to_vec(),
    };
    if out.is_json() {
        out.json(&report.json())?;
    } else {
        out.text(&report.text())?;
    }
    Ok(if code == 0 {
        Outcome::Done
    } else {
        Outcome::Refused
    })
}

/// Returns a line about a feature.
pub(crate) fn line(entry: &Entry) -> String {
    format!(
        "{} {} id={} get_size={} set_size={} flags={:#x} get_version={} set_version={} effects={:#06x}",
        entry.uuid,
        feature_name(entry.uuid).unwrap_or("-"),
        entry.id,
        entry.get_size,
        entry.set_size,
        entry.flags,
        entry.get_version,
        entry.set_version,
        entry.effects,
    )
}

/// Returns the same as JSON.
pub(crate) fn value(entry: &Entry) -> Value {
    json!({
        "uuid": entry.uuid.to_string(),
        "name": feature_name(entry.uuid),
        "id": entry.id.get(),
        "get_size": entry.get_size.get(),
        "set_size": entry.set_size.get(),
        "flags": entry.flags.get(),
        "get_version": entry.get_version,
        "set_version": entry.set_version,
        "effects": entry.effects.get(),
    })
}

impl Report {
    fn name(&self) -> &'static str {
        self.command.map_or("request", |command| command.name)
    }

    /// Returns the features in a list: how many there are, and those that came.
    fn listed(&self) -> Option<(u16, Vec<Entry>)> {
        let lists = |command: &Command| command.opcode == GET_SUPPORTED_FEATURES;
        let lists = self.command.is_some_and(lists) && self.code == 0;
        lists.then(|| listed(&self.payload)).flatten()
    }

    /// Returns the fields of the value of a feature, if it is one whose fields are known.
    fn fields(&self) -> Option<Vec<(String, u64)>> {
        let feature = self.feature.filter(|_| self.code == 0)?;
        decode(feature, &self.payload)
    }

    fn text(&self) -> String {
        let name = code_name(self.code);
        let mut text = format!("{}: return code {:#x} ({name})", self.name(), self.code);
        match self.listed() {
            Some((total, entries)) => {
                // Writing to a String cannot fail, here and below.
                let _ = writeln!(text, ", {} of {total} features", entries.len());
                for entry in entries {
                    let _ = writeln!(text, "  {}", line(&entry));
                }
            }
            None => {
                text.push('\n');
                text += &hex::lines(&self.payload);
                for (name, value) in self.fields().unwrap_or_default() {
                    let _ = writeln!(text, "  {name:<40} {value}");
                }
            }
        }
        text
    }

    fn json(&self) -> Value {
        let mut shown = json!({
            "name": self.name(),
            "return_code": self.code,
            "return_code_name": code_name(self.code),
            "bytes": hex::run(&self.payload),
        });
        if let (Some(map), Some((total, entries))) = (shown.as_object_mut(), self.listed()) {
            let entries: Vec<_> = entries.iter().map(value).collect();
            map.insert("total".to_owned(), json!(total));
            map.insert("features".to_owned(), json!(entries));
        }
        if let (Some(map), Some(fields)) = (shown.as_object_mut(), self.fields()) {
            let fields = fields.into_iter().map(|(name, value)| (name, json!(value)));
            map.insert("fields".to_owned(), Map::from_iter(fields).into());
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auxcore_formats::cxl::feature;

    fn report(name: &str, code: u32, payload: &[u8]) -> Report {
        Report {
            command: Command::named(name),
            feature: None,
            code,
            payload: payload.to_vec(),
        }
    }

    #[test]
    fn a_list_shows_a_line_for_each_feature() {
        let mut payload = vec![0; 8];
        (payload[0], payload[2]) = (1, 8);
        let entry = Entry {
            uuid: feature("patrol_scrub").unwrap(),
            get_size: 4.into(),
            effects: 0x202.into(),
            ..Entry::default()
        };
        payload.extend(entry.as_bytes());
        let shown = report("get-supported-features", 0, &payload);
        let text = shown.text();
        assert!(text.starts_with(
            "GET_SUPPORTED_FEATURES: return code 0x0 (SUCCESS), 1 of 8 features\n  96dad7d6-"
        ));
        assert!(text.contains(" patrol_scrub id=0 get_size=4 "));
        assert!(text.ends_with(" effects=0x0202\n"));
        let json = shown.json();
        assert_eq!(json["features"][0]["name"], "patrol_scrub");
        assert_eq!(
            (&json["total"], &json["features"][0]["get_size"]),
            (&json!(8), &json!(4))
        );
    }

    #[test]
    fn a_value_whose_fields_are_known_shows_them_behind_its_bytes() {
        let mut shown = report("get-feature", 0, &[3, 0xc, 1, 0]);
        shown.feature = feature("patrol_scrub");
        let text = shown.text();
        assert_eq!(text.lines().nth(1), Some("000000  030c0100"));
        let hours = format!("\n  {:<40} 12\n", "cycle_hours");
        assert!(text.contains(&hours));
        let json = shown.json();
        assert_eq!(
            (&json["fields"]["cycle_hours"], &json["bytes"]),
            (&json!(12), &json!("030c0100"))
        );
        shown.feature = feature("sppr");
        assert!(shown.json().get("fields").is_none());
        (shown.feature, shown.code) = (feature("patrol_scrub"), 3);
        assert!(shown.json().get("fields").is_none());
    }

    #[test]
    fn a_value_and_a_refusal_show_bytes_and_code() {
        let shown = report("get-feature", 0, &[3, 0xc, 1, 0]);
        assert_eq!(
            shown.text(),
            "GET_FEATURE: return code 0x0 (SUCCESS)\n000000  030c0100\n"
        );
        assert_eq!(shown.json()["bytes"], "030c0100");
        let refused = report("get-supported-features", 3, &[]);
        assert_eq!(
            refused.text(),
            "GET_SUPPORTED_FEATURES: return code 0x3 (UNSUPPORTED)\n"
        );
        assert_eq!(refused.json()["return_code_name"], "UNSUPPORTED");
        assert!(refused.json().get("features").is_none());
        let other = report("none", 0, &[]).text();
        assert!(other.starts_with("request: return code 0x0"));
    }
}
