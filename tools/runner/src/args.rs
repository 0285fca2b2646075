// SPDX-License-Identifier: GPL-2.0
//! The command line, and what is wrong with one before anything is started.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::time::Duration;

use auxcore_wire::Stack;
use clap::{Parser, ValueEnum};

use crate::device::Device;
use crate::error::RunError;

/// Which driver stack the guest loads before the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Driver {
    /// auxcore_mlx5, told to claim every ConnectX function; consumers load by modalias
    Ours,
    /// the stock mlx5_core; mlx5_fwctl loads by modalias
    Upstream,
    /// nothing; the command loads what it wants
    None,
}

impl From<Driver> for Stack {
    fn from(driver: Driver) -> Self {
        match driver {
            Driver::Ours => Self::Ours,
            Driver::Upstream => Self::Upstream,
            Driver::None => Self::None,
        }
    }
}

/// The guest's network beside its devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Net {
    /// no network card at all
    None,
    /// QEMU's user-mode network as eth0, 10.0.2.15
    User,
}

/// What executes the guest's instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Accel {
    /// KVM where a guest was seen to boot under it, else TCG
    Auto,
    /// KVM, untried
    Kvm,
    /// QEMU's translator
    Tcg,
}

/// The most devices of a guest: eight root ports in each of eight slots of the root bus.
const MOST_DEVICES: usize = 64;

/// Text that closes the help: what a script needs to know.
const EXIT_STATUS: &str = "\
Exit status: that of COMMAND (128+N if signal N killed it in the guest, 126 if it cannot be executed, 127 if it is not
found), except
  120  the guest's kernel reported a fault (oops, WARN, BUG, lockdep, KASAN, hung task, RCU stall); the log is printed
  121  COMMAND succeeded, but a device model counted protocol violations of the driver
  122  the guest ended without telling how COMMAND ended
  123  usage error
  124  the time was up
  125  the run could not be made: set-up, QEMU, a device model or the driver stack failed
  128+N  signal N ended the run from outside

Devices: connectx[,KEY=VALUE...] (keys: connectx-model --list-keys), or a stock device of QEMU: edu, pci-testdev, igb,
rocker, rtl8139, cxl-type3 (a CXL memory device of 256 MiB), each with QEMU's own properties. The guest reaches the control channel of model N as
/dev/virtio-ports/auxcore.model.N and a writable directory as $AUXCORE_SCRATCH.";

/// Boot a guest, load a driver stack, run COMMAND in it with the project tree as working directory.
#[derive(Clone, Debug, Parser)]
#[command(name = "tools/guest", after_help = EXIT_STATUS, max_term_width = 110)]
pub struct Args {
    /// Add a device, behind a root port of its own; repeatable
    #[arg(long = "device", value_name = "DEVICE[,KEY=VALUE...]")]
    pub devices: Vec<Device>,
    /// Driver stack to load
    #[arg(long, value_enum, default_value_t = Driver::None)]
    pub driver: Driver,
    /// Build the modules of a vendor outside of the tree against ours, and show the guest its directory; repeatable (done
    /// by the tools/guest script)
    #[arg(long = "modules", value_name = "DIR")]
    pub modules: Vec<PathBuf>,
    /// Kernel to boot: `default`, or the name of a fragment in tests/config (seen by the tools/guest script)
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub kernel: String,
    /// Network of the guest
    #[arg(long, value_enum, default_value_t = Net::None)]
    pub net: Net,
    /// Seconds after which everything is killed
    #[arg(long, value_name = "S", default_value = "300", value_parser = parse_timeout)]
    pub timeout: Duration,
    /// Processors of the guest
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=8))]
    pub smp: u8,
    /// Count the guest's instructions between its marks, on one processor whose time is its instructions; the counts are the
    /// file counts of --keep (see tools/bench)
    #[arg(long, requires = "keep", conflicts_with_all = ["smp", "accel"])]
    pub icount: bool,
    /// Memory of the guest, in MiB or with a suffix M or G
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = parse_mem)]
    pub mem: u64,
    /// Arguments added to the kernel's command line; repeatable
    #[arg(long, value_name = "ARGS", allow_hyphen_values = true)]
    pub append: Vec<String>,
    /// What executes the guest
    #[arg(long, value_enum, default_value_t = Accel::Auto)]
    pub accel: Accel,
    /// Keep the run's files here: console log, the models' reports and logs, and what COMMAND writes to $AUXCORE_SCRATCH
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Hand the standard input to COMMAND
    #[arg(long)]
    pub stdin: bool,
    /// Print every command that the models execute
    #[arg(long)]
    pub trace: bool,
    /// Do not unload the driver stack after COMMAND, so that the power-off meets it
    #[arg(long)]
    pub keep_loaded: bool,
    /// Print the guest's kernel log in any case
    #[arg(long)]
    pub console: bool,
    /// Only check the arguments
    #[arg(long, hide = true)]
    pub check: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

impl Args {
    /// Checks what spans several options.
    ///
    /// # Errors
    ///
    /// More devices than the guest has slots, or a kernel argument that would break the runner's own.
    pub fn consistent(&self) -> Result<(), RunError> {
        if self.devices.len() > MOST_DEVICES {
            return Err(RunError::Usage(format!(
                "{} devices are given and a guest takes at most {MOST_DEVICES}: leave some out.",
                self.devices.len()
            )));
        }
        let own = ["root=", "rootfstype=", "init=", "console="];
        for word in self.append.iter().flat_map(|text| text.split_whitespace()) {
            if own.iter().any(|prefix| word.starts_with(prefix)) {
                return Err(RunError::Usage(format!(
                    "--append {word} would replace an argument that the runner needs: leave it out."
                )));
            }
        }
        Ok(())
    }
}

fn parse_timeout(text: &str) -> Result<Duration, String> {
    match text.parse::<u32>() {
        Ok(seconds) if seconds > 0 => Ok(Duration::from_secs(seconds.into())),
        _ => Err("a timeout is a whole number of seconds, at least 1".into()),
    }
}

/// Memory in MiB.
fn parse_mem(text: &str) -> Result<u64, String> {
    let (digits, scale) = match text.strip_suffix(['G', 'g']) {
        Some(digits) => (digits, 1024),
        None => (text.strip_suffix(['M', 'm']).unwrap_or(text), 1),
    };
    match digits
        .parse::<u64>()
        .ok()
        .and_then(|size| size.checked_mul(scale))
    {
        Some(size @ 256..=65536) => Ok(size),
        _ => Err("memory is 256M to 64G".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Args, clap::Error> {
        Args::try_parse_from([&["tools/guest"], words].concat())
    }

    #[test]
    fn everything_after_the_dashes_is_the_command() {
        let args = parse(&["--timeout", "5", "--", "sh", "-c", "--driver"]).ok();
        assert_eq!(
            args.map(|args| args.command),
            Some(vec!["sh".into(), "-c".into(), "--driver".into()])
        );
    }

    #[test]
    fn a_command_is_required() {
        assert!(parse(&["--driver", "none"]).is_err());
        assert!(parse(&["--driver", "none", "--"]).is_err());
    }

    #[test]
    fn sizes_and_times_have_bounds() {
        for bad in [
            "--mem=0",
            "--mem=255M",
            "--mem=65G",
            "--mem=x",
            "--mem=99999999999999999G",
            "--timeout=0",
            "--smp=9",
        ] {
            assert!(parse(&[bad, "--", "true"]).is_err(), "{bad}");
        }
        assert_eq!(
            parse(&["--mem=2G", "--", "true"]).ok().map(|args| args.mem),
            Some(2048)
        );
        assert_eq!(
            parse(&["--mem=512", "--", "true"])
                .ok()
                .map(|args| args.mem),
            Some(512)
        );
    }

    #[test]
    fn devices_of_all_kinds_mix_up_to_the_limit() {
        let check = |count: usize| {
            let kinds = ["edu", "pci-testdev", "connectx,fw=1.2.3"];
            let mut words: Vec<&str> = kinds
                .iter()
                .cycle()
                .take(count)
                .flat_map(|kind| ["--device", kind])
                .collect();
            words.extend(["--", "true"]);
            parse(&words)
                .ok()
                .map(|args| (args.devices.len(), args.consistent().is_ok()))
        };
        assert_eq!(check(0), Some((0, true)));
        assert_eq!(check(MOST_DEVICES), Some((64, true)));
        assert_eq!(check(MOST_DEVICES + 1), Some((65, false)));
    }

    #[test]
    fn the_runners_own_kernel_arguments_stay() {
        let check = |text: &str| {
            parse(&["--append", text, "--", "true"])
                .ok()
                .map(|args| args.consistent().is_ok())
        };
        assert_eq!(check("quiet init=/bin/sh"), Some(false));
        assert_eq!(check("kunit.enable=1 loglevel=3"), Some(true));
    }
}
