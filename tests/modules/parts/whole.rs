// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The function that is split.

use auxbus::{Kind, Name};
use auxcore::{
    class::Class,
    deadline::Deadline,
    function::{Function, Vectors},
    handle::Handle,
    nested::{Grant, Part},
    pci::PciVendor,
    vendor::{ChildClass, Vendor}, //
};
use kernel::{
    pci,
    prelude::*,
    sync::Arc, //
};

use crate::module_parameters;

/// The name of a part.
pub(crate) const PART: Name = Name::new(c"auxcore_test_parts", c"part");
static PART_NAME: Name = PART;

/// Most parts, and the bytes of the window that each has.
const MOST: usize = 72;
const WINDOW: usize = 4096;

/// The vendor.
pub(crate) enum Whole {}

/// What is done for a part: nothing, since there is no firmware.
struct Nothing;

impl Grant for Nothing {
    fn exec(&self, _command: &[u8], _reply: &mut [u8], _deadline: Deadline) -> Result {
        Err(EMSGSIZE)
    }

    fn activate(&self) {}

    fn quiesce(&self) {}

    fn reset(&self) -> Result {
        Ok(())
    }
}

kernel::pci_device_table!(
    PCI_IDS,
    (),
    [
        // No such device: nothing is bound without an override.
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0xfffe), ()),
    ]
);

impl PciVendor for Whole {
    const PCI_IDS: pci::IdTable<()> = &PCI_IDS;
    const VECTORS: Vectors = Vectors::Msi(1);
    const DMA_BITS: u32 = 64;

    fn claims(_address: &CStr) -> bool {
        false
    }
}

impl Vendor for Whole {
    const CHILDREN: &'static [ChildClass<Self>] = &[ChildClass {
        class: Class::Function,
        kind: Kind::many(&PART_NAME, MOST),
        // CAST: any number above the most means the most.
        wanted: |_, instance| instance < module_parameters::parts.value() as usize,
        create: |function, instance, mut place| {
            place.attribute(c"sfnum", fmt!("{}", 100 + instance))?;
            let window = instance * WINDOW..(instance + 1) * WINDOW;
            let grant = Arc::new(Nothing, GFP_KERNEL)?;
            let part = Part::new((**function).clone(), window, 0..0, grant)?;
            place.function(part)
        },
    }];

    type Core<'bound> = Arc<dyn Function<'bound> + 'bound>;

    fn bring_up<'bound>(
        function: Arc<dyn Function<'bound> + 'bound>,
        _handle: Handle<'bound>,
    ) -> Result<Arc<Self::Core<'bound>>> {
        Ok(Arc::new(function, GFP_KERNEL)?)
    }

    fn tear_down(_core: &Self::Core<'_>) -> Result {
        Ok(())
    }
}
