// SPDX-License-Identifier: GPL-2.0
//! The role of pid 1: file systems, the worker, orphans, power-off.
#![forbid(unsafe_code)]

use std::process::{Command, ExitCode};

use rustix::process::{wait, Pid, WaitOptions};
use rustix::system::{reboot, RebootCommand};

use crate::{mounts, WORKER};

/// Where the worker and all it starts look for programs; the kernel gives us no such variable.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/auxcore";

/// Runs the guest to its end and powers it off.
pub fn run() -> ExitCode {
    if let Err(error) = mounts::make_root() {
        eprintln!("auxcore-agent: {error}");
    } else {
        match Command::new("/sbin/auxcore-agent")
            .arg(WORKER)
            .env("PATH", PATH)
            .spawn()
        {
            Ok(child) => reap_until(child.id()),
            Err(error) => eprintln!("auxcore-agent: the worker does not start: {error}"),
        }
    }
    rustix::fs::sync();
    // Power-off returns only when it fails; then the kernel panics on our exit, which ends the guest as well.
    if let Err(error) = reboot(RebootCommand::PowerOff) {
        eprintln!("auxcore-agent: power-off fails: {error}");
    }
    ExitCode::FAILURE
}

/// Waits for every child, own or inherited, until the worker has ended.
fn reap_until(worker: u32) {
    let worker = i32::try_from(worker).ok().and_then(Pid::from_raw);
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, _))) if Some(pid) == worker => return,
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
}
