// SPDX-License-Identifier: GPL-2.0
//! The search for leaked memory at the end of a run, on a kernel that keeps track of it.
#![forbid(unsafe_code)]

use std::fs;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// The kernel's leak detector; only the debug kernel has it.
const KMEMLEAK: &str = "/sys/kernel/debug/kmemleak";

/// The detector leaves alone what is younger than 5 s, and that kernel delays the release of objects by up to 4 s.
const OLD_ENOUGH: Duration = Duration::from_secs(6);

/// Searches for memory that nothing refers to. What is found goes to the kernel's log, where the runner sees it.
///
/// # Errors
///
/// The detector refuses to search.
pub fn search() -> io::Result<()> {
    if !Path::new(KMEMLEAK).exists() {
        return Ok(());
    }
    // Before the first scan: an object whose contents changed since the last scan is left for the next one. What is released
    // late must not change between the two.
    sleep(OLD_ENOUGH);
    for _ in 0..2 {
        fs::write(KMEMLEAK, "scan")?;
    }
    for line in fs::read_to_string(KMEMLEAK)?.lines() {
        // The kernel has logged how many there are; these lines only help.
        let _ = fs::write("/dev/kmsg", format!("<4>leaked: {line}"));
    }
    Ok(())
}
