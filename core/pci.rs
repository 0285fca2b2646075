// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The PCI half of the core driver: claims functions, maps their window, owns their vectors.

use core::marker::PhantomData;
use kernel::{
    device::{Bound, Core, Device},
    io::{IoBase, Mmio, Region},
    pci,
    prelude::*,
    sync::Arc, //
};

use crate::{
    device::CoreDevice,
    ffi::{self, VectorTable},
    function::{Function, Interrupt},
    vendor::Vendor, //
};

/// The BAR that holds the register window.
const WINDOW_BAR: u32 = 0;

/// A bound PCI function.
#[pin_data]
struct PciFunction<'bound> {
    pdev: &'bound pci::Device<Bound>,
    window: pci::Bar<'bound>,
    #[pin]
    vectors: VectorTable<'bound>,
}

impl<'bound> PciFunction<'bound> {
    fn new<V: Vendor>(pdev: &'bound pci::Device<Core<'_>>) -> Result<Arc<Self>> {
        pdev.enable_device_mem()?;
        ffi::set_dma_bits(pdev, V::DMA_BITS)?;
        let window = pdev.iomap_region(WINDOW_BAR, c"auxcore")?;
        Arc::pin_init(
            try_pin_init!(Self { pdev, window, vectors <- ffi::vector_table(pdev, V::VECTORS) }? Error),
            GFP_KERNEL,
        )
    }
}

impl<'bound> Function<'bound> for PciFunction<'bound> {
    fn device(&self) -> &'bound Device<Bound> {
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
        ffi::set_bus_master(self.pdev, true);
    }

    fn quiesce(&self) {
        self.vectors.disconnect_all();
        ffi::set_bus_master(self.pdev, false);
    }

    fn present(&self) -> bool {
        ffi::is_present(self.pdev)
    }

    fn reset(&self) -> Result {
        ffi::try_reset(self.pdev)
    }

    fn reset_held(&self) -> Result {
        ffi::reset_locked(self.pdev)
    }
}

/// The core driver of a vendor's PCI functions.
pub struct CoreDriver<V: Vendor>(PhantomData<V>);

impl<V: Vendor> pci::Driver for CoreDriver<V> {
    type IdInfo = ();
    type Data<'bound> = CoreDevice<'bound, V>;

    const ID_TABLE: pci::IdTable<()> = V::PCI_IDS;

    fn probe<'bound>(
        pdev: &'bound pci::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        pin_init::pin_init_scope(move || {
            let dev: &Device<Bound> = pdev.as_ref();
            if !ffi::has_driver_override(dev) && !V::claims(dev.name()) {
                return Err(ENODEV);
            }
            let function = PciFunction::new::<V>(pdev)?;
            let device = CoreDevice::new(function)?;
            device.start()?;
            // The outer result is of the preparation, the inner one initialises the data.
            Ok(Ok(device))
        })
    }

    fn unbind<'bound>(_pdev: &'bound pci::Device<Core<'_>>, data: Pin<&Self::Data<'bound>>) {
        data.get_ref().stop();
    }
}
