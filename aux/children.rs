// SPDX-License-Identifier: GPL-2.0

//! The children of one function.

#![forbid(unsafe_code)]

use crate::{
    id::Id,
    name::Name,
    places::Places,
    queue::Queue,
    slot::Slot, //
};

use kernel::{
    device::{
        Bound,
        Device, //
    },
    prelude::*,
    sync::Arc, //
};

/// One row of a table of children: a kind of child, and how many there may be of it.
#[derive(Clone, Copy)]
pub struct Kind {
    pub(crate) name: &'static Name,
    pub(crate) count: usize,
    /// Whether each child has an id of its own.
    pub(crate) own_ids: bool,
}

impl Kind {
    /// Returns a kind of which there is at most one child; it carries the function's id.
    pub const fn one(name: &'static Name) -> Self {
        Self {
            name,
            count: 1,
            own_ids: false,
        }
    }

    /// Returns a kind of which there are at most `count` children, the instances `0..count`.
    ///
    /// Each child takes an id of its own when it is created, and gives it back when it is removed.
    pub const fn many(name: &'static Name, count: usize) -> Self {
        Self {
            name,
            count,
            own_ids: true,
        }
    }
}

/// The table of a function's children: which are wanted, and how each is made.
///
/// A child is named by the row of its [`Kind`] and its instance, both counted from zero. The table
/// must not own the [`Children`] it describes.
pub trait Table<'a>: Send + Sync {
    /// Returns whether the child shall exist now.
    ///
    /// Called on the children's queue, for each place once per reconcile. May sleep.
    fn wanted(&self, row: usize, instance: usize) -> bool;

    /// Registers the child, with [`Slot::fill`].
    ///
    /// Called on the children's queue. May sleep, but not reconcile the children.
    ///
    /// # Errors
    ///
    /// Any error; the child does not exist then.
    fn create(&self, row: usize, instance: usize, slot: Slot<'_, 'a>) -> Result;
}

/// The children of one core function, and the only owner of every one of them.
///
/// Children are created and removed on an ordered work context of their own. Dropping the value
/// removes all children, in reverse table order, and then gives the function's id back; it may
/// sleep.
///
/// The table and the registration data of a child may borrow for `'a`. All of it is dropped when
/// this value is.
pub struct Children<'a> {
    queue: Queue<Places<'a>>,
}

impl<'a> Children<'a> {
    /// The most places a table may have.
    const MAX: usize = 4096;

    /// Creates an owner without children. The public constructor, which is unsafe, is in `ffi.rs`.
    pub(crate) fn empty(
        parent: &'a Device<Bound>,
        id: Id,
        kinds: impl Iterator<Item = Kind>,
        table: Arc<dyn Table<'a> + 'a>,
    ) -> Result<Self> {
        let mut places = Places::new(parent, id, table);
        for (row, kind) in kinds.enumerate() {
            for instance in 0..kind.count {
                if places.len() == Self::MAX {
                    return Err(EINVAL);
                }
                places.push(kind, row, instance)?;
            }
        }

        Ok(Self {
            queue: Queue::with(c"auxbus", places)?,
        })
    }

    /// Makes the children that exist those that the table wants.
    ///
    /// Removes in reverse table order what is not wanted, then adds in table order what is missing.
    /// Consumers are unbound and bound on the way. A child that is wanted and exists is not
    /// touched.
    ///
    /// All of it happens on the children's own ordered work context; the caller sleeps until it is
    /// done, and must not hold a lock that a consumer or the table takes.
    ///
    /// # Errors
    ///
    /// When a child cannot be created, the others are still dealt with, and the first error is
    /// returned. What failed for want of memory is tried again, once a second until it succeeds; the
    /// rest waits for the next reconcile.
    ///
    /// - `EDEADLK`: called from the table, or from a callback of a consumer that is bound or
    ///   unbound by a reconcile (nothing was done).
    /// - `EINVAL`: [`Table::create`] left its slot empty without an error.
    /// - any error of [`Table::create`] or of the bus.
    pub fn reconcile(&self) -> Result {
        let (outcome, retry) = self
            .queue
            .run(|places| (places.reconcile(), places.retry()))?;
        if let Some(delay) = retry {
            self.queue.kick_after(delay);
        }
        outcome
    }

    /// Has a reconcile run, at a time after this call.
    ///
    /// Does not wait. Callable from any context, hard interrupts and the callbacks of consumers
    /// included. Requests that have not started are one. Errors are logged.
    pub fn request(&self) {
        self.queue.kick();
    }

    /// Removes all children, and leaves nothing wanted for good.
    ///
    /// Waits as [`Children::reconcile`] does; later reconciles and requests find nothing to do.
    ///
    /// # Errors
    ///
    /// - `EDEADLK`: as for [`Children::reconcile`].
    pub fn close(&self) -> Result {
        self.queue.run(Places::close)
    }
}

impl Drop for Children<'_> {
    fn drop(&mut self) {
        // It fails on the queue itself only, where nobody can own what owns the queue.
        let _ = self.close();
    }
}
