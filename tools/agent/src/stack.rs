// SPDX-License-Identifier: GPL-2.0
//! Driver stacks: which modules are named by hand, and what is left to the modalias.
#![forbid(unsafe_code)]

use std::fs::{read_dir, read_to_string};

use auxcore_wire::Stack;

use crate::processes::{helper, HelperError};

const PCI_DEVICES: &str = "/sys/bus/pci/devices";

/// Mellanox, now NVIDIA, as /sys prints it.
const CONNECTX_VENDOR: &str = "0x15b3";

/// Starts udev. No coldplug is triggered: what the guest boots with is built in or chosen by the stack, and what appears
/// later has its own uevent.
///
/// # Errors
///
/// The daemon does not start.
pub fn start_udev() -> Result<(), HelperError> {
    helper(
        "/usr/lib/systemd/systemd-udevd",
        &["--daemon", "--resolve-names=never"],
    )
}

/// Loads the stack and waits until udev has seen all that came of it.
///
/// # Errors
///
/// A module is missing or refuses to load, or udev does not come to rest.
pub fn load(stack: Stack) -> Result<(), HelperError> {
    match stack {
        Stack::None => return Ok(()),
        Stack::Upstream => helper("modprobe", &["mlx5_core"])?,
        Stack::Ours => {
            let functions = connectx_functions();
            if functions.is_empty() {
                helper("modprobe", &["auxcore_mlx5"])?;
            } else {
                helper(
                    "modprobe",
                    &["auxcore_mlx5", &format!("claim={}", functions.join(","))],
                )?;
            }
        }
    }
    helper("udevadm", &["settle", "--timeout=120"])
}

/// Unloads what is left of the stack, users before what they use, so that every run also ends a driver in the orderly way.
///
/// # Errors
///
/// A module is still in use.
pub fn unload(stack: Stack) -> Result<(), HelperError> {
    let prefixes: &[&str] = match stack {
        Stack::None => &[],
        Stack::Upstream => &["mlx5"],
        Stack::Ours => &["auxcore", "auxbus"],
    };
    // The kernel lists the module that came last first, and a module comes after those it uses.
    let modules = read_to_string("/proc/modules").unwrap_or_default();
    for name in modules.lines().filter_map(|line| line.split(' ').next()) {
        if prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            helper("rmmod", &[name])?;
        }
    }
    Ok(())
}

fn connectx_functions() -> Vec<String> {
    let mut found: Vec<String> = read_dir(PCI_DEVICES)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| {
            read_to_string(entry.path().join("vendor"))
                .is_ok_and(|vendor| vendor.trim() == CONNECTX_VENDOR)
        })
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    found.sort();
    found
}
