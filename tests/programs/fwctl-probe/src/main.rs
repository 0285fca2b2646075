// SPDX-License-Identifier: GPL-2.0

//! fwctl-probe: executes firmware commands through a fwctl device and tells what came back.
//!
//! It speaks the subsystem's ioctls and the mlx5 format, and so works on every driver that serves
//! them. What it prints depends on the device only, never on the driver or the time, unless asked
//! for.

#![deny(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

mod bad_input;
mod cli;
mod cxl;
mod differential;
mod digest;
mod dump;
mod error;
#[allow(unsafe_code)]
mod ffi;
mod fuzz;
mod hold;
mod ktap;
mod load;
mod report;
mod rpc;
mod session;
mod show;

use auxcore_formats::{errno, hex, mlx5};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match run(&cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("fwctl-probe: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &cli::Cli) -> Result<ExitCode, error::Error> {
    match &cli.command {
        cli::Command::Show => show::show(cli),
        cli::Command::Info => show::info(cli),
        cli::Command::Adapter => show::adapter(cli),
        cli::Command::Caps(caps) => show::caps(cli, caps),
        cli::Command::Regs(regs) => show::regs(cli, regs),
        cli::Command::Rpc(rpc) => rpc::rpc(cli, rpc),
        cli::Command::Open => hold::open(cli),
        cli::Command::Hold => hold::hold(cli),
        cli::Command::Load(load) => load::load(cli, load),
        cli::Command::BadInput(bad_input) => bad_input::bad_input(cli, bad_input),
        cli::Command::Fuzz(fuzz) => fuzz::fuzz(cli, fuzz),
        cli::Command::Differential(args) => differential::differential(cli, args),
        cli::Command::Dump(dump) => dump::dump(cli, dump),
        cli::Command::Cxl(args) => cxl::run(cli, args),
        cli::Command::List => show::list(),
    }
}
