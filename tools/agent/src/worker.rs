// SPDX-License-Identifier: GPL-2.0
//! The worker: fetch the job, make the guest ready for it, run it, report its end.
#![forbid(unsafe_code)]

use std::fs::File;

use auxcore_wire::{read_frame, Frame, Job, Outcome};

use crate::port::{self, Port};
use crate::processes::{helper, HelperError};
use crate::{command, leaks, mounts, stack};

/// Serves one job. All that can go wrong is told to the runner, or to the console while there is no runner.
pub fn run() {
    let (port, mut receive) = match port::open() {
        Ok(pair) => pair,
        Err(error) => {
            eprintln!("auxcore-agent: the port to the runner cannot be opened: {error}");
            return;
        }
    };
    port.send(&Frame::Ready);
    let job = match read_frame(&mut receive) {
        Ok(Some(Frame::Job(job))) => job,
        Ok(other) => return port.note(format!("expected a job, got {other:?}")),
        Err(error) => return port.note(error.to_string()),
    };
    let outcome = match prepare(&job) {
        Ok(()) => run_job(&job, &port, receive),
        Err(reason) => Outcome::NotReady(reason),
    };
    port.send(&Frame::End(outcome));
}

fn run_job(job: &Job, port: &Port, receive: File) -> Outcome {
    let mut outcome = command::run(job, port, receive);
    if !job.keep_loaded {
        if let Err(error) = stack::unload(job.stack) {
            port.note(format!("the driver stack does not unload: {error}"));
            outcome = spoilt(outcome, Outcome::NotUnloaded(error.to_string()));
        }
    }
    if let Err(error) = leaks::search() {
        port.note(format!("leaked memory cannot be searched for: {error}"));
        outcome = spoilt(outcome, Outcome::NotSearched(error.to_string()));
    }
    outcome
}

/// What became of a command after which something failed: that outweighs its success, and nothing else.
fn spoilt(outcome: Outcome, failure: Outcome) -> Outcome {
    match outcome {
        Outcome::Status(0) => failure,
        outcome => outcome,
    }
}

fn prepare(job: &Job) -> Result<(), String> {
    // From here on the console shows everything; before, only what is a warning or worse, since a serial line is slow.
    write("/proc/sys/kernel/printk", "8")?;
    write("/proc/sys/kernel/hostname", "guest")?;
    mark("host folders");
    mounts::host_folders(&job.tree, &job.folders).map_err(|error| error.to_string())?;
    mark("udev");
    stack::start_udev().map_err(|error| error.to_string())?;
    port::link_by_name().map_err(|error| format!("/dev/virtio-ports: {error}"))?;
    mark("network");
    network(job.net).map_err(|error| error.to_string())?;
    mark("driver stack");
    stack::load(job.stack).map_err(|error| error.to_string())?;
    mark("command");
    Ok(())
}

fn write(path: &str, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("{path}: {error}"))
}

/// Leaves a line in the kernel's log, so that it shows which part of the guest's start its other lines belong to.
fn mark(part: &str) {
    // Only a convenience: a log without the line is still a log.
    let _ = std::fs::write("/dev/kmsg", format!("<6>auxcore-agent: {part}"));
}

/// Brings up the loopback, and on request the interface of QEMU's user-mode network, which always hands out the same
/// addresses.
fn network(user: bool) -> Result<(), HelperError> {
    helper("busybox", &["ip", "link", "set", "lo", "up"])?;
    if !user {
        return Ok(());
    }
    helper("modprobe", &["virtio_net"])?;
    helper("udevadm", &["settle", "--timeout=30"])?;
    helper("ip", &["address", "add", "10.0.2.15/24", "dev", "eth0"])?;
    helper("ip", &["link", "set", "eth0", "up"])?;
    helper("ip", &["route", "add", "default", "via", "10.0.2.2"])
}
