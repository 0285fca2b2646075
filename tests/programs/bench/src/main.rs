// SPDX-License-Identifier: GPL-2.0

//! bench-guest: does in a guest what is to be measured, and marks where it begins and ends.
//!
//! Each command but `text` is one series of intervals. It prints `series NAME` when it begins, and the
//! wall time of each interval in nanoseconds as `ns N`. `tools/bench` puts them beside the
//! instructions that the runner counted.

#![deny(unsafe_code)]

#[allow(unsafe_code)]
mod ffi;
mod kernel;
mod text;
mod up;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use auxcore_uapi::fwctl::{RpcArgument, Scope};
use auxcore_uapi::raw::{self, Input, Output, Tail};
use auxcore_uapi::Device;
use clap::{Parser, Subcommand};

/// Does in a guest what is to be measured, and marks where it begins and ends.
#[derive(Debug, Parser)]
#[command(name = "bench-guest")]
struct Args {
    /// The device file
    #[arg(long, global = true, default_value = "/dev/fwctl/fwctl0")]
    device: PathBuf,
    /// Name of the series
    #[arg(long, global = true, default_value = "series")]
    name: String,
    /// How often
    #[arg(long, global = true, default_value_t = 100)]
    count: u32,
    /// What to do
    #[command(subcommand)]
    what: What,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum What {
    /// Execute a request of this length, with room for a reply of the same length: NOP, or from more
    /// than its 16 bytes on ACCESS_REG
    Rpc {
        /// Bytes
        length: u32,
    },
    /// Open the device and close it
    Open,
    /// Run a command and wait until functions are up
    Up {
        /// The core driver that they are bound to
        #[arg(long)]
        driver: String,
        /// How many
        #[arg(long, default_value_t = 1)]
        functions: usize,
        /// The command and its arguments
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
    /// Print how many bytes of code there are in modules
    Text {
        /// Their files
        files: Vec<PathBuf>,
    },
    /// Run a command
    Run {
        /// The command and its arguments
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
enum Error {
    /// The device says no.
    #[error("{0}")]
    Device(#[from] auxcore_uapi::Error),
    /// The system says no.
    #[error("{0}")]
    System(#[from] io::Error),
    /// The functions did not come up in time.
    #[error("{have} of {want} functions are up")]
    Down {
        /// So many are up.
        have: usize,
        /// So many should be.
        want: usize,
    },
    /// The file is none of a module.
    #[error("{}: this is no module", .0.display())]
    Module(PathBuf),
    /// The command failed.
    #[error("the command failed: {0}")]
    Failed(std::process::ExitStatus),
}

/// Runs that come before those that count: caches of memory fill.
const WARM: u32 = 5;

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-guest: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Error> {
    if let What::Text { files } = &args.what {
        return text(files);
    }
    kernel::look_into_requests()?;
    match &args.what {
        What::Text { .. } => Ok(()),
        What::Rpc { length } => rpc(args, *length),
        What::Open => open(args),
        What::Run { command } => measure(args, 0, || spawn(command)),
        What::Up {
            driver,
            functions,
            command,
        } => measure(args, 0, || {
            spawn(command)?;
            up::wait(driver, *functions)
        }),
    }
}

/// Measures `count` intervals of `f`, after some that do not count.
fn measure(args: &Args, warm: u32, mut f: impl FnMut() -> Result<(), Error>) -> Result<(), Error> {
    for _ in 0..warm {
        f()?;
    }
    let mut times = Vec::with_capacity(args.count as usize);
    ffi::series();
    for _ in 0..args.count {
        let start = Instant::now();
        ffi::begin();
        let result = f();
        ffi::end();
        times.push(start.elapsed());
        result?;
    }
    println!("series {}", args.name);
    for time in times {
        println!("ns {}", time.as_nanos());
    }
    Ok(())
}

/// NOP; a read of the register MGIR.
const NOP: [u8; 16] = [0x08, 0x0d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const READ_MGIR: [u8; 16] = [0x08, 0x05, 0, 0, 0, 0, 0, 1, 0, 0, 0x90, 0x20, 0, 0, 0, 0];

fn rpc(args: &Args, length: u32) -> Result<(), Error> {
    let device = Device::open(Path::new(&args.device))?;
    let head = if length == 16 { NOP } else { READ_MGIR };
    let mut request = head.to_vec();
    request.resize(length as usize, 0);
    // Touched, so that no page is missing when the kernel writes to it.
    let mut reply = vec![1u8; length as usize];
    measure(args, WARM, || {
        let mut argument = RpcArgument {
            size: 32,
            scope: Scope::DebugReadOnly.number(),
            in_len: length,
            out_len: length,
            ..RpcArgument::default()
        };
        let (input, output) = (Input::Bytes(&request), Output::Bytes(&mut reply));
        raw::rpc(&device, &mut argument, input, output, Tail::NONE)?;
        Ok(())
    })
}

fn text(files: &[PathBuf]) -> Result<(), Error> {
    let mut sum = 0;
    for file in files {
        sum += text::code(&fs::read(file)?).ok_or_else(|| Error::Module(file.clone()))?;
    }
    println!("{sum}");
    Ok(())
}

fn open(args: &Args) -> Result<(), Error> {
    measure(args, WARM, || {
        drop(Device::open(Path::new(&args.device))?);
        Ok(())
    })
}

fn spawn(command: &[String]) -> Result<(), Error> {
    let Some((program, arguments)) = command.split_first() else {
        return Ok(());
    };
    let status = Command::new(program).args(arguments).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Failed(status))
    }
}
