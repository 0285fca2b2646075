// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The PCI half of the core driver: claims functions, and tells the core device what the bus does
//! to them.
//!
//! | the bus | the core device |
//! |---|---|
//! | binds, unbinds | starts, stops |
//! | sleeps, wakes up | ends the generation, begins the next one; the children come back last |
//! | goes down | ends the generation; the children stay, with their contracts detached |
//! | reports an error | kills the generation and ends it; the registers are not touched |
//! | has mended the error | recovers, on the path of every recovery |
//! | resets, for somebody else | ends the generation before, begins the next one after |
//!
//! The bus probes asynchronously: a function whose firmware is slow holds nobody up.

mod function;

use core::marker::PhantomData;
use kernel::{
    device::{Bound, Core, Device},
    pci,
    prelude::*,
    sync::{
        atomic::{AtomicFlag, Relaxed},
        Arc,
    }, //
};

pub use crate::ffi::pci::{device_id, PciDriver};
use crate::{device::CoreDevice, ffi, function::Vectors, vendor::Vendor};
use function::PciFunction;

/// Where a function has its register window: from a byte of a BAR to the end of that BAR.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WindowAt {
    /// Number of the BAR.
    pub bar: u32,
    /// Its first byte, a multiple of four.
    pub offset: usize,
}

/// A vendor plugin for PCI functions.
pub trait PciVendor: Vendor {
    /// The functions it can drive.
    const PCI_IDS: pci::IdTable<()>;

    /// The interrupt vectors a function needs.
    const VECTORS: Vectors;

    /// Width of the device's DMA addresses in bits.
    const DMA_BITS: u32;

    /// Returns where the register window is: all of BAR 0, unless the vendor knows better.
    ///
    /// `config` reads an aligned word of the configuration space, `None` beyond its end. What it
    /// says is the device's word, not to be trusted. Context: process.
    ///
    /// # Errors
    ///
    /// `ENODEV` for a device that is not what it should be.
    fn window(config: &dyn Fn(usize) -> Option<u32>) -> Result<WindowAt> {
        let _ = config;
        Ok(WindowAt { bar: 0, offset: 0 })
    }

    /// Returns whether the user gave the function at `address` (`dddd:bb:dd.f`) to this driver. A
    /// function that is not claimed, and whose `driver_override` does not name this driver either,
    /// is left alone.
    fn claims(address: &CStr) -> bool;
}

/// What happened to a function on its bus.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// It does not answer until the bus has reset it.
    Frozen,
    /// It does not answer any more.
    Gone,
}

/// The core driver of a vendor's PCI functions.
pub struct CoreDriver<V: PciVendor>(PhantomData<V>);

/// What the driver core keeps of a bound function.
pub struct CoreData<'bound, V: PciVendor> {
    device: CoreDevice<'bound, V>,
    function: Arc<PciFunction<'bound>>,
    /// Somebody else's reset runs, and the core device is prepared for it.
    prepared: AtomicFlag,
}

/// All methods are called with the device lock held, which orders what they store.
impl<'bound, V: PciVendor> CoreData<'bound, V> {
    fn new(pdev: &'bound pci::Device<Core<'_>>) -> Result<Self> {
        let function = PciFunction::new::<V>(pdev)?;
        let device = CoreDevice::new(function.clone())?;
        device.start()?;
        Ok(Self {
            device,
            function,
            prepared: AtomicFlag::new(false),
        })
    }

    pub(crate) fn shutdown(&self) {
        self.device.shutdown();
    }

    pub(crate) fn suspend(&self) {
        self.device.suspend();
    }

    pub(crate) fn resume(&self) {
        self.device.resume();
    }

    pub(crate) fn complete(&self) {
        self.device.complete();
    }

    /// An error of the bus was detected.
    pub(crate) fn fail(&self, fault: Fault) {
        self.device.fail(matches!(fault, Fault::Gone));
    }

    /// The bus has reset the function. Returns whether it answers.
    pub(crate) fn slot_reset(&self) -> bool {
        self.function.restore()
    }

    /// The error is over.
    pub(crate) fn mended(&self) {
        self.device.mended();
    }

    /// A reset begins. Our own come when there is no generation, and need nothing.
    pub(crate) fn reset_prepare(&self) {
        if !self.function.is_resetting() {
            self.prepared.store(true, Relaxed);
            self.device.pause();
        }
    }

    /// A reset is over.
    pub(crate) fn reset_done(&self) {
        if self.prepared.xchg(false, Relaxed) {
            self.device.renew();
            self.device.complete();
        }
    }
}

impl<V: PciVendor> pci::Driver for CoreDriver<V> {
    type IdInfo = ();
    type Data<'bound> = CoreData<'bound, V>;

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
            let data = CoreData::new(pdev)?;
            // The outer result is of the preparation, the inner one initialises the data.
            Ok(Ok(data))
        })
    }

    fn unbind<'bound>(_pdev: &'bound pci::Device<Core<'_>>, data: Pin<&Self::Data<'bound>>) {
        data.device.stop();
    }
}
