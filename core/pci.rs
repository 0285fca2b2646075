// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The PCI half of the core driver: claims functions, maps their window, owns their vectors, and
//! runs the vendor's bring-up and tear-down around the life of the children.

use auxbus::{Children, Name};
use core::marker::PhantomData;
use kernel::{
    device::{Bound, Core, Device},
    io::{IoBase, Mmio, Region},
    pci,
    prelude::*,
    sync::Arc, //
};

use crate::{
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
}

/// The core driver of a vendor's PCI functions.
pub struct CoreDriver<V: Vendor>(PhantomData<V>);

/// What the core driver keeps while it is bound to a function.
///
/// Children go first, then the vendor's state; both hold the function, which goes last.
#[pin_data]
pub struct CoreData<'bound, V: Vendor> {
    #[pin]
    children: Children<'bound>,
    core: Arc<V::Core<'bound>>,
    function: Active<'bound>,
}

/// A function that may do DMA and interrupt; dropping it stops both.
struct Active<'bound>(Arc<dyn Function<'bound> + 'bound>);

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.quiesce();
    }
}

impl<'bound, V: Vendor> CoreData<'bound, V> {
    /// Makes the children that exist those that the vendor's table wants.
    fn reconcile(&self) -> Result {
        let mut wanted = 0;
        for (i, class) in V::CHILDREN.iter().enumerate() {
            if (class.wanted)(&self.core) {
                wanted |= 1 << i;
            }
        }
        self.children
            .reconcile(wanted, &|i, slot| match V::CHILDREN.get(i) {
                Some(class) => (class.create)(&self.core, slot),
                None => Err(EINVAL),
            })
    }

    fn stop(&self) {
        // Removing a child cannot fail, and there is nothing to create.
        let _ = self.children.reconcile(0, &|_, _| Err(EINVAL));
        V::tear_down(&self.core);
        self.function.0.quiesce();
    }
}

impl<V: Vendor> pci::Driver for CoreDriver<V> {
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
            let function = Active(PciFunction::new::<V>(pdev)?);
            function.0.activate();
            let core = V::bring_up(function.0.clone())?;
            Ok(try_pin_init!(CoreData {
                children <- ffi::children(pdev, names::<V>()),
                core,
                function,
            }? Error)
            .pin_chain(|data| {
                if let Err(e) = data.as_ref().get_ref().reconcile() {
                    dev_warn!(dev, "a child could not be registered: {:?}\n", e);
                }
                Ok(())
            }))
        })
    }

    fn unbind<'bound>(_pdev: &'bound pci::Device<Core<'_>>, data: Pin<&Self::Data<'bound>>) {
        data.get_ref().stop();
    }
}

/// Holds the names of a vendor's children as a constant of the right length for any table.
struct Names<V>(PhantomData<V>);

impl<V: Vendor> Names<V> {
    const ALL: [&'static Name; 8] = {
        assert!(
            V::CHILDREN.len() <= 8 && !V::CHILDREN.is_empty(),
            "a vendor has one to eight children"
        );
        let mut names = [V::CHILDREN[0].name; 8];
        let mut i = 0;
        while i < V::CHILDREN.len() {
            names[i] = V::CHILDREN[i].name;
            i += 1;
        }
        names
    };
}

fn names<V: Vendor>() -> &'static [&'static Name] {
    &Names::<V>::ALL[..V::CHILDREN.len()]
}
