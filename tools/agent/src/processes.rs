// SPDX-License-Identifier: GPL-2.0
//! Small services around processes: run a helper to its end, end everything that a command left behind.
#![forbid(unsafe_code)]

use std::fs::read_dir;
use std::io;
use std::process::{Command, Stdio};

use rustix::process::{getpid, kill_process, Pid, Signal};
use thiserror::Error;

/// Why a helper program did not do its work.
#[derive(Debug, Error)]
pub enum HelperError {
    /// It could not be started.
    #[error("{program} does not start: {source}")]
    Start {
        /// The program.
        program: String,
        /// The reason.
        source: io::Error,
    },
    /// It ended with an error.
    #[error("{line} failed ({status}): {output}")]
    Failed {
        /// The command line.
        line: String,
        /// How it ended.
        status: String,
        /// What it said.
        output: String,
    },
}

/// Runs a helper program and waits for its end.
///
/// # Errors
///
/// It does not start or does not return 0; its own words are part of the error.
pub fn helper(program: &str, args: &[&str]) -> Result<(), HelperError> {
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| HelperError::Start {
            program: program.into(),
            source,
        })?;
    if output.status.success() {
        return Ok(());
    }
    let mut said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if said.is_empty() {
        said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    }
    Err(HelperError::Failed {
        line: format!("{program} {}", args.join(" ")),
        status: output.status.to_string(),
        output: said,
    })
}

/// Kills every process but pid 1 and this one. Kernel threads ignore the signal.
pub fn kill_all_others() {
    let own = getpid();
    // Twice: a process may fork between the listing and the signal.
    for _ in 0..2 {
        let Ok(entries) = read_dir("/proc") else {
            return;
        };
        for entry in entries.flatten() {
            let pid = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
                .and_then(Pid::from_raw);
            if let Some(pid) = pid.filter(|pid| *pid != own && !pid.is_init()) {
                // It may have ended by itself meanwhile.
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }
}
