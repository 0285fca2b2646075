// SPDX-License-Identifier: GPL-2.0
//! Init of the test guest: mounts, driver stack, one command, its exit status over the agent's own port.
//!
//! The process runs in two roles. As pid 1 it makes the root file system writable, starts itself again as the worker, reaps
//! whatever is orphaned, and powers off when the worker is gone. The worker talks to the runner.
#![forbid(unsafe_code)]

mod command;
mod init;
mod leaks;
mod mounts;
mod port;
mod processes;
mod stack;
mod worker;

use std::process::ExitCode;

/// The argument that selects the worker's role.
const WORKER: &str = "--worker";

fn main() -> ExitCode {
    let worker = std::env::args().nth(1).is_some_and(|role| role == WORKER);
    if worker {
        worker::run();
        return ExitCode::SUCCESS;
    }
    if !rustix::process::getpid().is_init() {
        eprintln!("auxcore-agent is the init of a guest that tools/guest boots; it does nothing elsewhere");
        return ExitCode::FAILURE;
    }
    init::run()
}
