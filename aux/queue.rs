// SPDX-License-Identifier: GPL-2.0

//! Ordered work that others wait for.

#![forbid(unsafe_code)]

use crate::ffi::queue::Ordered;

use kernel::{
    current,
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
};

/// An ordered work context that owns a value.
///
/// Functions run on it one after the other, in the order they were queued, on a kernel thread of
/// their own, and only they can reach the value. Dropping the queue drops the value.
#[pin_data]
pub(crate) struct Queue<T> {
    /// Address of the task that runs a function now, zero if there is none.
    runner: Atomic<usize>,
    #[pin]
    ordered: Ordered<T>,
}

/// Returns the address of the current task, which is not reused while the task runs.
fn this_task() -> usize {
    current!().as_ptr().addr()
}

impl<T: Send> Queue<T> {
    /// Creates a queue that owns `value`; `name` is the name of its kernel thread.
    ///
    /// May sleep.
    ///
    /// # Errors
    ///
    /// - `ENOMEM`: out of memory.
    pub(crate) fn new<'a>(name: &'a CStr, value: T) -> impl PinInit<Self, Error> + 'a
    where
        T: 'a,
    {
        try_pin_init!(Self {
            runner: Atomic::new(0),
            ordered <- Ordered::new(name, value),
        })
    }

    /// Runs `f` on the queue and returns what it returns.
    ///
    /// Sleeps until all functions queued before and `f` itself have run, so the caller must not
    /// hold a lock that one of them takes.
    ///
    /// # Errors
    ///
    /// - `EDEADLK`: called from a function that runs on this queue.
    /// - `ESHUTDOWN`: the queue takes no more work.
    pub(crate) fn run<R: Send>(&self, f: impl FnOnce(&mut T) -> R + Send) -> Result<R> {
        // ORDERING: Only the task itself ever stores its own address, so it cannot read it by
        // mistake.
        if self.runner.load(Relaxed) == this_task() {
            return Err(EDEADLK);
        }

        self.ordered.call(|value| {
            self.runner.store(this_task(), Relaxed);
            let ret = f(value);
            self.runner.store(0, Relaxed);
            ret
        })
    }
}
