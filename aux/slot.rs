// SPDX-License-Identifier: GPL-2.0

//! The making of one child.

#![forbid(unsafe_code)]

use crate::{
    attributes::Attributes,
    consumer::{
        Contract,
        Watcher, //
    },
    ffi::Child,
    id::{
        ChildId,
        Id, //
    },
    name::Name, //
};

use kernel::{
    device::{
        Bound,
        Device, //
    },
    fmt,
    prelude::*,
    sync::Arc,
    types::ForLt, //
};

/// The empty place of one child, and the only way to register one.
pub struct Slot<'s, 'a> {
    place: &'s mut Option<Child<'a>>,
    parent: &'a Device<Bound>,
    name: &'static Name,
    /// The function's id, if the child carries that.
    shared: Option<u32>,
    attributes: Attributes,
    watcher: Option<Arc<dyn Watcher + 'a>>,
}

impl<'s, 'a> Slot<'s, 'a> {
    /// Creates the slot of a place; without a `shared` id the child gets one of its own.
    pub(crate) fn new(
        place: &'s mut Option<Child<'a>>,
        parent: &'a Device<Bound>,
        name: &'static Name,
        shared: Option<u32>,
    ) -> Self {
        Self {
            place,
            parent,
            name,
            shared,
            attributes: Attributes::new(),
            watcher: None,
        }
    }

    /// Has `watcher` told of the child's consumers. Its contract, and so the type that both sides
    /// agree on, has no part in that.
    pub fn watch(&mut self, watcher: Arc<dyn Watcher + 'a>) {
        self.watcher = Some(watcher);
    }

    /// Gives the child a read-only attribute: a file `name` in its directory in sysfs, whose text
    /// is `value` and a newline.
    ///
    /// It is there before the bus announces the child, so whoever hears of the child can read it,
    /// bound or not; it stays the same for the child's life. May sleep.
    ///
    /// # Errors
    ///
    /// - `EEXIST`: the child has an attribute of this name already. (A name that the driver core
    ///   uses itself makes [`Slot::fill`] fail with the same.)
    /// - `EMSGSIZE`: the text does not fit in a page.
    /// - `EINVAL`: the text has a zero byte.
    /// - `ENOMEM`: out of memory.
    pub fn attribute(&mut self, name: &'static CStr, value: fmt::Arguments<'_>) -> Result {
        self.attributes.add(name, value)
    }

    /// Registers the child with its registration data.
    ///
    /// The bus may bind a consumer before this returns. May sleep.
    ///
    /// # Errors
    ///
    /// - `ENOMEM`: out of memory.
    /// - `ENOSPC`: no id is left.
    /// - `EEXIST`: there is a device of this name already.
    /// - any error of `data` or of the bus.
    pub fn fill<C: Contract>(self, data: impl PinInit<<C::Data as ForLt>::Of<'a>, Error>) -> Result
    where
        for<'b> <C::Data as ForLt>::Of<'b>: Send + Sync,
    {
        let id = match self.shared {
            Some(id) => ChildId::Shared(id),
            None => ChildId::Own(Id::alloc()?),
        };

        *self.place = Some(Child::new::<C::Data>(
            self.parent,
            self.name,
            id,
            self.attributes,
            self.watcher,
            data,
        )?);
        Ok(())
    }
}
