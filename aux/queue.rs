// SPDX-License-Identifier: GPL-2.0

//! Ordered work: functions that others wait for, and kicks that nobody waits for.

#![forbid(unsafe_code)]

use crate::ffi::queue::Ordered;

use kernel::{
    prelude::*,
    time::Delta, //
};

/// What a kick does to the value of a [`Queue`].
pub trait Kicked: Send {
    /// Does the work that was asked for with [`Queue::kick`] or [`Queue::kick_after`].
    ///
    /// Runs on the queue and may sleep. Returns the time after which it shall run again on its own,
    /// or `None` to wait for the next kick; a kick meanwhile makes it run at once.
    fn kicked(&mut self) -> Option<Delta>;
}

/// An ordered work context that owns a value.
///
/// Functions run on it one after the other, in the order they were queued, on a kernel thread of
/// their own, and only they can reach the value. The value may own whatever its work needs, but
/// nothing that owns the queue.
///
/// Dropping the queue cancels a kick that has not started, waits for one that has, and drops the
/// value; it may sleep, and must not happen under a lock that the work takes. A queue dropped by
/// its own work cannot wait for itself: it logs an error and leaks the value, which gets no more
/// kicks.
pub struct Queue<T: Kicked>(Ordered<T>);

impl<T: Kicked> Queue<T> {
    /// Creates a queue that owns `value`; `name` is the name of its kernel thread.
    ///
    /// May sleep. A value that borrows needs [`Queue::new_scoped`].
    ///
    /// # Errors
    ///
    /// - `ENOMEM`: out of memory.
    pub fn new(name: &CStr, value: T) -> Result<Self>
    where
        T: 'static,
    {
        Self::with(name, value)
    }

    /// Creates a queue. Both public constructors end here; the unsafe one is in `queue/ffi.rs`.
    pub(crate) fn with(name: &CStr, value: T) -> Result<Self> {
        Ok(Self(Ordered::new(name, value)?))
    }

    /// Runs `f` on the queue and returns what it returns.
    ///
    /// Sleeps until all functions queued before and `f` itself have run, so the caller must not
    /// hold a lock that one of them takes.
    ///
    /// # Errors
    ///
    /// - `EDEADLK`: called from a function that runs on this queue.
    pub fn run<R: Send>(&self, f: impl FnOnce(&mut T) -> R + Send) -> Result<R> {
        if self.runs_here() {
            return Err(EDEADLK);
        }
        self.0.call(f)
    }

    /// Returns whether the caller is a function that runs on this queue, which must not wait for it.
    pub fn runs_here(&self) -> bool {
        self.0.runs_here()
    }

    /// Has [`Kicked::kicked`] run once, at a time after this call.
    ///
    /// Does not wait. Callable from any context, hard interrupts included. Kicks that have not
    /// started are one, so what the caller wrote before its kick is seen by the run that serves it.
    pub fn kick(&self) {
        self.0.kick(Delta::ZERO, true);
    }

    /// Has [`Kicked::kicked`] run once, `delay` after this call.
    ///
    /// As [`Queue::kick`], except that a kick which has not started stays as it is, be it earlier
    /// or later.
    pub fn kick_after(&self, delay: Delta) {
        self.0.kick(delay, false);
    }
}
