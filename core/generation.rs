// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The current generation of a core device, and which children it has.

use auxbus::{Slot, Table};
use kernel::{
    prelude::*,
    sync::{Arc, Mutex}, //
};

use crate::{
    class::Class,
    lock::new_mutex,
    place::{Place, Site},
    vendor::Vendor, //
};

/// The state of the current generation, if there is one; shared by a core device with the owner of
/// its children.
#[pin_data]
pub(crate) struct Current<'bound, V: Vendor> {
    #[pin]
    core: Mutex<Option<Arc<V::Core<'bound>>>>,
    site: Site<'bound>,
    /// Whether there is a function above this one. Such a function offers no fwctl: what its
    /// firmware commands may do to others is not decided by anybody.
    nested: bool,
}

impl<'bound, V: Vendor> Current<'bound, V> {
    /// Returns a place without a generation. Errors: `ENOMEM`.
    pub(crate) fn new(site: Site<'bound>, nested: bool) -> Result<Arc<Self>> {
        Arc::pin_init(
            try_pin_init!(Self { core <- new_mutex!(None), site, nested }? Error),
            GFP_KERNEL,
        )
    }

    /// Returns the current generation. Context: process.
    pub(crate) fn get(&self) -> Option<Arc<V::Core<'bound>>> {
        self.core.lock().clone()
    }

    /// Replaces the current generation and returns the one before. Context: process.
    pub(crate) fn replace(
        &self,
        core: Option<Arc<V::Core<'bound>>>,
    ) -> Option<Arc<V::Core<'bound>>> {
        core::mem::replace(&mut *self.core.lock(), core)
    }
}

/// Without a generation there are no children.
impl<'bound, V: Vendor> Table<'bound> for Current<'bound, V> {
    fn wanted(&self, row: usize, instance: usize) -> bool {
        match (self.get(), V::CHILDREN.get(row)) {
            (Some(core), Some(class)) => {
                let withheld = self.nested && class.class == Class::Fwctl;
                !withheld
                    && self.site.exposure.permits(class.class)
                    && (class.wanted)(&core, instance)
            }
            _ => false,
        }
    }

    fn create(&self, row: usize, instance: usize, slot: Slot<'_, 'bound>) -> Result {
        let core = self.get().ok_or(ENODEV)?;
        let class = V::CHILDREN.get(row).ok_or(EINVAL)?;
        (class.create)(&core, instance, Place::new(slot, class.class, &self.site))
    }
}
