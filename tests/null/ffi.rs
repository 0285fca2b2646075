// SPDX-License-Identifier: GPL-2.0

//! The module parameters declared in `params.c`.

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

extern "C" {
    static auxcore_null_ports: AtomicU32;
    static auxcore_null_parts: AtomicU32;
    static auxcore_null_failing: AtomicU32;
    static auxcore_null_starved: AtomicU32;
    static auxcore_null_fwctls: AtomicU32;
    static auxcore_null_netdevs: AtomicU32;
}

/// Returns how many ports a function has.
pub(crate) fn ports() -> usize {
    // SAFETY: Defined in `params.c` as a word, which sysfs writes as a whole.
    let ports = unsafe { auxcore_null_ports.load(Relaxed) };
    ports as usize // CAST: a wider type.
}

/// Returns how many parts a function has.
pub(crate) fn parts() -> usize {
    // SAFETY: As in `ports()`.
    let parts = unsafe { auxcore_null_parts.load(Relaxed) };
    parts as usize // CAST: a wider type.
}

/// Returns how many fwctl children a function has.
pub(crate) fn fwctls() -> usize {
    // SAFETY: As in `ports()`.
    let fwctls = unsafe { auxcore_null_fwctls.load(Relaxed) };
    fwctls as usize // CAST: a wider type.
}

/// Returns how many netdev children a function has.
pub(crate) fn netdevs() -> usize {
    // SAFETY: As in `ports()`.
    let netdevs = unsafe { auxcore_null_netdevs.load(Relaxed) };
    netdevs as usize // CAST: a wider type.
}

/// Returns whether this bring-up is one of those that fail.
pub(crate) fn fails() -> bool {
    // SAFETY: As in `ports()`.
    take_one(unsafe { &auxcore_null_failing })
}

/// Returns whether this port is one of those that find no memory.
pub(crate) fn starves() -> bool {
    // SAFETY: As in `ports()`.
    take_one(unsafe { &auxcore_null_starved })
}

/// Counts one down, unless there is none left.
fn take_one(left: &AtomicU32) -> bool {
    left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1))
        .is_ok()
}
