// SPDX-License-Identifier: GPL-2.0

//! The command line.

#![forbid(unsafe_code)]

use crate::hex;
use auxcore_uapi::fwctl::Scope;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Executes firmware commands through a fwctl device and tells what came back.
///
/// Exit status: 0 done; 1 a request was not delivered or a test failed; 2 usage; 3 firmware refused
/// something that was asked for by name.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Cli {
    /// The device file.
    #[arg(short, long, global = true, default_value = "/dev/fwctl/fwctl0")]
    pub(crate) device: PathBuf,
    /// Print JSON instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print how long each request took.
    #[arg(long, global = true)]
    pub(crate) times: bool,
    /// Print `masked` for the context's number, which differs from one open file to the next.
    #[arg(long, global = true)]
    pub(crate) mask_uid: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the device: information, board, capabilities and registers.
    Show,
    /// Show what the driver says about the device and this context.
    Info,
    /// Show the board's identity.
    Adapter,
    /// Show capabilities, field by field.
    Caps(Caps),
    /// Read registers, field by field.
    Regs(Regs),
    /// Execute any request and print its reply as hexadecimal.
    Rpc(Rpc),
    /// Open the device and close it; print `ok` or the errno's name.
    Open,
    /// Hold the device open; for each line on standard input execute a request and print `ok` or the
    /// errno's name.
    Hold,
    /// Execute requests from many threads and tell each one's fate.
    #[command(alias = "flood")]
    Load(Load),
    /// Test how the driver treats bad input; prints KTAP.
    BadInput(BadInput),
    /// Make random calls, on a device model only; print what became of them and a digest to compare
    /// two drivers by.
    Fuzz(Fuzz),
    /// Execute every command in every scope, on a device model only; print what became of each, to
    /// compare two drivers. Taints the kernel.
    Differential(Differential),
    /// Print all the device answers as lines of `key=value`, to compare two drivers.
    Dump(Dump),
    /// Use a CXL memory device: through fwctl, or through the in-tree driver's own file.
    Cxl(crate::cxl::Args),
    /// List the groups and registers that can be named.
    List,
}

/// Arguments of `caps`.
#[derive(Args, Debug)]
pub(crate) struct Caps {
    /// Groups to show [default: general general_2].
    pub(crate) groups: Vec<String>,
    /// Show every known group.
    #[arg(long, conflicts_with = "groups")]
    pub(crate) all: bool,
    /// Show the largest values instead of those in force.
    #[arg(long)]
    pub(crate) max: bool,
    /// Show fields that are zero, too.
    #[arg(long)]
    pub(crate) zero: bool,
}

/// Arguments of `regs`.
#[derive(Args, Debug)]
pub(crate) struct Regs {
    /// Registers to read, as NAME or NAME:FIELD=N,... to select an answer [default: MGIR NODE_DESC MCAM PCAM QCAM PMTU PAOS PTYS].
    pub(crate) registers: Vec<String>,
    /// Read every known register.
    #[arg(long, conflicts_with = "registers")]
    pub(crate) all: bool,
    /// Show fields that are zero, too.
    #[arg(long)]
    pub(crate) zero: bool,
}

/// A request given by hand.
#[derive(Args, Clone, Debug)]
pub(crate) struct Request {
    /// Scope: 0 configuration, 1 debug read, 2 debug write, 3 debug write full.
    #[arg(long, value_parser = scope)]
    pub(crate) scope: Option<Scope>,
    /// The request's bytes.
    #[arg(long, alias = "in", value_parser = hex::Bytes::parse)]
    pub(crate) hex: Option<hex::Bytes>,
    /// Fill the request with zeroes up to this many bytes.
    #[arg(long, default_value_t = 0)]
    pub(crate) pad_in: usize,
    /// Room for the reply, in bytes.
    #[arg(long)]
    pub(crate) out_len: Option<usize>,
}

/// Arguments of `rpc`.
#[derive(Args, Debug)]
pub(crate) struct Rpc {
    /// The request [default: scope 0, out-len 16; --hex must be given].
    #[command(flatten)]
    pub(crate) request: Request,
    /// Execute it this many times.
    #[arg(long, default_value_t = 1)]
    pub(crate) repeat: u32,
}

/// Arguments of `load`.
#[derive(Args, Debug)]
pub(crate) struct Load {
    /// The request [default: QUERY_HCA_CAP general].
    #[command(flatten)]
    pub(crate) request: Request,
    /// Threads.
    #[arg(long, alias = "count", default_value_t = 64)]
    pub(crate) threads: u16,
    /// Open files, shared by the threads in turn [default: one for each thread].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) fds: Option<u16>,
    /// Requests of each thread, one after the other.
    #[arg(long, default_value_t = 1)]
    pub(crate) repeat: u32,
    /// Print `ready` when every file is open, and wait for a line on standard input.
    #[arg(long)]
    pub(crate) gate: bool,
    /// Afterwards wait for one more line, then execute once more on every file.
    #[arg(long)]
    pub(crate) linger: bool,
}

/// Arguments of `bad-input`.
#[derive(Args, Debug)]
pub(crate) struct BadInput {
    /// Skip what taints the kernel.
    #[arg(long)]
    pub(crate) no_taint: bool,
}

/// Arguments of `fuzz`.
#[derive(Args, Debug)]
pub(crate) struct Fuzz {
    /// Which random requests.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many.
    #[arg(long, default_value_t = 5000)]
    pub(crate) count: u32,
    /// Use scopes 2 and 3 too, which taints the kernel.
    #[arg(long)]
    pub(crate) taint: bool,
    /// From so many threads, each with a file and a seed of its own; replies may then depend on the
    /// order.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: u16,
}

/// Arguments of `differential`.
#[derive(Args, Debug)]
pub(crate) struct Differential {
    /// Every opcode there could be, instead of those of the ranges in use and some others.
    #[arg(long)]
    pub(crate) full: bool,
    /// Which others.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many others.
    #[arg(long, default_value_t = 500)]
    pub(crate) others: u32,
}

/// Arguments of `dump`.
#[derive(Args, Debug)]
pub(crate) struct Dump {
    /// Only requests whose key or name contains one of these.
    pub(crate) names: Vec<String>,
    /// Print replies as hexadecimal, including those that have no keys.
    #[arg(long)]
    pub(crate) raw: bool,
}

pub(crate) fn scope(text: &str) -> Result<Scope, String> {
    text.parse()
        .ok()
        .and_then(Scope::from_number)
        .ok_or_else(|| "A scope is a number from 0 to 3".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn scopes_are_numbers_up_to_three() {
        assert_eq!(scope("3"), Ok(Scope::DebugWriteFull));
        assert!(scope("4").is_err());
        assert!(scope("-1").is_err());
        assert!(scope("").is_err());
    }
}
