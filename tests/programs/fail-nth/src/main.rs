// SPDX-License-Identifier: GPL-2.0

//! fail-nth: fails every allocation of an operation, one at a time, and looks at what is left.
//!
//! A kernel with fault injection fails the n-th allocation of a task whose `/proc/TID/fail-nth` says
//! so. For each n the operation must either succeed or fail with an errno for want of memory, say what is true, and work
//! when it is repeated without a fault. Firmware that dies must come back by itself, unless the fault
//! cost the child its consumer, or the driver says that it has given up: then the repair that is
//! documented must do, and such endings are counted. A sweep of which too few faults fired has shown
//! nothing, and fails. That nothing leaks is for the kernel's own detector, after this program.

#![forbid(unsafe_code)]

mod ending;
mod fault;
mod model;
mod operation;
mod stack;
mod sweep;

use crate::fault::Where;
use crate::operation::Name;
use crate::stack::Stack;
use clap::Parser;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

/// Fails every allocation of an operation, one at a time, and looks at what is left.
#[derive(Debug, Parser)]
#[command(name = "fail-nth")]
struct Args {
    /// What is done with a failing allocation in it
    operation: Name,
    /// The PCI function that the operation is about
    #[arg(long)]
    function: String,
    /// Fail allocations that the code of this module makes on workqueues' threads, not those of the caller
    #[arg(long, value_name = "MODULE")]
    worker: Option<String>,
    /// Choose at most so many of the points, spread by the seed; 0 takes all
    #[arg(long, default_value_t = 0)]
    most: u32,
    /// Seed of the choice
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only this point, with the kernel telling what it fails
    #[arg(long)]
    only: Option<u32>,
}

/// Why a sweep could not be made.
#[derive(Debug, thiserror::Error)]
enum Error {
    /// A file of the kernel's cannot be used.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's errno.
        source: io::Error,
    },
    /// The kernel's list of symbols has no code of the module.
    #[error("{0} is not loaded")]
    NoModule(String),
    /// Even without a fault the stack does not work.
    #[error("{0}, without any fault")]
    Broken(String),
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("fail-nth: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<bool, Error> {
    let place = match &args.worker {
        Some(module) => Where::Worker(module.clone()),
        None => Where::Own,
    };
    fault::configure(&place, args.operation.spared(&place), args.only.is_some())?;
    let stack = Stack::new(&args.function);
    let mut operation = operation::new(args.operation, stack);
    let outcome = sweep::sweep(
        operation.as_mut(),
        &place,
        sweep::Choice {
            most: args.most,
            seed: args.seed,
            only: args.only,
        },
    )?;
    print!("{outcome}");
    Ok(outcome.is_clean())
}
