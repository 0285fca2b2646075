// SPDX-License-Identifier: GPL-2.0

//! All the device answers, in one form that two drivers can be compared by.

#![forbid(unsafe_code)]

use crate::cli::{self, Cli};
use crate::error::Error;
use crate::hex;
use crate::mlx5::field::{decode, Field, Value};
use crate::mlx5::registers::{Selection, REGISTERS};
use crate::mlx5::wire::{self, status_name, Reply, Request, View};
use crate::mlx5::{ADAPTER, GROUPS};
use crate::session::Session;
use auxcore_uapi::fwctl::Scope;
use serde_json::{json, Map};
use std::process::ExitCode;

/// Permitted commands that a device may not know, so that refusals are compared too.
const REFUSED: [(&str, u16); 3] = [
    ("QUERY_DRIVER_VERSION", 0x10c),
    ("QUERY_CAPI_PEC", 0x981),
    ("QUERY_SCHED_QUEUE", 0x8006),
];

/// Answers beside the ones that registers give first: those about the next component.
const MORE: [&str; 2] = ["MCQS:component_index=1", "MCQI:component_index=1"];

/// One request of the list.
struct Item {
    /// What the keys of its fields start with; empty if it is compared as bytes only.
    prefix: String,
    fields: &'static [Field],
    request: Request,
}

/// Prints every reply, or those whose key or request was named.
pub(crate) fn dump(cli: &Cli, args: &cli::Dump) -> Result<ExitCode, Error> {
    let session = Session::open(&cli.device)?;
    let mut map = Map::new();
    for item in items() {
        let (key, name) = (&item.prefix, &item.request.name);
        let mut wanted = args.names.iter();
        let is_wanted = args.names.is_empty()
            || wanted.any(|w| key.contains(w.as_str()) || name.contains(w.as_str()));
        if !is_wanted || (!args.raw && key.is_empty()) {
            continue;
        }
        let (reply, _) = session.execute(&item.request)?;
        match (args.raw, cli.json) {
            (true, true) => {
                map.insert(name.clone(), json!(hex::run(reply.bytes())));
            }
            (true, false) => print!("{name}\n{}", hex::lines(reply.bytes())),
            (false, true) => map.extend(json_of(&item, &reply)),
            (false, false) => lines(&item, &reply).iter().for_each(|l| println!("{l}")),
        }
    }
    if cli.json {
        println!("{}", serde_json::to_string_pretty(&map)?);
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns a reply as lines of `key=value`; the key of a refusal ends in `.refused`.
fn lines(item: &Item, reply: &Reply) -> Vec<String> {
    let prefix = &item.prefix;
    if reply.status() != 0 {
        return vec![format!("{prefix}.refused={}", refusal(reply))];
    }
    let fields = decode(item.fields, reply.data(), false).into_iter();
    fields
        .map(|(name, value)| match value {
            Value::Number(number) => format!("{prefix}.{name}={number}"),
            Value::Text(text) => format!("{prefix}.{name}={text}"),
        })
        .collect()
}

fn json_of(item: &Item, reply: &Reply) -> Map<String, serde_json::Value> {
    let prefix = &item.prefix;
    if reply.status() != 0 {
        let key = format!("{prefix}.refused");
        return Map::from_iter([(key, json!(refusal(reply)))]);
    }
    let fields = decode(item.fields, reply.data(), false).into_iter();
    fields
        .map(|(name, value)| match value {
            Value::Number(number) => (format!("{prefix}.{name}"), json!(number)),
            Value::Text(text) => (format!("{prefix}.{name}"), json!(text)),
        })
        .collect()
}

fn refusal(reply: &Reply) -> String {
    let (status, syndrome) = (reply.status(), reply.syndrome());
    format!("{status:#04x}:{}:{syndrome:#010x}", status_name(status))
}

fn items() -> Vec<Item> {
    let raw = |request| Item {
        prefix: String::new(),
        fields: &[],
        request,
    };
    let mut items = vec![
        Item {
            prefix: "adapter".to_owned(),
            fields: ADAPTER,
            request: wire::query_adapter(),
        },
        raw(wire::nop()),
    ];
    for group in GROUPS {
        items.push(raw(wire::query_hca_cap(group, View::Max)));
        items.push(Item {
            prefix: format!("cap.{}", group.name),
            fields: group.fields,
            request: wire::query_hca_cap(group, View::Current),
        });
    }
    let registers = REGISTERS.iter().map(Selection::of);
    let more = MORE.into_iter().filter_map(Selection::parse);
    items.extend(registers.chain(more).map(|selection| Item {
        prefix: format!("reg.{}", selection.name),
        fields: selection.register.fields,
        request: wire::read_register(&selection),
    }));
    items.extend(REFUSED.iter().map(|(name, opcode)| {
        raw(Request {
            name: (*name).to_owned(),
            scope: Scope::DebugReadOnly,
            bytes: wire::header(*opcode, 0).to_vec(),
            room: 64,
        })
    }));
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn item(prefix: &str) -> Item {
        items()
            .into_iter()
            .find(|item| item.prefix == prefix)
            .unwrap()
    }

    #[test]
    fn every_request_has_a_name_of_its_own_and_a_header() {
        assert!(MORE
            .into_iter()
            .all(|text| Selection::parse(text).is_some()));
        let items = items();
        let names: BTreeSet<_> = items.iter().map(|item| &item.request.name).collect();
        assert_eq!(names.len(), items.len());
        let mut requests = items.iter().map(|item| &item.request);
        assert!(requests.all(|r| r.bytes.len() >= 16 && r.room >= 16));
    }

    #[test]
    fn a_field_is_a_line_of_key_and_value() {
        let mut bytes = vec![0; 16 + 16];
        bytes[16 + 4..16 + 6].copy_from_slice(&10022_u16.to_be_bytes());
        let reply = Reply::new(bytes).unwrap();
        assert_eq!(lines(&item("reg.PMTU"), &reply), ["reg.PMTU.max_mtu=10022"]);
        assert_eq!(
            json_of(&item("reg.PMTU"), &reply)["reg.PMTU.max_mtu"],
            10022
        );
    }

    #[test]
    fn a_refusal_is_a_line_of_status_and_syndrome() {
        let mut bytes = vec![0; 16];
        (bytes[0], bytes[7]) = (2, 9);
        let reply = Reply::new(bytes).unwrap();
        let expected = ["cap.odp.refused=0x02:BAD_OP:0x00000009"];
        assert_eq!(lines(&item("cap.odp"), &reply), expected);
    }
}
