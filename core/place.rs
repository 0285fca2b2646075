// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Where a vendor registers a child: what every child of its class gets from the core device, no
//! vendor can leave out.

use auxbus::{Contract, Slot};
use kernel::{fmt, prelude::*, sync::Arc, types::ForLt};

use crate::{
    class::{
        datapath::{self, Datapath},
        fwctl::{Child, Fwctl, Service},
        Class, //
    },
    events::Feed,
    exposure::Exposure,
    journal::Journal,
    nested::{Nested, Part}, //
};

/// What a core device gives its children.
pub(crate) struct Site<'bound> {
    pub(crate) journal: Arc<Journal>,
    pub(crate) exposure: Arc<Exposure<'bound>>,
}

/// The empty place of one child.
pub struct Place<'s, 'bound> {
    slot: Slot<'s, 'bound>,
    class: Class,
    site: &'s Site<'bound>,
}

impl<'s, 'bound> Place<'s, 'bound> {
    pub(crate) fn new(slot: Slot<'s, 'bound>, class: Class, site: &'s Site<'bound>) -> Self {
        Self { slot, class, site }
    }

    /// Registers the fwctl child with the vendor's half of it. Context: process.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the row is of another class, or as [`Slot::fill`].
    pub fn fwctl(self, service: Arc<dyn Service + 'bound>) -> Result {
        if self.class != Class::Fwctl {
            return Err(EINVAL);
        }
        let journal = self.site.journal.clone();
        self.slot.fill::<Fwctl>(Ok(Child { service, journal }))
    }

    /// Gives the child a read-only attribute in sysfs, which is there before the child is announced.
    /// Context and errors as [`Slot::attribute`].
    pub fn attribute(&mut self, name: &'static CStr, value: fmt::Arguments<'_>) -> Result {
        self.slot.attribute(name, value)
    }

    /// Registers a part of the function. Context: process.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the row is of another class, or as [`Slot::fill`].
    pub fn function(self, part: Part<'bound>) -> Result {
        if self.class != Class::Function {
            return Err(EINVAL);
        }
        self.slot.fill::<Nested>(Ok(part))
    }

    /// Registers a child of a class of the vendor's own. Its consumer counts as one of a datapath
    /// class for who decides about fwctl. Context: process.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the row is of a class that the framework knows, or as [`Slot::fill`].
    pub fn fill<C: Contract>(
        mut self,
        data: impl PinInit<<C::Data as ForLt>::Of<'bound>, Error>,
    ) -> Result
    where
        for<'b> <C::Data as ForLt>::Of<'b>: Send + Sync,
    {
        if !matches!(self.class, Class::Other(_)) {
            return Err(EINVAL);
        }
        self.slot.watch(self.site.exposure.counter(self.class)?);
        self.slot.fill::<C>(data)
    }

    /// Registers a child of a datapath class, whose consumer sees `events`, and counts for who
    /// decides about fwctl. Context: process.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the row is of another class, or as [`Slot::fill`].
    pub fn datapath(mut self, events: Arc<Feed>) -> Result {
        match self.class {
            Class::Netdev | Class::Rdma | Class::Other(_) => (),
            Class::Fwctl | Class::Function => return Err(EINVAL),
        }
        self.slot.watch(self.site.exposure.counter(self.class)?);
        self.slot.fill::<Datapath>(Ok(datapath::Child { events }))
    }
}
