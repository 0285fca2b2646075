// SPDX-License-Identifier: GPL-2.0
//! The `connectx-model` program: arguments in, exit status out.
#![forbid(unsafe_code)]

use std::fs::File;
use std::io::{stderr, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use connectx_model::identity::Identity;
use connectx_model::keys;
use connectx_model::machine::Shared;
use connectx_model::mutation::MUTATIONS;
use connectx_model::server::{run, Places};

/// Serves one ConnectX function to one vfio-user client.
///
/// Exits with 0 at an orderly end, 1 if it could not start or was told to die, 2 on a usage error,
/// and 3 if it counted protocol violations of the driver.
#[derive(Parser)]
struct Args {
    /// The vfio-user socket to listen on
    #[arg(long, required_unless_present_any = ["list_keys", "list_mutations"])]
    socket: Option<PathBuf>,
    /// The control socket to listen on
    #[arg(long)]
    control: Option<PathBuf>,
    /// The file to leave a JSON report in
    #[arg(long)]
    report: Option<PathBuf>,
    /// Print every command, to standard error or to PATH
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true)]
    trace: Option<Option<PathBuf>>,
    /// List every key with its default
    #[arg(long)]
    list_keys: bool,
    /// List every mutation
    #[arg(long)]
    list_mutations: bool,
    /// Settings of the device
    #[arg(value_name = "KEY=VALUE")]
    settings: Vec<String>,
}

fn usage(text: &str) -> ExitCode {
    // Without a standard error nobody can be told.
    writeln!(stderr(), "connectx-model: {text}").unwrap_or(());
    ExitCode::from(2)
}

fn list(lines: &[String]) -> ExitCode {
    let printed = lines
        .iter()
        .try_for_each(|line| writeln!(std::io::stdout(), "{line}"));
    ExitCode::from(u8::from(printed.is_err()))
}

fn main() -> ExitCode {
    let args = Args::parse();
    let name = args
        .socket
        .as_deref()
        .and_then(|path| path.file_name())
        .unwrap_or_default();
    let shared = Shared::new(Identity::new(&name.to_string_lossy()));
    if args.list_mutations {
        return list(
            &MUTATIONS
                .iter()
                .map(|(_, name, help)| format!("{name} {help}"))
                .collect::<Vec<_>>(),
        );
    }
    if args.list_keys {
        return list(&keys::list(&shared.lock()));
    }
    for setting in &args.settings {
        if let Err(error) = keys::set(&mut shared.lock(), setting) {
            return usage(&error.to_string());
        }
    }
    match args.trace {
        Some(Some(path)) => match File::create(&path) {
            Ok(file) => shared.lock().device.journal.trace_to(Box::new(file)),
            Err(error) => return usage(&format!("Cannot write {}: {error}", path.display())),
        },
        Some(None) => shared.lock().device.journal.trace_to(Box::new(stderr())),
        None => {}
    }
    let socket = args.socket.unwrap_or_default();
    let places = Places {
        socket,
        control: args.control,
        report: args.report,
    };
    match run(&shared, places) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(stderr(), "connectx-model: {error}").unwrap_or(());
            ExitCode::FAILURE
        }
    }
}
