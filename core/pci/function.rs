// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! A PCI function as [`Function`]: its window, its vectors, its right to DMA, its reset.

use kernel::{
    device::{Bound, Core, Device},
    io::{IoBase, Mmio, Region},
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
    pci::PciVendor, //
};

/// The BAR that holds the register window.
const WINDOW_BAR: u32 = 0;

/// A bound PCI function.
#[pin_data]
pub(super) struct PciFunction<'bound> {
    pdev: &'bound pci::Device<Bound>,
    window: pci::Bar<'bound>,
    #[pin]
    vectors: VectorTable<'bound>,
    /// Whether a reset runs that this driver asked for.
    resetting: Atomic<bool>,
}

impl<'bound> PciFunction<'bound> {
    /// Enables the function and claims what `V` needs of it. Context: process, in probe.
    ///
    /// # Errors
    ///
    /// Those of the bus, `ENOMEM`.
    pub(super) fn new<V: PciVendor>(pdev: &'bound pci::Device<Core<'_>>) -> Result<Arc<Self>> {
        pdev.enable_device_mem()?;
        ffi::pci::set_dma_bits(pdev, V::DMA_BITS)?;
        let window = pdev.iomap_region(WINDOW_BAR, c"auxcore")?;
        let function = Arc::pin_init(
            try_pin_init!(Self {
                pdev,
                window,
                vectors <- ffi::vectors::vector_table(pdev, V::VECTORS),
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
        (&self.window).as_view()
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
        self.vectors.disconnect_all();
        ffi::pci::set_bus_master(self.pdev, false);
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
