// SPDX-License-Identifier: GPL-2.0
//! The worker: fetch the job, make the guest ready for it, run it, report its end.
#![forbid(unsafe_code)]

use std::fs::File;

use auxcore_wire::{read_frame, Frame, Job, Outcome};

use crate::port::{self, Port};
use crate::processes::helper;
use crate::{command, mounts, stack};

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
    let outcome = command::run(job, port, receive);
    if !job.keep_loaded {
        if let Err(error) = stack::unload(job.stack) {
            port.note(format!("the driver stack does not unload: {error}"));
        }
    }
    outcome
}

fn prepare(job: &Job) -> Result<(), String> {
    // From here on the console shows everything; before, only what is a warning or worse, since a serial line is slow.
    std::fs::write("/proc/sys/kernel/printk", "8")
        .map_err(|error| format!("/proc/sys/kernel/printk: {error}"))?;
    std::fs::write("/proc/sys/kernel/hostname", "guest")
        .map_err(|error| format!("/proc/sys/kernel/hostname: {error}"))?;
    mounts::host_folders(&job.tree).map_err(|error| error.to_string())?;
    helper("ip", &["link", "set", "lo", "up"]).map_err(|error| error.to_string())?;
    stack::start_udev().map_err(|error| error.to_string())?;
    port::link_by_name().map_err(|error| format!("/dev/virtio-ports: {error}"))?;
    if job.net {
        network().map_err(|error| error.to_string())?;
    }
    stack::load(job.stack).map_err(|error| error.to_string())
}

/// Brings up the interface of QEMU's user-mode network, which always hands out the same addresses.
fn network() -> Result<(), crate::processes::HelperError> {
    helper("modprobe", &["virtio_net"])?;
    helper("udevadm", &["settle", "--timeout=30"])?;
    helper("ip", &["address", "add", "10.0.2.15/24", "dev", "eth0"])?;
    helper("ip", &["link", "set", "eth0", "up"])?;
    helper("ip", &["route", "add", "default", "via", "10.0.2.2"])
}
