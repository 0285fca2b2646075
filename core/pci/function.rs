// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! A PCI function as [`Function`]: its window, its vectors, its right to DMA, its reset.

use core::ops::Range;
use kernel::{
    device::{Bound, Core, Device},
    io::{Io, IoBase, Mmio, Region},
    pci,
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc,
    }, //
};

use crate::{
    ffi::{self, vectors::VectorTable},
    function::{Function, Interrupt},
    nested::Grant,
    pci::{PciVendor, WindowAt}, //
};

/// Most BARs of a function; what the bus counts beyond them is no register window.
const BARS: u32 = 6;

/// A bound PCI function.
#[pin_data]
pub(super) struct PciFunction<'bound> {
    pdev: &'bound pci::Device<Bound>,
    // Dropped in this order: a device is disabled after its vectors are freed, which writes to its
    // registers, and before its BAR is.
    #[pin]
    vectors: VectorTable<'bound>,
    _enabled: ffi::pci::Enabled<'bound>,
    bar: pci::Bar<'bound>,
    /// The bytes of the BAR that are the window.
    window: Range<usize>,
    /// Whether a reset runs that this driver asked for.
    resetting: Atomic<bool>,
}

/// Reads an aligned word of the configuration space.
fn config(pdev: &pci::Device<Bound>, at: usize) -> Option<u32> {
    match pdev.config_space_extended() {
        Ok(space) => space.try_read32(at).ok(),
        Err(_) => pdev.config_space().try_read32(at).ok(),
    }
}

impl<'bound> PciFunction<'bound> {
    /// Enables the function and claims what `V` needs of it. Context: process, in probe.
    ///
    /// # Errors
    ///
    /// Those of the bus and of [`PciVendor::window`], `ENODEV` when there is no such window in memory,
    /// `ENOMEM`.
    pub(super) fn new<V: PciVendor>(pdev: &'bound pci::Device<Core<'_>>) -> Result<Arc<Self>> {
        let enabled = ffi::pci::enable(pdev)?;
        ffi::pci::set_dma_bits(pdev, V::DMA_BITS)?;
        let WindowAt { bar, offset } = V::window(&|at| config(pdev, at))?;
        if bar >= BARS || pdev.resource_len(bar)? == 0 || !ffi::pci::is_memory(pdev, bar) {
            return Err(ENODEV);
        }
        let bar = pdev.iomap_region(bar, c"auxcore")?;
        let window = offset..(&bar).size();
        if window.is_empty() || offset % 4 != 0 {
            return Err(ENODEV);
        }
        let function = Arc::pin_init(
            try_pin_init!(Self {
                pdev,
                vectors <- ffi::vectors::vector_table(pdev, V::VECTORS),
                _enabled: enabled,
                bar,
                window,
                resetting: Atomic::new(false),
            }? Error),
            GFP_KERNEL,
        )?;
        // What an error of the bus makes the function forget: it may not DMA then.
        ffi::pci::save_state(pdev)?;
        Ok(function)
    }

    /// Returns whether a reset runs that this driver asked for.
    pub(super) fn is_resetting(&self) -> bool {
        self.resetting.load(Relaxed)
    }

    /// Gives a function that the bus has reset its configuration back. Returns whether it answers.
    pub(super) fn restore(&self) -> bool {
        ffi::pci::restore_state(self.pdev);
        self.present()
    }

    /// Runs a reset, so that the bus's callbacks about it are known to be ours.
    fn with_mark(&self, reset: impl FnOnce() -> Result) -> Result {
        self.resetting.store(true, Relaxed);
        let done = reset();
        self.resetting.store(false, Relaxed);
        done
    }
}

impl<'bound> Function<'bound> for PciFunction<'bound> {
    fn device(&self) -> &'bound Device<Bound> {
        self.pdev.as_ref()
    }

    fn dma(&self) -> &'bound Device<Bound> {
        self.pdev.as_ref()
    }

    fn window(&self) -> Mmio<'_, Region> {
        ffi::nested::part((&self.bar).as_view(), &self.window)
    }

    fn vectors(&self) -> usize {
        self.vectors.len()
    }

    fn connect(&self, index: usize, handler: Arc<dyn Interrupt + 'bound>) -> Result {
        self.vectors.connect(index, handler)
    }

    fn disconnect(&self, index: usize) {
        self.vectors.disconnect(index);
    }

    fn activate(&self) {
        ffi::pci::set_bus_master(self.pdev, true);
    }

    fn quiesce(&self) {
        // In this order: a handler may be the last to hold memory that the device writes.
        ffi::pci::set_bus_master(self.pdev, false);
        self.vectors.disconnect_all();
    }

    fn present(&self) -> bool {
        ffi::pci::is_present(self.pdev)
    }

    fn reset(&self) -> Result {
        self.with_mark(|| ffi::pci::try_reset(self.pdev))
    }

    fn reset_held(&self) -> Result {
        self.with_mark(|| ffi::pci::reset_locked(self.pdev))
    }

    fn grant(&self) -> Option<&dyn Grant> {
        None
    }
}
