// SPDX-License-Identifier: GPL-2.0

//! One request, by name or as bytes.

#![forbid(unsafe_code)]

use crate::cli;
use crate::cxl;
use crate::device::Core;
use crate::error::Error;
use crate::out::Out;
use crate::places::Places;
use crate::reply::Report;
use crate::Outcome;
use auxcore_formats::cxl::Command as CxlCommand;
use auxcore_formats::given::Wrong;
use auxcore_formats::hex;
use auxcore_formats::mlx5::commands::Command;
use auxcore_formats::mlx5::wire::{Reply, Request};
use auxcore_uapi::fwctl::{DeviceType, Scope};
use serde_json::json;
use std::io::Read;

/// Room for the reply to a request given as bytes.
const ROOM: usize = 4096;
/// The longest text that is read from standard input: the longest request, with a mark at each byte.
const LONGEST: u64 = 8 << 20;

/// A command that was named, of either vendor.
#[derive(Clone, Copy)]
enum Given {
    Mlx5(&'static Command),
    Cxl(&'static CxlCommand),
}

/// Executes a request and prints the reply.
pub(crate) fn rpc(places: &Places, out: &mut Out, args: &cli::Rpc) -> Result<Outcome, Error> {
    let core = Core::find(places, &args.device)?;
    let given = args.command.as_deref().map(given).transpose()?;
    let bytes = args.hex.as_deref().map(bytes).transpose()?;
    let device = core.open(places)?;
    let kind = device.info(0)?.device_type;

    let by_bytes = |bytes: Vec<u8>, name: &str, scope, room| Request {
        name: name.to_owned(),
        scope,
        bytes,
        room,
    };
    let mut request = match (given, kind) {
        (Some(Given::Mlx5(command)), DeviceType::Mlx5) => named(command, &args.fields)?,
        (Some(Given::Cxl(command)), DeviceType::Cxl) => {
            let (bytes, scope, room) = cxl::named(&device, command, &args.fields)?;
            by_bytes(bytes, command.name, scope, room)
        }
        (Some(given), _) => {
            return Err(Error::Names {
                what: "command",
                named: match given {
                    Given::Mlx5(_) => DeviceType::Mlx5.name(),
                    Given::Cxl(_) => DeviceType::Cxl.name(),
                },
                kind: kind.name(),
            })
        }
        (None, _) => {
            let bytes = bytes.unwrap_or_default();
            by_bytes(bytes, "request", Scope::Configuration, ROOM)
        }
    };
    request.scope = args.scope.unwrap_or(request.scope);
    if let Some(room) = args.out_len {
        request.room = usize::try_from(room).unwrap_or(ROOM);
    }
    let reply = device.rpc(request.scope, &request.bytes, request.room)?;
    match (kind, given) {
        (DeviceType::Mlx5, Some(Given::Mlx5(command))) => {
            mlx5(out, Some(command), &request, reply, args.zero)
        }
        (DeviceType::Mlx5, _) => mlx5(out, None, &request, reply, args.zero),
        (DeviceType::Cxl, Some(Given::Cxl(command))) => {
            cxl::print(out, Some(command), command.reads(&args.fields), &reply)
        }
        (DeviceType::Cxl, _) => cxl::print(out, None, None, &reply),
        _ => other(out, &reply),
    }
}

/// Finds a command by its name.
fn given(name: &str) -> Result<Given, Error> {
    let mlx5 = Command::named(name).map(Given::Mlx5);
    mlx5.or_else(|| CxlCommand::named(name).map(Given::Cxl))
        .ok_or_else(|| Error::Command(name.to_owned()))
}

/// Prints the reply of a ConnectX device.
fn mlx5(
    out: &mut Out,
    command: Option<&Command>,
    request: &Request,
    reply: Vec<u8>,
    zero: bool,
) -> Result<Outcome, Error> {
    let len = reply.len();
    let reply = Reply::new(reply).ok_or(Error::ShortReply(len))?;
    let report = Report {
        name: request.name.clone(),
        fields: command.map(|command| command.decode(request, &reply, zero)),
        reply,
    };
    if out.is_json() {
        out.json(&report.json())?;
    } else {
        out.text(&report.text())?;
    }
    Ok(if report.is_refused() {
        Outcome::Refused
    } else {
        Outcome::Done
    })
}

/// Prints a reply whose format is not known: whether it is a refusal is for the reader to tell.
fn other(out: &mut Out, reply: &[u8]) -> Result<Outcome, Error> {
    if out.is_json() {
        out.json(&json!({ "bytes": hex::run(reply) }))?;
    } else {
        out.text(&hex::lines(reply))?;
    }
    Ok(Outcome::Done)
}

/// Returns the request of a named command.
fn named(command: &'static Command, fields: &[(String, String)]) -> Result<Request, Error> {
    command.request(fields).map_err(|wrong| match wrong {
        Wrong::Field(field) => Error::Field {
            command: command.name,
            field,
            known: command.field_names().join(", "),
        },
        Wrong::Value(field, value) => Error::Value { field, value },
    })
}

/// Reads the bytes of a request.
fn bytes(text: &str) -> Result<Vec<u8>, Error> {
    let mut input = String::new();
    let text = if text == "-" {
        let mut stdin = std::io::stdin().lock().take(LONGEST);
        stdin.read_to_string(&mut input).map_err(Error::Stdio)?;
        &input
    } else {
        text
    };
    hex::Bytes::parse(text)
        .map(|bytes| bytes.0)
        .map_err(Error::Hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_does_not_take_is_told_with_what_it_takes() {
        let command = Command::named("query-eq").unwrap();
        let wrong = named(command, &[("x".to_owned(), "1".to_owned())]);
        let text = wrong.unwrap_err().to_string();
        assert_eq!(
            text,
            "The command QUERY_EQ has no field \"x\": it has eq_number, op_mod"
        );
        let wrong = named(command, &[("eq_number".to_owned(), "256".to_owned())]);
        assert_eq!(wrong.unwrap_err().status(), 2);
    }

    #[test]
    fn a_name_is_of_one_vendor() {
        assert!(matches!(given("query-eq"), Ok(Given::Mlx5(_))));
        assert!(matches!(given("get-feature"), Ok(Given::Cxl(_))));
        assert!(matches!(given("init-hca"), Err(Error::Command(_))));
        for command in auxcore_formats::cxl::COMMANDS {
            assert!(Command::named(command.name).is_none());
        }
    }

    #[test]
    fn bytes_are_pairs_of_digits() {
        assert_eq!(bytes("01 00").unwrap(), [1, 0]);
        assert!(matches!(bytes("0x01"), Err(Error::Hex(_))));
        assert!(matches!(bytes("1"), Err(Error::Hex(_))));
    }
}
