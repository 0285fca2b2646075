// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! A table of children whose callbacks turn back to the children.

use auxbus::{Children, Kind, Slot, Table, Watcher};
use kernel::{
    device::{Bound, Device},
    new_mutex,
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc,
        Mutex, //
    },
};

use crate::{
    consumer::{Callback, Child, Tests, Told, CHILD},
    ffi, //
};

/// The most children of a table.
pub(crate) const MOST: usize = 3;

/// What a callback does.
#[derive(Clone, Copy)]
pub(crate) enum Deed {
    Nothing,
    Reconcile,
    Close,
    /// Wants one child more, and asks for it.
    Request,
    /// Leaves the slot empty; of use in [`Callback::Create`] only.
    Forget,
}

/// The table, and what its callbacks have seen.
#[pin_data]
pub(crate) struct Script<'a> {
    callback: Callback,
    deed: Deed,
    wanted: Atomic<usize>,
    /// How often the deed was done, and the errors it ended with.
    #[pin]
    seen: Mutex<KVec<Option<Error>>>,
    /// How many children were created.
    created: Atomic<usize>,
    #[pin]
    children: Mutex<Option<Arc<Children<'a>>>>,
}

impl<'a> Script<'a> {
    fn act(&self, callback: Callback) {
        if callback != self.callback {
            return;
        }
        let Some(children) = self.children.lock().clone() else {
            return;
        };
        let done = match self.deed {
            Deed::Reconcile => children.reconcile(),
            Deed::Close => children.close(),
            Deed::Request => {
                let wanted = self.wanted.load(Relaxed);
                self.wanted.store(MOST.min(wanted + 1), Relaxed);
                children.request();
                Ok(())
            }
            Deed::Nothing | Deed::Forget => Ok(()),
        };
        // A test that misses an entry is red.
        let _ = self.seen.lock().push(done.err(), GFP_KERNEL);
    }
}

impl Told for Script<'_> {
    fn told(&self, callback: Callback) {
        self.act(callback);
    }
}

impl Watcher for Script<'_> {
    fn attached(&self) {
        self.act(Callback::Attached);
    }

    fn detached(&self) {
        self.act(Callback::Detached);
    }
}

/// A table that children are made of.
struct Rows<'a>(Arc<Script<'a>>);

impl<'a> Table<'a> for Rows<'a> {
    fn wanted(&self, _row: usize, instance: usize) -> bool {
        self.0.act(Callback::Wanted);
        instance < self.0.wanted.load(Relaxed)
    }

    fn create(&self, _row: usize, _instance: usize, mut slot: Slot<'_, 'a>) -> Result {
        self.0.act(Callback::Create);
        if matches!(self.0.deed, Deed::Forget) {
            return Ok(());
        }
        slot.watch(self.0.clone());
        let child = Child(self.0.clone());
        slot.fill::<Tests>(Ok::<_, Error>(child))?;
        self.0.created.fetch_add(1usize, Relaxed);
        Ok(())
    }
}

/// Children with a script.
pub(crate) struct Play<'a> {
    children: Arc<Children<'a>>,
    script: Arc<Script<'a>>,
}

impl<'a> Play<'a> {
    /// Returns children of `parent` of which none is wanted, and that do `deed` in `callback`.
    pub(crate) fn new(parent: &'a Device<Bound>, callback: Callback, deed: Deed) -> Result<Self> {
        let script = Arc::pin_init(
            try_pin_init!(Script {
                callback,
                deed,
                wanted: Atomic::new(0),
                seen <- new_mutex!(KVec::new()),
                created: Atomic::new(0),
                children <- new_mutex!(None),
            }? Error),
            GFP_KERNEL,
        )?;
        let rows = Arc::new(Rows(script.clone()), GFP_KERNEL)?;
        let kinds = [Kind::many(&CHILD, MOST)];
        let children = Arc::new(ffi::children(parent, &kinds, rows)?, GFP_KERNEL)?;
        *script.children.lock() = Some(children.clone());
        Ok(Self { children, script })
    }

    /// Makes the children as many as `count`.
    pub(crate) fn reconcile(&self, count: usize) -> Result {
        self.script.wanted.store(count, Relaxed);
        self.children.reconcile()
    }

    pub(crate) fn close(&self) -> Result {
        self.children.close()
    }

    /// Returns how many children were created.
    pub(crate) fn created(&self) -> usize {
        self.script.created.load(Relaxed)
    }

    /// Returns how often the deed was done.
    pub(crate) fn deeds(&self) -> usize {
        self.script.seen.lock().len()
    }

    /// Returns whether every deed ended with `error`.
    pub(crate) fn all_ended(&self, error: Option<Error>) -> bool {
        let seen = self.script.seen.lock();
        seen.iter().all(|seen| *seen == error)
    }
}

impl Drop for Play<'_> {
    fn drop(&mut self) {
        // The script must not keep the children, whose queue has the script.
        let children = self.script.children.lock().take();
        drop(children);
    }
}
