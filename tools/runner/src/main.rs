// SPDX-License-Identifier: GPL-2.0
//! Runs a command in a guest with model devices; started by tools/guest inside the toolchain root.
//!
//! Order of a run: models, QEMU, the agent's job, streams, the command's end, power-off, the models' reports, the verdict.
//! The standard output carries the command's own output and nothing else.
#![forbid(unsafe_code)]

mod args;
mod console;
mod device;
mod error;
mod kvm;
mod model;
mod places;
mod process;
mod qemu;
mod run;
mod session;
mod verdict;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::Parser;

use crate::args::Args;
use crate::error::USAGE;

/// Prints a line of the runner's own.
fn note(text: &str) {
    eprintln!("guest: {text}");
}

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let asked = matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            );
            // A closed output is no reason for another message.
            let _ = error.print();
            return if asked {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(USAGE)
            };
        }
    };
    match run::run(&args) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            note(&error.to_string());
            ExitCode::from(error.exit_status())
        }
    }
}
