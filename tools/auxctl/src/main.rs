// SPDX-License-Identifier: GPL-2.0

//! auxctl: shows core devices and what hangs below them, and talks to their firmware.
//!
//! What it learns from sysfs and through fwctl devices it learns of any driver's devices; the journal,
//! the counters and the policy are auxcore's own. Documentation/userspace-api/auxctl.rst is its manual.

#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

mod cli;
mod cxl;
mod device;
mod error;
mod info;
mod journal;
mod lines;
mod list;
mod out;
mod places;
mod policy;
mod regs;
mod reply;
mod rpc;
mod stats;
#[cfg(test)]
mod testing;
mod tree;

use clap::Parser;
use cli::{Cli, Command};
use error::Error;
use out::Out;
use places::Places;
use std::process::ExitCode;

/// What became of a command that was carried out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Outcome {
    /// All went well.
    Done,
    /// Firmware refused a request; the reply was printed.
    Refused,
}

/// Exit status when firmware refused a request.
const REFUSED: u8 = 3;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(Outcome::Done) | Err(Error::Closed) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::from(REFUSED),
        Err(error) => {
            // Nobody may be left to read it.
            let _ = out::complain(&error);
            ExitCode::from(error.status())
        }
    }
}

fn run(cli: &Cli) -> Result<Outcome, Error> {
    let places = Places::new(cli);
    let mut out = Out::new(cli.json);
    match &cli.command {
        Command::Tree(args) => tree::tree(&places, &mut out, args),
        Command::Info(args) => info::info(&places, &mut out, args),
        Command::Rpc(args) => rpc::rpc(&places, &mut out, args),
        Command::Regs(args) => regs::regs(&places, &mut out, args),
        Command::Journal(args) => journal::journal(&places, &mut out, args),
        Command::Stats(args) => stats::stats(&places, &mut out, args),
        Command::Policy(args) => policy::policy(&places, &mut out, args),
        Command::List => list::list(&mut out),
    }
}
