// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The vendor.

use auxbus::{Contract, Kind, Name};
use auxcore::{
    class::Class,
    function::{Function, Vectors},
    handle::Handle,
    pci::PciVendor,
    vendor::{ChildClass, Vendor}, //
};
use kernel::{
    pci,
    prelude::*,
    sync::Arc,
    types::{CovariantForLt, ForLt}, //
};

use crate::module_parameters;

static CHILD: Name = Name::new(c"auxcore_test_many", c"child");
const MOST: usize = 4096;

/// The vendor.
pub(crate) enum Many {}

/// A child that offers nothing.
enum Nothing {}

impl Contract for Nothing {
    type Data = CovariantForLt!(());

    fn attach(_data: Pin<&<Self::Data as ForLt>::Of<'_>>) -> Result {
        Ok(())
    }

    fn detach(_data: Pin<&<Self::Data as ForLt>::Of<'_>>) {}
}

kernel::pci_device_table!(
    PCI_IDS,
    (),
    [
        // No such device: nothing is bound without an override.
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0xfffd), ()),
    ]
);

impl PciVendor for Many {
    const PCI_IDS: pci::IdTable<()> = &PCI_IDS;
    const VECTORS: Vectors = Vectors::None;
    const DMA_BITS: u32 = 32;

    fn claims(_address: &CStr) -> bool {
        false
    }
}

impl Vendor for Many {
    const CHILDREN: &'static [ChildClass<Self>] = &[ChildClass {
        class: Class::Other("child"),
        kind: Kind::many(&CHILD, MOST),
        // CAST: any number above the most means the most.
        wanted: |(), instance| instance < module_parameters::many.value() as usize,
        create: |_, _, place| place.fill::<Nothing>(Ok(())),
    }];

    type Core<'bound> = ();

    fn bring_up<'bound>(
        _function: Arc<dyn Function<'bound> + 'bound>,
        _handle: Handle<'bound>,
    ) -> Result<Arc<()>> {
        Ok(Arc::new((), GFP_KERNEL)?)
    }

    fn tear_down(_core: &()) -> Result {
        Ok(())
    }
}
