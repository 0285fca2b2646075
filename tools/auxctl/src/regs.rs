// SPDX-License-Identifier: GPL-2.0

//! Registers of a ConnectX device.

#![forbid(unsafe_code)]

use crate::cli;
use crate::device::Core;
use crate::error::Error;
use crate::out::Out;
use crate::places::Places;
use crate::reply::Report;
use crate::Outcome;
use auxcore_formats::given::number;
use auxcore_formats::mlx5::field::{decode, Field};
use auxcore_formats::mlx5::registers::{Selection, REGISTERS};
use auxcore_formats::mlx5::wire::{self, Reply, Request};
use auxcore_uapi::fwctl::DeviceType;

/// What is read when nothing is named.
const DEFAULT: &str = "MGIR";
/// Bytes of a register whose size was not given.
const LEN: usize = 256;
/// The most bytes that are read of one.
const MOST: u64 = 4096;

/// A register to read and what its bytes mean.
#[derive(Debug)]
struct Wanted {
    name: String,
    request: Request,
    fields: &'static [Field],
}

/// Reads registers. Those that were asked for by name must be there.
pub(crate) fn regs(places: &Places, out: &mut Out, args: &cli::Regs) -> Result<Outcome, Error> {
    let core = Core::find(places, &args.device)?;
    let wanted = wanted(args)?;
    let device = core.open(places)?;
    let kind = device.info(0)?.device_type;
    if kind != DeviceType::Mlx5 {
        return Err(Error::Names {
            what: "register",
            named: DeviceType::Mlx5.name(),
            kind: kind.name(),
        });
    }

    let mut reports = Vec::new();
    for register in wanted {
        let request = &register.request;
        let bytes = device.rpc(request.scope, &request.bytes, request.room)?;
        let len = bytes.len();
        let reply = Reply::new(bytes).ok_or(Error::ShortReply(len))?;
        reports.push(Report {
            name: register.name,
            fields: Some(decode(register.fields, reply.data(), args.zero)),
            reply,
        });
    }
    if out.is_json() {
        out.json(&reports.iter().map(Report::json).collect::<Vec<_>>())?;
    } else {
        for report in &reports {
            out.text(&report.text())?;
        }
    }
    let refused = !args.all && reports.iter().any(Report::is_refused);
    Ok(if refused {
        Outcome::Refused
    } else {
        Outcome::Done
    })
}

fn wanted(args: &cli::Regs) -> Result<Vec<Wanted>, Error> {
    let named = |selection: &Selection| Wanted {
        name: selection.name.clone(),
        request: wire::read_register(selection),
        fields: selection.register.fields,
    };
    if args.all {
        return Ok(REGISTERS
            .iter()
            .map(Selection::of)
            .map(|s| named(&s))
            .collect());
    }
    let default = [DEFAULT.to_owned()];
    let texts = if args.registers.is_empty() {
        &default[..]
    } else {
        &args.registers[..]
    };
    texts
        .iter()
        .map(|text| {
            let selection = Selection::parse(text);
            let wanted = selection.map(|selection| named(&selection));
            wanted
                .or_else(|| numbered(text))
                .ok_or_else(|| Error::Register(text.clone()))
        })
        .collect()
}

/// Reads `0xID` or `0xID/BYTES`.
fn numbered(text: &str) -> Option<Wanted> {
    let (id, len) = match text.split_once('/') {
        Some((id, len)) => (
            id,
            usize::try_from(number(len).filter(|n| *n <= MOST)?).ok()?,
        ),
        None => (text, LEN),
    };
    let id = u16::try_from(number(id)?).ok()?;
    let name = format!("{id:#06x}");
    Some(Wanted {
        request: wire::access_register(&name, id, &vec![0; len]),
        name,
        fields: &[],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(names: &[&str]) -> cli::Regs {
        cli::Regs {
            device: String::new(),
            registers: names.iter().map(|name| (*name).to_owned()).collect(),
            all: false,
            zero: false,
        }
    }

    fn names(names: &[&str]) -> Result<Vec<String>, Error> {
        let found = wanted(&args(names))?;
        Ok(found.into_iter().map(|wanted| wanted.name).collect())
    }

    #[test]
    fn registers_go_by_name_number_and_size() {
        assert_eq!(names(&[]).unwrap(), ["MGIR"]);
        let said = names(&["pmtu", "MCQS:component_index=1", "0x9062", "0x9062/32"]).unwrap();
        assert_eq!(said, ["PMTU", "MCQS:component_index=1", "0x9062", "0x9062"]);
        let sized = numbered("0x9062/32").unwrap().request;
        assert_eq!((sized.bytes.len(), sized.room), (48, 48));
        assert_eq!(sized.bytes[8..12], [0, 0, 0x90, 0x62]);
    }

    #[test]
    fn what_is_no_register_is_refused() {
        for text in [
            "", "NONE", "0x10000", "0x1/x", "0x1/4097", "0x1/-1", "MGIR:x=1", "/",
        ] {
            assert!(matches!(names(&[text]), Err(Error::Register(_))), "{text}");
        }
    }

    #[test]
    fn all_are_all_that_have_names() {
        let mut all = args(&[]);
        all.all = true;
        assert_eq!(wanted(&all).unwrap().len(), REGISTERS.len());
    }
}
