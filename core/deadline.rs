// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Absolute deadlines.

use kernel::time::{Delta, Instant, Monotonic};

/// The instant at which a wait ends, fixed once and handed down unchanged.
///
/// A function that waits in several steps takes one deadline for all of them, so the whole never
/// takes longer than its caller was told.
#[derive(Clone, Copy)]
pub struct Deadline(Instant<Monotonic>);

impl Deadline {
    /// Returns the deadline `delta` from now.
    pub fn after(delta: Delta) -> Self {
        Self(Instant::now() + delta)
    }

    /// Returns the time left, or `None` when the deadline has passed.
    pub fn remaining(self) -> Option<Delta> {
        let left = self.0 - Instant::now();
        (!left.is_negative() && !left.is_zero()).then_some(left)
    }
}
