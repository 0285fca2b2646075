// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The vendor: which devices, where their registers are, and which children they have.

use auxbus::{Kind, Name};
use auxcore::{
    claim,
    class::{fwctl::NAME as FWCTL, Class},
    function::{Function, Vectors},
    handle::Handle,
    health::Verdict,
    pci::{PciVendor, WindowAt},
    vendor::{ChildClass, Vendor}, //
};
use kernel::{pci, prelude::*, sync::Arc};

use super::{
    device::CxlDevice,
    ffi,
    fwctl::FwctlService,
    locator,
    log::Access, //
};

/// The CXL vendor plugin.
pub(crate) enum Cxl {}

static FWCTL_NAME: Name = FWCTL;

/// Class of a memory device with the interface that CXL defines.
const MEMORY_DEVICE: u32 = 0x05_0210;

kernel::pci_device_table!(
    PCI_IDS,
    (),
    [(pci::DeviceId::from_class(MEMORY_DEVICE, 0xff_ffff), ())]
);

impl PciVendor for Cxl {
    const PCI_IDS: pci::IdTable<()> = &PCI_IDS;
    // The mailbox is polled.
    const VECTORS: Vectors = Vectors::None;
    // Of no meaning: the mailbox does no DMA.
    const DMA_BITS: u32 = 64;

    fn window(config: &dyn Fn(usize) -> Option<u32>) -> Result<WindowAt> {
        let block = locator::device_registers(config).ok_or(ENODEV)?;
        Ok(WindowAt {
            bar: block.bar,
            offset: usize::try_from(block.offset).map_err(|_| ENODEV)?,
        })
    }

    fn claims(address: &CStr) -> bool {
        claim::lists(ffi::claim(), address.to_bytes())
    }
}

impl Vendor for Cxl {
    const CHILDREN: &'static [ChildClass<Self>] = &[ChildClass {
        class: Class::Fwctl,
        kind: Kind::one(&FWCTL_NAME),
        wanted: |device, _| device.features().access >= Access::Read,
        create: |device, _, place| place.fwctl(FwctlService::new(device.clone())?),
    }];

    // A reset may cost the memory behind the device its content.
    const RESETS: bool = false;

    type Core<'bound> = CxlDevice<'bound>;

    fn bring_up<'bound>(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Arc<CxlDevice<'bound>>> {
        CxlDevice::bring_up(function, handle)
    }

    fn tear_down(device: &CxlDevice<'_>) -> Result {
        device.tear_down()
    }

    fn health(device: &CxlDevice<'_>) -> Verdict {
        device.health()
    }
}
