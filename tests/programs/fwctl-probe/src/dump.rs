// SPDX-License-Identifier: GPL-2.0

//! Replies as hexadecimal, in one form that two drivers can be compared by.

#![forbid(unsafe_code)]

use crate::cli::{self, Cli};
use crate::error::Error;
use crate::hex;
use crate::mlx5::registers::REGISTERS;
use crate::mlx5::wire::{self, Request, View};
use crate::mlx5::GROUPS;
use crate::session::Session;
use auxcore_uapi::fwctl::Scope;
use std::process::ExitCode;

/// Permitted commands that a device may not know, so that refusals are compared too.
const REFUSED: [(&str, u16); 3] = [
    ("QUERY_DRIVER_VERSION", 0x10c),
    ("QUERY_CAPI_PEC", 0x981),
    ("QUERY_SCHED_QUEUE", 0x8006),
];

/// Prints every reply, or those whose request was named.
pub(crate) fn dump(cli: &Cli, args: &cli::Dump) -> Result<ExitCode, Error> {
    let session = Session::open(&cli.device)?;
    for request in requests() {
        let mut names = args.names.iter();
        if args.names.is_empty() || names.any(|name| request.name.contains(name.as_str())) {
            let (reply, _) = session.execute(&request)?;
            println!("{}", request.name);
            print!("{}", hex::lines(reply.bytes()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn requests() -> Vec<Request> {
    let mut requests = vec![wire::query_adapter(), wire::nop()];
    for group in GROUPS {
        requests.push(wire::query_hca_cap(group, View::Max));
        requests.push(wire::query_hca_cap(group, View::Current));
    }
    requests.extend(REGISTERS.iter().map(wire::read_register));
    requests.extend(REFUSED.iter().map(|(name, opcode)| Request {
        name: (*name).to_owned(),
        scope: Scope::DebugReadOnly,
        bytes: wire::header(*opcode, 0).to_vec(),
        room: 64,
    }));
    requests
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_request_has_a_name_of_its_own_and_a_header() {
        let requests = requests();
        let names: BTreeSet<_> = requests.iter().map(|request| &request.name).collect();
        assert_eq!(names.len(), requests.len());
        assert!(requests.iter().all(|r| r.bytes.len() >= 16 && r.room >= 16));
    }
}
