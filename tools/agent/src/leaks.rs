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

/// In the backtrace of what the kernel itself leaks: `__driver_probe_device()` of Linux 7.3 notes that a device is not ready,
/// which happens when a driver's module is loaded while the device is being added, and only devices on the list of deferred
/// probes, where it does not stand, have their note freed.
const OF_THE_KERNEL: &str = " device_set_deferred_probe_reason+";

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
    for line in tell(&fs::read_to_string(KMEMLEAK)?) {
        fs::write("/dev/kmsg", line)?;
    }
    Ok(())
}

/// What to tell of the detector's list: all of each object, in words that depend on whose it is.
fn tell(list: &str) -> Vec<String> {
    let mut objects: Vec<Vec<&str>> = Vec::new();
    for line in list.lines() {
        match objects.last_mut() {
            Some(object) if !line.starts_with("unreferenced object") => object.push(line),
            _ => objects.push(vec![line]),
        }
    }
    let words = |object: &[&str]| {
        let own = object.iter().any(|line| line.contains(OF_THE_KERNEL));
        let whose = if own {
            "leaked by the kernel"
        } else {
            "leaked"
        };
        let line = |line: &&str| format!("<4>{whose}: {line}");
        object.iter().map(line).collect::<Vec<_>>()
    };
    objects.iter().flat_map(|object| words(object)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "unreferenced object 0xffff88800a7fa780 (size 64):\n  comm \"modprobe\", pid 60\n  backtrace:\n    \
                        kmemleak_alloc+0x27/0x30\n    device_set_deferred_probe_reason_of_ours+0x1/0x2\n";
    const THE_KERNELS: &str = "unreferenced object 0xffff88800a7fa7c0 (size 64):\n  comm \"(udev-worker)\", pid 60\n  \
                               backtrace:\n    kasprintf+0x46/0x50\n    device_set_deferred_probe_reason+0x44/0xb0\n";

    #[test]
    fn what_the_kernel_leaks_is_told_apart() {
        for list in [
            format!("{OURS}{THE_KERNELS}"),
            format!("{THE_KERNELS}{OURS}"),
        ] {
            let told = tell(&list);
            assert_eq!(told.len(), 10);
            let of = |begin| told.iter().filter(|line| line.starts_with(begin)).count();
            assert_eq!((of("<4>leaked: "), of("<4>leaked by the kernel: ")), (5, 5));
        }
        assert!(tell("").is_empty());
    }
}
