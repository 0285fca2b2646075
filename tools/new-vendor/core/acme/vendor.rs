// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The vendor: PCI ids, and the children a function has.

use auxbus::Kind;
use auxcore::{
    class::Class,
    function::{Function, Vectors},
    handle::Handle,
    health::Verdict,
    pci::{device_id, PciVendor},
    vendor::{ChildClass, Vendor}, //
};
use kernel::{pci, prelude::*, sync::Arc};

use super::{
    calc::{Calc, Child, NAME},
    device::AcmeDevice, //
};

/// The Acme vendor plugin.
pub(crate) enum Acme {}

static CALC: auxbus::Name = NAME;

// QEMU's `edu`.
kernel::pci_device_table!(PCI_IDS, (), [(device_id(0x1234, 0x11e8), ())]);

impl PciVendor for Acme {
    const PCI_IDS: pci::IdTable<()> = &PCI_IDS;
    const VECTORS: Vectors = Vectors::Msi(1);
    const DMA_BITS: u32 = 28;

    fn claims(_address: &CStr) -> bool {
        // No other driver wants these functions. A plugin that shares its ids with another driver
        // takes only what the user gives it; core/mlx5 shows how.
        true
    }
}

impl Vendor for Acme {
    const CHILDREN: &'static [ChildClass<Self>] = &[ChildClass {
        class: Class::Other("calc"),
        kind: Kind::one(&CALC),
        wanted: |_, _| true,
        create: |device, _, place| {
            let service = device.calc()?;
            place.fill::<Calc>(Ok(Child { service }))
        },
    }];

    type Core<'bound> = AcmeDevice<'bound>;

    fn bring_up<'bound>(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Arc<AcmeDevice<'bound>>> {
        AcmeDevice::bring_up(function, handle)
    }

    fn tear_down(device: &AcmeDevice<'_>) -> Result {
        device.tear_down()
    }

    fn health(device: &AcmeDevice<'_>) -> Verdict {
        device.health()
    }
}
