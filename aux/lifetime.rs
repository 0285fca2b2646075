// SPDX-License-Identifier: GPL-2.0

//! The module's start and end.

#![forbid(unsafe_code)]

use crate::ffi;

use kernel::{
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic,
        Release, //
    },
    time::{
        delay::fsleep,
        Delta,
        Instant,
        Monotonic, //
    },
};

/// Time between two looks at the count.
const POLL_INTERVAL: Delta = Delta::from_millis(5);

/// Time after which the log says what the exit waits for.
const NOTICE_AFTER: Delta = Delta::from_secs(5);

/// Number of C devices whose release function has not run.
static UNRELEASED: Atomic<usize> = Atomic::new(0);

/// Counts a device that has been initialised.
pub(crate) fn device_initialised() {
    UNRELEASED.fetch_add(1usize, Acquire);
}

/// Counts a device that has been freed; the last thing its release function does.
pub(crate) fn device_released() {
    // ORDERING: Pairs with the load in `wait_for_releases()`: the device's memory is freed before
    // it counts as released.
    UNRELEASED.fetch_sub(1usize, Release);
}

/// Waits until the release function of every device has run and returned.
///
/// The last reference to a device may be put by anyone, long after its owner is gone, and the
/// release function is code of this module. The wait polls, because a wake-up by the release
/// function would be more code that runs after the count is down.
fn wait_for_releases() {
    let start = Instant::<Monotonic>::now();
    let mut noticed = false;

    // ORDERING: Pairs with the decrement in `device_released()`.
    while UNRELEASED.load(Acquire) != 0 {
        if !noticed && start.elapsed() > NOTICE_AFTER {
            noticed = true;
            pr_warn!("the exit waits for someone to put a reference to an auxiliary device\n");
        }
        fsleep(POLL_INTERVAL);
    }

    // A task may have counted the last device down and not yet have left the function. (A
    // preemptible kernel without CONFIG_TASKS_RCU waits for a plain grace period here: that leaves
    // a task preempted between the last two instructions of the function for as long.)
    ffi::synchronize_rcu_tasks();
}

/// The module: global state, and the wait for what still uses its code.
pub(crate) struct Module {
    _globals: ffi::Globals,
}

impl kernel::Module for Module {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        Ok(Self {
            _globals: ffi::Globals::new()?,
        })
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        wait_for_releases();
    }
}
