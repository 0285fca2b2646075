// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Where a vendor registers a child: what every child of its class gets from the core device, no
//! vendor can leave out.

use auxbus::Slot;
use kernel::{prelude::*, sync::Arc};

use crate::{
    class::{
        datapath::{self, Datapath},
        fwctl::{Child, Fwctl, Service}, //
    },
    events::Feed,
    journal::Journal, //
};

/// The empty place of one child.
pub struct Place<'s, 'bound> {
    slot: Slot<'s, 'bound>,
    journal: &'s Arc<Journal>,
}

impl<'s, 'bound> Place<'s, 'bound> {
    pub(crate) fn new(slot: Slot<'s, 'bound>, journal: &'s Arc<Journal>) -> Self {
        Self { slot, journal }
    }

    /// Registers the fwctl child with the vendor's half of it. Context: process.
    ///
    /// # Errors
    ///
    /// As [`Slot::fill`].
    pub fn fwctl(self, service: Arc<dyn Service + 'bound>) -> Result {
        let journal = self.journal.clone();
        self.slot.fill::<Fwctl>(Ok(Child { service, journal }))
    }

    /// Registers a child of a data-path class, whose consumer sees `events`. Context: process.
    ///
    /// # Errors
    ///
    /// As [`Slot::fill`].
    pub fn datapath(self, events: Arc<Feed>) -> Result {
        self.slot.fill::<Datapath>(Ok(datapath::Child { events }))
    }
}
