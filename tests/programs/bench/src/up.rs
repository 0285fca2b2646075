// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Waiting for functions, without taking much of the processors' time from them.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::Error;

/// How long functions may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(2);

/// Waits until so many functions are bound to the driver and have fwctl devices.
///
/// # Errors
///
/// They do not come up in time.
pub(crate) fn wait(driver: &str, want: usize) -> Result<(), Error> {
    let driver = Path::new("/sys/bus/pci/drivers").join(driver);
    let start = Instant::now();
    loop {
        // A function's link in its driver is named by its address.
        let bound = names(&driver).filter(|name| name.contains(':')).count();
        let have = bound.min(names(Path::new("/sys/class/fwctl")).count());
        if have >= want {
            return Ok(());
        }
        if start.elapsed() > PATIENCE {
            return Err(Error::Down { have, want });
        }
        thread::sleep(PAUSE);
    }
}

/// Returns the names in a directory; none if it is not there.
fn names(path: &Path) -> impl Iterator<Item = String> {
    fs::read_dir(path)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
}
