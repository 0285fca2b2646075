// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Where in the kernel a request leaves the subsystem for the driver.

use std::fs;
use std::io;

use crate::ffi;

/// The file of the subsystem's system calls: its functions stand together.
const OUTER: [&str; 4] = [
    "fwctl_fops_open",
    "fwctl_fops_ioctl",
    "fwctl_cmd_rpc",
    "fwctl_fops_release",
];
/// What it calls for a request: the in-tree driver's function, and the kernel crate's for drivers in
/// Rust, of which there is one for each type of device.
const INNER: [&str; 2] = ["mlx5ctl_fw_rpc", "fw_rpc_callback"];
/// More than the longest of the functions.
const MARGIN: u64 = 0x400;

/// Tells the counter of instructions where requests leave the subsystem and where they come back to.
///
/// # Errors
///
/// The kernel's symbols cannot be read.
pub(crate) fn look_into_requests() -> io::Result<()> {
    let text = fs::read_to_string("/proc/kallsyms")?;
    let symbols = || {
        text.lines().filter_map(|line| {
            let mut words = line.split_ascii_whitespace();
            let address = u64::from_str_radix(words.next()?, 16).ok()?;
            let kind = words.next()?;
            let name = words.next()?;
            // CFI and padding have symbols of their own.
            let code = kind.eq_ignore_ascii_case("t") && !name.starts_with("__pfx_");
            code.then_some((address, name))
        })
    };
    let mut outer: Vec<u64> = symbols()
        .filter(|(_, name)| OUTER.contains(name))
        .map(|(address, _)| address)
        .collect();
    outer.sort_unstable();
    if let (Some(first), Some(last)) = (outer.first(), outer.last()) {
        tell(*first);
        ffi::outer_begin();
        tell(last + MARGIN);
        ffi::outer_end();
    }
    for (address, name) in symbols() {
        if INNER.iter().any(|inner| name.contains(inner)) {
            tell(address);
            ffi::inner();
        }
    }
    Ok(())
}

fn tell(number: u64) {
    for bit in (0..u64::BITS).rev() {
        if (number >> bit) & 1 == 1 {
            ffi::one();
        } else {
            ffi::zero();
        }
    }
}
