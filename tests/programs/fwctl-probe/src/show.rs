// SPDX-License-Identifier: GPL-2.0

//! The commands that decode what the device answers.

#![forbid(unsafe_code)]

use crate::cli::{self, Cli};
use crate::error::Error;
use crate::mlx5::field::{decode, Value};
use crate::mlx5::registers::{Selection, REGISTERS};
use crate::mlx5::wire::{self, View};
use crate::mlx5::{group_named, Group, ADAPTER, GROUPS};
use crate::report::{self, Section};
use crate::session::Session;
use std::process::ExitCode;

const SHOWN_GROUPS: [&str; 2] = ["general", "general_2"];
const SHOWN_REGISTERS: [&str; 8] = [
    "MGIR",
    "NODE_DESC",
    "MCAM",
    "PCAM",
    "QCAM",
    "PMTU",
    "PAOS",
    "PTYS",
];

/// Exit status when firmware refused something that was asked for by name.
pub(crate) const REFUSED: u8 = 3;

/// Shows the whole device.
pub(crate) fn show(cli: &Cli) -> Result<ExitCode, Error> {
    let session = Session::open(&cli.device)?;
    let mut sections = vec![info_section(cli, &session), adapter_section(&session)?];
    for group in SHOWN_GROUPS.into_iter().filter_map(group_named) {
        sections.push(group_section(&session, group, View::Current, false)?);
    }
    for register in SHOWN_REGISTERS.into_iter().filter_map(Selection::parse) {
        sections.push(register_section(&session, &register, false)?);
    }
    report::print(cli, &sections)?;
    Ok(ExitCode::SUCCESS)
}

/// Shows what the driver says.
pub(crate) fn info(cli: &Cli) -> Result<ExitCode, Error> {
    let session = Session::open(&cli.device)?;
    finish(cli, &[info_section(cli, &session)], true)
}

/// Shows the board.
pub(crate) fn adapter(cli: &Cli) -> Result<ExitCode, Error> {
    let session = Session::open(&cli.device)?;
    finish(cli, &[adapter_section(&session)?], true)
}

/// Shows capability groups.
pub(crate) fn caps(cli: &Cli, args: &cli::Caps) -> Result<ExitCode, Error> {
    let find = |name: &str| group_named(name).ok_or_else(|| Error::Group(name.to_owned()));
    let groups: Vec<&Group> = if args.all {
        GROUPS.iter().collect()
    } else if args.groups.is_empty() {
        SHOWN_GROUPS
            .into_iter()
            .map(find)
            .collect::<Result<_, _>>()?
    } else {
        let names = args.groups.iter();
        names.map(|name| find(name)).collect::<Result<_, _>>()?
    };
    let view = if args.max { View::Max } else { View::Current };

    let session = Session::open(&cli.device)?;
    let sections = groups
        .into_iter()
        .map(|group| group_section(&session, group, view, args.zero))
        .collect::<Result<Vec<_>, _>>()?;
    finish(cli, &sections, !args.all)
}

/// Shows registers.
pub(crate) fn regs(cli: &Cli, args: &cli::Regs) -> Result<ExitCode, Error> {
    let find = |name: &str| Selection::parse(name).ok_or_else(|| Error::Register(name.to_owned()));
    let registers: Vec<Selection> = if args.all {
        REGISTERS.iter().map(Selection::of).collect()
    } else if args.registers.is_empty() {
        let names = SHOWN_REGISTERS.into_iter();
        names.map(find).collect::<Result<_, _>>()?
    } else {
        let names = args.registers.iter();
        names.map(|name| find(name)).collect::<Result<_, _>>()?
    };

    let session = Session::open(&cli.device)?;
    let sections = registers
        .iter()
        .map(|register| register_section(&session, register, args.zero))
        .collect::<Result<Vec<_>, _>>()?;
    finish(cli, &sections, !args.all)
}

/// Lists what can be named.
pub(crate) fn list() -> Result<ExitCode, Error> {
    for group in GROUPS {
        println!("group {} {:#04x}", group.name, group.cap_type);
    }
    for register in REGISTERS {
        println!(
            "register {} {:#06x} {}",
            register.name, register.id, register.len
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn finish(cli: &Cli, sections: &[Section], named: bool) -> Result<ExitCode, Error> {
    report::print(cli, sections)?;
    if named && sections.iter().any(Section::is_refused) {
        return Ok(ExitCode::from(REFUSED));
    }
    Ok(ExitCode::SUCCESS)
}

fn info_section(cli: &Cli, session: &Session) -> Section {
    let info = session.info();
    let uid = if cli.mask_uid {
        Value::Text("masked".to_owned())
    } else {
        Value::Number(info.uid.into())
    };
    let values = vec![
        ("device_type".to_owned(), Value::Text("mlx5".to_owned())),
        ("uid".to_owned(), uid),
        ("uctx_caps".to_owned(), Value::Number(info.uctx_caps.into())),
    ];
    Section::new("info", values)
}

fn adapter_section(session: &Session) -> Result<Section, Error> {
    let reply = session.execute(&wire::query_adapter())?;
    let values = |reply: &wire::Reply| decode(ADAPTER, reply.data(), false);
    Ok(Section::of_reply("adapter", &reply, values))
}

fn group_section(
    session: &Session,
    group: &Group,
    view: View,
    zero: bool,
) -> Result<Section, Error> {
    let reply = session.execute(&wire::query_hca_cap(group, view))?;
    let name = format!("caps {} {}", group.name, view.name());
    let values = |reply: &wire::Reply| decode(group.fields, reply.data(), zero);
    Ok(Section::of_reply(&name, &reply, values))
}

fn register_section(
    session: &Session,
    selection: &Selection,
    zero: bool,
) -> Result<Section, Error> {
    let reply = session.execute(&wire::read_register(selection))?;
    let name = format!("register {}", selection.name);
    let fields = selection.register.fields;
    let values = |reply: &wire::Reply| decode(fields, reply.data(), zero);
    Ok(Section::of_reply(&name, &reply, values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_by_default_exists() {
        assert!(SHOWN_GROUPS
            .into_iter()
            .all(|name| group_named(name).is_some()));
        let mut names = SHOWN_REGISTERS.into_iter();
        assert!(names.all(|name| Selection::parse(name).is_some()));
    }
}
