// SPDX-License-Identifier: GPL-2.0

//! The command line.

#![forbid(unsafe_code)]

use auxcore_uapi::fwctl::Scope;
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Text that closes the help.
const AFTER: &str = "\
DEV is a PCI address (0000:01:00.0, or 01:00.0), or the name of a fwctl device (fwctl0, or its path), of a network or RDMA
device, or of an auxiliary device.

Exit status:
  0  done
  1  the system or the device failed a call
  2  usage, or a name that this program does not know
  3  firmware refused a request; its reply was printed
  4  there is no such device, or its driver does not offer what was asked for";

/// Shows core devices and what hangs below them, and talks to their firmware.
#[derive(Debug, Parser)]
#[command(version, after_help = AFTER, max_term_width = 110)]
pub(crate) struct Cli {
    /// Print JSON instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where sysfs is.
    #[arg(
        long,
        global = true,
        hide = true,
        env = "AUXCTL_SYSFS",
        default_value = "/sys"
    )]
    pub(crate) sysfs: PathBuf,
    /// Where debugfs is.
    #[arg(
        long,
        global = true,
        hide = true,
        env = "AUXCTL_DEBUGFS",
        default_value = "/sys/kernel/debug"
    )]
    pub(crate) debugfs: PathBuf,
    /// Where device files are.
    #[arg(long, global = true, hide = true, default_value = "/dev")]
    pub(crate) dev: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show devices with their core drivers, children, consumers, and the devices that users see.
    Tree(Tree),
    /// Show what a fwctl device is and what this context may do.
    Info(One),
    /// Execute a request in a device's firmware and print the reply.
    Rpc(Rpc),
    /// Read registers of a ConnectX device, field by field.
    Regs(Regs),
    /// Show what user programs changed in a device.
    Journal(Journal),
    /// Show what became of the commands of a device's firmware channel.
    Stats(Several),
    /// Show or set when a device offers firmware commands to users.
    Policy(Policy),
    /// List the commands, capability groups and registers that have names.
    List,
}

/// Arguments of `tree`.
#[derive(Args, Debug)]
pub(crate) struct Tree {
    /// The device [default: every one with a child, a fwctl device or a driver of auxcore].
    #[arg(value_name = "DEV")]
    pub(crate) device: Option<String>,
}

/// One device.
#[derive(Args, Debug)]
pub(crate) struct One {
    /// The device.
    #[arg(value_name = "DEV")]
    pub(crate) device: String,
}

/// One device, or every one with a driver of auxcore.
#[derive(Args, Debug)]
pub(crate) struct Several {
    /// The device [default: every one with a driver of auxcore].
    #[arg(value_name = "DEV")]
    pub(crate) device: Option<String>,
}

/// Arguments of `rpc`.
#[derive(Args, Debug)]
pub(crate) struct Rpc {
    /// The device.
    #[arg(value_name = "DEV")]
    pub(crate) device: String,
    /// A command's name; `list` names them.
    #[arg(required_unless_present = "hex", conflicts_with = "hex")]
    pub(crate) command: Option<String>,
    /// The command's fields, each FIELD=N or FIELD=0xN; of a CXL device FIELD=NAME or FIELD=BYTES, too.
    #[arg(value_name = "FIELD=VALUE", value_parser = pair)]
    pub(crate) fields: Vec<(String, String)>,
    /// The request's bytes, as hexadecimal digits; `-` reads them from standard input.
    #[arg(long, value_name = "BYTES")]
    pub(crate) hex: Option<String>,
    /// Scope: 0 configuration, 1 debug read, 2 debug write, 3 debug write full; 2 and 3 taint the kernel
    /// [default: what the named command needs, or 0].
    #[arg(long, value_parser = scope)]
    pub(crate) scope: Option<Scope>,
    /// Room for the reply, in bytes [default: what the named command needs, or 4096].
    #[arg(long, value_parser = clap::value_parser!(u32).range(..=i64::from(auxcore_uapi::fwctl::MAX_RPC_LEN)))]
    pub(crate) out_len: Option<u32>,
    /// Show fields that are zero, too.
    #[arg(long)]
    pub(crate) zero: bool,
}

/// Arguments of `regs`.
#[derive(Args, Debug)]
pub(crate) struct Regs {
    /// The device.
    #[arg(value_name = "DEV")]
    pub(crate) device: String,
    /// Registers: NAME, NAME:FIELD=N,... to select an answer, or a number 0xID or 0xID/BYTES [default: MGIR].
    #[arg(value_name = "REGISTER")]
    pub(crate) registers: Vec<String>,
    /// Read every register that has a name.
    #[arg(long, conflicts_with = "registers")]
    pub(crate) all: bool,
    /// Show fields that are zero, too.
    #[arg(long)]
    pub(crate) zero: bool,
}

/// Arguments of `journal`.
#[derive(Args, Debug)]
pub(crate) struct Journal {
    /// The device [default: every one with a driver of auxcore].
    #[arg(value_name = "DEV")]
    pub(crate) device: Option<String>,
    /// Go on, and print each new entry as it comes, until the device goes.
    #[arg(long, short, requires = "device")]
    pub(crate) follow: bool,
}

/// Arguments of `policy`.
#[derive(Args, Debug)]
pub(crate) struct Policy {
    /// The device [default: show every one with a driver of auxcore].
    #[arg(value_name = "DEV")]
    pub(crate) device: Option<String>,
    /// The new policy: always, rdma or not-netdev-only.
    #[arg(value_name = "VALUE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) value: Option<String>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a field is given as FIELD=N".to_owned()),
    }
}

fn scope(text: &str) -> Result<Scope, String> {
    text.parse()
        .ok()
        .and_then(Scope::from_number)
        .ok_or_else(|| "a scope is a number from 0 to 3".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(words: &[&str]) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(["auxctl"].iter().chain(words))
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_request_is_named_or_given_but_not_both() {
        assert!(parse(&["rpc", "fwctl0", "nop"]).is_ok());
        assert!(parse(&["rpc", "fwctl0", "--hex", "00"]).is_ok());
        assert!(parse(&["rpc", "fwctl0"]).is_err());
        assert!(parse(&["rpc", "fwctl0", "nop", "--hex", "00"]).is_err());
        assert!(parse(&["rpc", "fwctl0", "nop", "op_mod"]).is_err());
        assert!(parse(&["rpc", "fwctl0", "nop", "=1"]).is_err());
        assert!(parse(&["rpc", "fwctl0", "nop", "--scope", "4"]).is_err());
        assert!(parse(&["rpc", "fwctl0", "nop", "--out-len", "2097153"]).is_err());
    }

    #[test]
    fn only_one_journal_is_followed() {
        assert!(parse(&["journal", "--follow"]).is_err());
        assert!(parse(&["journal", "01:00.0", "--follow"]).is_ok());
    }
}
