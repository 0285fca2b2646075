// SPDX-License-Identifier: GPL-2.0

//! CXL memory devices: their features, and any command of their mailbox.
//!
//! The same commands go through fwctl or, as raw commands, through the in-tree driver's
//! `/dev/cxl/memN`; what is printed is the same for both, so that the two can be compared.

#![deny(unsafe_code)]

#[allow(unsafe_code)]
mod ffi;
mod way;

use crate::cli::Cli;
use crate::error::Error;
use crate::hex::{self, Bytes};
use auxcore_uapi::cxl::{self, Entry, GetRequest, ListHeader, ListRequest, SetRequest, Uuid};
use auxcore_uapi::fwctl::Scope;
use auxcore_uapi::Device;
use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use way::Way;
use zerocopy::byteorder::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// Mailbox commands that only the in-tree driver's file executes.
const IDENTIFY: u16 = 0x4000;
const GET_SUPPORTED_LOGS: u16 = 0x0400;
const GET_LOG: u16 = 0x0401;

/// The log that lists a device's commands and their effects.
const EFFECTS: Uuid = Uuid([
    0x0d, 0xa9, 0xc0, 0xb5, 0xbf, 0x41, 0x4b, 0x78, 0x8f, 0x79, 0x96, 0xb1, 0x62, 0x3b, 0x3f, 0x17,
]);

/// The most bytes that are asked for at once.
const ROOM: usize = 2048;

/// The ways to a device.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Through {
    /// `--device`, a fwctl device.
    Fwctl,
    /// `--memdev`, the in-tree driver's file.
    Memdev,
}

/// Arguments of `cxl`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The way to the device.
    #[arg(long, value_enum, default_value_t = Through::Fwctl)]
    through: Through,
    /// The in-tree driver's file.
    #[arg(long, default_value = "/dev/cxl/mem0")]
    memdev: PathBuf,
    /// Scope of what is set, and of `raw`.
    #[arg(long, value_parser = crate::cli::scope, default_value = "0")]
    scope: Scope,
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Print the device's type and data, through fwctl only.
    Info,
    /// List the features, a line for each.
    Features,
    /// Print the value of every feature: current, default and saved, where the device has it.
    Values,
    /// Print the value of a feature.
    Get {
        /// The feature.
        #[arg(value_parser = uuid)]
        uuid: Uuid,
        /// First byte.
        #[arg(long, default_value_t = 0)]
        offset: u16,
        /// Bytes [default: as many as the device lists].
        #[arg(long)]
        count: Option<u16>,
        /// 0 the current value, 1 the default, 2 the saved one.
        #[arg(long, default_value_t = 0)]
        selection: u8,
    },
    /// Set the value of a feature.
    Set {
        /// The feature.
        #[arg(value_parser = uuid)]
        uuid: Uuid,
        /// The value.
        #[arg(long, value_parser = Bytes::parse)]
        hex: Bytes,
        /// First byte of the value that is set.
        #[arg(long, default_value_t = 0)]
        offset: u16,
        /// Version of the value [default: the one that the device lists].
        #[arg(long)]
        version: Option<u8>,
    },
    /// Execute any command and print its return code and payload.
    Raw {
        /// The command, in hexadecimal.
        #[arg(long, value_parser = opcode)]
        opcode: u16,
        /// Its payload.
        #[arg(long, value_parser = Bytes::parse, default_value = "")]
        hex: Bytes,
        /// Room for the returned payload, in bytes.
        #[arg(long, default_value_t = 0)]
        out_len: usize,
        /// State this length of the payload, whatever it is; through fwctl only.
        #[arg(long)]
        stated: Option<u32>,
    },
    /// Print identity, logs and commands, as the core driver's file `device` in debugfs has them.
    Describe,
}

/// Does what was asked for.
pub(crate) fn run(cli: &Cli, args: &Args) -> Result<ExitCode, Error> {
    let way = Way::open(cli, args)?;
    let done = match &args.command {
        Command::Info => way.info().map(|info| println!("{info}")),
        Command::Features => features(&way),
        Command::Values => values(&way),
        Command::Get {
            uuid,
            offset,
            count,
            selection,
        } => get(&way, *uuid, *offset, *count, *selection),
        Command::Set {
            uuid,
            hex,
            offset,
            version,
        } => set(&way, args.scope, *uuid, *offset, *version, &hex.0),
        Command::Raw {
            opcode,
            hex,
            out_len,
            stated,
        } => way
            .execute_stating(args.scope, *opcode, &hex.0, *stated, *out_len)
            .map(|(code, bytes)| println!("return code {code:#x}\n{}", hex::run(&bytes))),
        Command::Describe => describe(&way),
    };
    match done {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error @ Error::Refused { .. }) => {
            println!("{error}");
            Ok(ExitCode::from(crate::show::REFUSED))
        }
        // The errno alone, for scripts.
        Err(error) => {
            println!("{}", error.result());
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Reads the list of features of a fwctl device.
pub(crate) fn features_of(device: Device) -> Result<Vec<Entry>, Error> {
    list(&Way::Fwctl(device))
}

/// Reads the whole list of features.
fn list(way: &Way) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    loop {
        let start = u16::try_from(entries.len()).unwrap_or(u16::MAX);
        let request = ListRequest {
            count: u32::try_from(ROOM).unwrap_or(0).into(),
            start: start.into(),
            ..ListRequest::default()
        };
        let reply = way.accepted(cxl::GET_SUPPORTED_FEATURES, request.as_bytes(), ROOM)?;
        let short = || Error::ShortReply("the list of features".to_owned());
        let (header, rest) = ListHeader::read_from_prefix(&reply).map_err(|_| short())?;
        let before = entries.len();
        for bytes in rest.chunks_exact(size_of::<Entry>()) {
            entries.push(Entry::read_from_bytes(bytes).map_err(|_| short())?);
        }
        let total = usize::from(header.features.get());
        if entries.len() >= total || entries.len() == before {
            return Ok(entries);
        }
    }
}

fn find(way: &Way, uuid: Uuid) -> Result<Option<Entry>, Error> {
    Ok(list(way)?.into_iter().find(|entry| entry.uuid == uuid))
}

fn features(way: &Way) -> Result<(), Error> {
    for entry in list(way)? {
        println!(
            "{} id={} get={} set={} flags={:#x} versions={},{} effects={:#06x} reserved={}",
            entry.uuid,
            entry.id,
            entry.get_size,
            entry.set_size,
            entry.flags,
            entry.get_version,
            entry.set_version,
            entry.effects,
            hex::run(&entry.reserved)
        );
    }
    Ok(())
}

fn get_request(uuid: Uuid, offset: u16, count: u16, selection: u8) -> GetRequest {
    GetRequest {
        uuid,
        offset: offset.into(),
        count: count.into(),
        selection,
    }
}

fn values(way: &Way) -> Result<(), Error> {
    for entry in list(way)? {
        let count = entry.get_size.get();
        for (selection, name) in (0..).zip(["current", "default", "saved"]) {
            let request = get_request(entry.uuid, 0, count, selection);
            let (code, value) = way.execute(
                Scope::Configuration,
                cxl::GET_FEATURE,
                request.as_bytes(),
                usize::from(count),
            )?;
            println!("{} {name} code={code:#x} {}", entry.uuid, hex::run(&value));
        }
    }
    Ok(())
}

fn get(way: &Way, uuid: Uuid, offset: u16, count: Option<u16>, selection: u8) -> Result<(), Error> {
    let count = match count {
        Some(count) => count,
        None => find(way, uuid)?.map_or(1, |entry| entry.get_size.get()),
    };
    let request = get_request(uuid, offset, count, selection);
    let value = way.accepted(cxl::GET_FEATURE, request.as_bytes(), usize::from(count))?;
    println!("{}", hex::run(&value));
    Ok(())
}

fn set(
    way: &Way,
    scope: Scope,
    uuid: Uuid,
    offset: u16,
    version: Option<u8>,
    value: &[u8],
) -> Result<(), Error> {
    let version = match version {
        Some(version) => version,
        None => find(way, uuid)?.map_or(0, |entry| entry.set_version),
    };
    let header = SetRequest {
        uuid,
        offset: offset.into(),
        version,
        ..SetRequest::default()
    };
    let payload = [header.as_bytes(), value].concat();
    let opcode = cxl::SET_FEATURE;
    match way.execute(scope, opcode, &payload, 0)? {
        (0, _) => {
            println!("OK");
            Ok(())
        }
        (code, _) => Err(Error::Refused { opcode, code }),
    }
}

/// A log of the device.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Log {
    uuid: Uuid,
    size: U32,
}

fn describe(way: &Way) -> Result<(), Error> {
    let identity = way.accepted(IDENTIFY, &[], 0x43)?;
    println!("identity {}", hex::run(&identity));
    let reply = way.accepted(GET_SUPPORTED_LOGS, &[], ROOM)?;
    let entries = reply.get(8..).unwrap_or(&[]).chunks_exact(size_of::<Log>());
    let logs: Vec<Log> = entries
        .filter_map(|entry| Log::read_from_bytes(entry).ok())
        .collect();
    for log in &logs {
        println!("log {} size={:#x}", log.uuid, log.size);
    }
    for log in logs.iter().filter(|log| log.uuid == EFFECTS) {
        let request = [
            log.uuid.as_bytes(),
            U32::ZERO.as_bytes(),
            log.size.as_bytes(),
        ]
        .concat();
        let size = usize::try_from(log.size.get()).unwrap_or(ROOM);
        for entry in way.accepted(GET_LOG, &request, size)?.chunks_exact(4) {
            let Ok([opcode, effects]) = <[U16; 2]>::read_from_bytes(entry) else {
                continue;
            };
            println!("command {opcode:#06x} effects={effects:#06x}");
        }
    }
    Ok(())
}

/// Reads a command's number, in hexadecimal.
fn opcode(text: &str) -> Result<u16, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    u16::from_str_radix(digits, 16).map_err(|error| error.to_string())
}

/// Reads a feature's name.
fn uuid(text: &str) -> Result<Uuid, String> {
    let bytes = Bytes::parse(&text.replace('-', ""))?.0;
    let bytes = <[u8; 16]>::try_from(bytes).map_err(|_| "A name has 32 digits".to_owned())?;
    Ok(Uuid(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_read_as_they_are_written() {
        let text = "0da9c0b5-bf41-4b78-8f79-96b1623b3f17";
        assert_eq!(uuid(text), Ok(EFFECTS));
        assert_eq!(EFFECTS.to_string(), text);
        assert!(uuid("0da9c0b5").is_err());
        assert_eq!(opcode("0x0500"), Ok(0x500));
        assert_eq!(opcode("500"), Ok(0x500));
        assert!(opcode("x").is_err());
    }
}
