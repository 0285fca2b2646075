// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! A part of a function, as [`Function`].

use kernel::{
    device::{Bound, Device},
    io::{Mmio, Region},
    prelude::*,
    sync::Arc, //
};

use crate::{
    ffi,
    function::{Function, Interrupt},
    nested::{Grant, Part}, //
};

/// A bound part of a function.
///
/// Dropping it disconnects its vectors.
pub(super) struct PartFunction<'bound> {
    device: &'bound Device<Bound>,
    part: &'bound Part<'bound>,
}

impl<'bound> PartFunction<'bound> {
    pub(super) fn new(device: &'bound Device<Bound>, part: &'bound Part<'bound>) -> Self {
        Self { device, part }
    }

    fn disconnect_all(&self) {
        for index in self.part.vectors.clone() {
            self.part.above.disconnect(index);
        }
    }

    /// Returns the number that a vector of the part has in the function above.
    fn vector(&self, index: usize) -> Result<usize> {
        self.part.vectors.clone().nth(index).ok_or(EINVAL)
    }
}

impl<'bound> Function<'bound> for PartFunction<'bound> {
    fn device(&self) -> &'bound Device<Bound> {
        self.device
    }

    fn dma(&self) -> &'bound Device<Bound> {
        self.part.above.dma()
    }

    fn window(&self) -> Mmio<'_, Region> {
        ffi::nested::part(self.part.above.window(), &self.part.window)
    }

    fn vectors(&self) -> usize {
        self.part.vectors.len()
    }

    fn connect(&self, index: usize, handler: Arc<dyn Interrupt + 'bound>) -> Result {
        let index = self.vector(index)?;
        self.part
            .above
            .connect(index, ffi::nested::outlive(handler))
    }

    fn disconnect(&self, index: usize) {
        if let Ok(index) = self.vector(index) {
            self.part.above.disconnect(index);
        }
    }

    fn activate(&self) {
        self.part.grant.activate();
    }

    fn quiesce(&self) {
        // In this order: a handler may be the last to hold memory that the device writes.
        self.part.grant.quiesce();
        self.disconnect_all();
    }

    fn present(&self) -> bool {
        self.part.above.present()
    }

    fn reset(&self) -> Result {
        self.part.grant.reset()
    }

    fn reset_held(&self) -> Result {
        self.part.grant.reset()
    }

    fn grant(&self) -> Option<&dyn Grant> {
        Some(&*self.part.grant)
    }
}

impl Drop for PartFunction<'_> {
    fn drop(&mut self) {
        self.disconnect_all();
    }
}
