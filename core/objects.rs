// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The object table: what exists in the device, and whose it is.
//!
//! One table per core device lists the objects that firmware was made to create or was lent, by
//! whichever consumer or program. It only tells: nothing is created, changed or destroyed through
//! it, and nobody but the owner of an entry changes that. An entry ends with what stands for the
//! object in the driver, so those of a generation end with it.

use core::fmt;
use kernel::{
    device::Device,
    prelude::*,
    rbtree::{RBTree, RBTreeNode},
    sync::{
        atomic::{Acquire, Atomic, Relaxed, Release},
        Arc, Mutex,
    }, //
};

use crate::{class::Class, lock::new_mutex, text::Escaped, textfile::Text, who::Who};

/// A kind of object, in the vendor's words. None holds a space.
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// What its number is: `number` tells objects of the kind apart, `count` counts them.
    pub number: &'static str,
    /// What its second number is, if it has one.
    pub detail: Option<&'static str>,
}

/// On whose behalf an object exists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Owner {
    /// The core driver.
    Core,
    /// A user program, through the consumer of a class.
    Program(Class),
}

/// The number of an object that does not exist, or not yet.
const ABSENT: u64 = u64::MAX;

/// One object, as its entry and the table share it.
struct Object {
    kind: &'static Kind,
    owner: Owner,
    /// Who asked for it, if a program did.
    who: Option<Who>,
    number: Atomic<u64>,
    detail: Atomic<u64>,
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // ORDERING: pairs with `Entry::set`: the detail is the one set before this number.
        let number = self.number.load(Acquire);
        if number == ABSENT {
            return Ok(());
        }
        let owner = match self.owner {
            Owner::Core => "core",
            Owner::Program(class) => class.name(),
        };
        write!(f, "kind={} owner={owner}", self.kind.name)?;
        if let Some(who) = &self.who {
            write!(f, " {who}")?;
        }
        write!(f, " {}={number:#x}", self.kind.number)?;
        if let Some(detail) = self.kind.detail {
            write!(f, " {detail}={:#x}", self.detail.load(Relaxed))?;
        }
        writeln!(f)
    }
}

/// The objects of one core device.
#[pin_data]
pub struct Objects {
    #[pin]
    list: Mutex<List>,
}

/// The objects in order of their entries' numbers, which is that of their coming.
struct List {
    objects: RBTree<u64, Arc<Object>>,
    last: u64,
}

impl Objects {
    /// Returns an empty table. Errors: `ENOMEM`.
    pub(crate) fn new() -> Result<Arc<Self>> {
        let list = List {
            objects: RBTree::new(),
            last: 0,
        };
        Arc::pin_init(
            try_pin_init!(Self { list <- new_mutex!(list) }? Error),
            GFP_KERNEL,
        )
    }

    /// Returns an entry for an object that does not exist yet: it is not seen before
    /// [`Entry::set`]. The program behind an [`Owner::Program`] is the current task's. Context:
    /// process.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub fn enter(self: &Arc<Self>, kind: &'static Kind, owner: Owner) -> Result<Entry> {
        let object = Object {
            kind,
            owner,
            who: matches!(owner, Owner::Program(_)).then(Who::current),
            number: Atomic::new(ABSENT),
            detail: Atomic::new(0),
        };
        let object = Arc::new(object, GFP_KERNEL)?;
        let mut list = self.list.lock();
        let place = list.last + 1;
        let node = RBTreeNode::new(place, object.clone(), GFP_KERNEL)?;
        // No other entry has this number.
        let _ = list.objects.insert(node);
        list.last = place;
        Ok(Entry {
            table: self.clone(),
            place,
            object,
        })
    }
}

/// The entry of one object. Dropping it takes the object from the table; it may sleep.
pub struct Entry {
    table: Arc<Objects>,
    place: u64,
    object: Arc<Object>,
}

impl Entry {
    /// Says that the object exists, with this number and detail. Context: any.
    pub fn set(&self, number: u64, detail: u64) {
        self.object.detail.store(detail, Relaxed);
        // ORDERING: pairs with the load when the object is printed.
        self.object.number.store(number, Release);
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        // Freed after the lock.
        let _node = self.table.list.lock().objects.remove_node(&self.place);
    }
}

/// The table as a file of `device`'s directory.
pub(crate) struct ObjectsFile<'a> {
    pub(crate) device: &'a Device,
    pub(crate) objects: Arc<Objects>,
}

impl Text for ObjectsFile<'_> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}", Escaped(self.device.name().to_bytes()))?;
        for object in self.objects.list.lock().objects.values() {
            write!(f, "{}", **object)?;
        }
        Ok(())
    }
}
