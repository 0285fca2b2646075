// SPDX-License-Identifier: GPL-2.0
//! Faults that the guest's kernel reports in its log.
#![forbid(unsafe_code)]

/// What a report begins with, wherever it stands in a line, unless a letter or digit stands right before it.
const REPORTS: &[&str] = &[
    "BUG:",
    "WARNING:",
    "Oops:",
    "Oops ",
    "kernel BUG at",
    "Kernel panic",
    "Internal error:",
    "general protection fault",
    "Unable to handle kernel",
    "unable to handle page fault",
    "KASAN:",
    "KFENCE:",
    "KCSAN:",
    "UBSAN:",
    "DMA-API:",
    "kmemleak:",
    // The agent says so of each object that the detector found.
    "leaked: unreferenced object",
    "ODEBUG:",
    "INFO: task ",
    "INFO: trying to register non-static key",
    "INFO: possible ",
    "detected stall",
    "self-detected stall",
    "possible circular locking",
    "possible recursive locking",
    "inconsistent lock state",
    "suspicious RCU usage",
    "refcount_t:",
    "list_add corruption",
    "list_del corruption",
    "scheduling while atomic",
    "sleeping function called from invalid context",
    "unregister_netdevice: waiting for",
    "cannot create duplicate filename",
    "rust_kernel: panicked at",
];

/// Lines that look like a report and are none.
const HARMLESS: &[&str] = &[
    "kmemleak: Kernel memory leak detector",
    // The count of what the agent tells one by one.
    " new suspected memory leaks (see ",
    "DMA-API: preallocated",
    "DMA-API: debugging enabled",
    // The in-tree CXL driver says so once, when it is sent a raw command, as tests do.
    " at cxl_send_cmd+",
];

/// The lines of a kernel log that report a fault.
#[must_use]
pub fn reports(log: &str) -> Vec<&str> {
    log.lines().filter(|line| is_report(line)).collect()
}

fn is_report(line: &str) -> bool {
    !HARMLESS.iter().any(|text| line.contains(text))
        && REPORTS.iter().any(|text| contains_word(line, text))
}

/// Whether `line` contains `text` where no word is cut: "DEBUG:" holds no "BUG:".
fn contains_word(line: &str, text: &str) -> bool {
    line.match_indices(text).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_found() {
        for line in [
            "[    3.1] BUG: kernel NULL pointer dereference, address: 0000000000000000",
            "[    3.1] WARNING: CPU: 0 PID: 1 at kernel/x.c:12 f+0x1/0x2",
            "[    3.1] WARNING: possible circular locking dependency detected",
            "[    3.1] Oops: Oops: 0002 [#1] SMP",
            "[    3.1] Kernel panic - not syncing: sysrq triggered crash",
            "[    3.1] INFO: task sh:55 blocked for more than 30 seconds.",
            "[    3.1] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
            "[    3.1] watchdog: BUG: soft lockup - CPU#1 stuck for 22s!",
            "[    3.1] BUG: KASAN: slab-use-after-free in f+0x1/0x2",
            "[    3.1] UBSAN: array-index-out-of-bounds in x.c:1:2",
            "[    3.1] leaked: unreferenced object 0xffff88800a7fa780 (size 64):",
            "[    3.1] kmemleak: Cannot allocate a kmemleak_object structure",
            "[    3.1] sysfs: cannot create duplicate filename '/bus/x'",
        ] {
            assert_eq!(reports(line), [line]);
        }
    }

    #[test]
    fn ordinary_lines_are_not() {
        let log = "[    0.1] DEBUG: all well\n[    0.2] [Firmware Bug]: TSC\n[    0.3] mlx5_core 0000:01:00.0: firmware version\n\
                   [    0.4] kmemleak: Kernel memory leak detector initialized\n[    0.5] MY_WARNING: none\n\
                   [    0.6] kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)\n\
                   [    0.6] leaked by the kernel: unreferenced object 0xffff88800a7fa780 (size 64):\n";
        assert!(reports(log).is_empty());
    }
}
