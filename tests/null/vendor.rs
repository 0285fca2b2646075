// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The vendor: PCI ids, and the children a function has.

use auxbus::{Kind, Name};
use auxcore::{
    class::{fwctl::NAME as FWCTL, Class},
    function::{Function, Vectors},
    handle::Handle,
    health::{Limit, Verdict},
    nested::Part,
    pci::{device_id, PciVendor},
    place::Place,
    vendor::{ChildClass, Vendor}, //
};
use kernel::{pci, prelude::*, sync::Arc, time::Delta};

use crate::{
    device::NullDevice,
    ffi,
    fwctl::Echo,
    part::{NullGrant, PART},
    service::{Child, OrderService, Orders, Ports, NETDEV, ORDERS, PORT}, //
};

/// The most ports of a function.
const MAX_PORTS: usize = 64;

/// The most parts of a function, and the number of the first.
const MAX_PARTS: usize = 16;
const FIRST_PART: usize = 100;

/// The most fwctl children of a function: two functions have more than the subsystem takes.
const MAX_FWCTLS: usize = 2100;

/// Registers the child that takes orders, of a function or a part.
pub(crate) fn create_orders<'bound>(
    device: &NullDevice<'bound>,
    place: Place<'_, 'bound>,
) -> Result {
    let service = OrderService::new(device.up().clone())?;
    place.fill::<Orders>(Ok(Child { service }))
}

/// The test vendor.
pub(crate) enum Null {}

pub(crate) static ORDERS_NAME: Name = ORDERS;
pub(crate) const ORDERS_CLASS: Class = Class::Other("orders");
static PORT_NAME: Name = PORT;
static FWCTL_NAME: Name = FWCTL;
static NETDEV_NAME: Name = NETDEV;

// QEMU's `pci-testdev`.
kernel::pci_device_table!(PCI_IDS, (), [(device_id(0x1b36, 0x0005), ())]);

impl PciVendor for Null {
    const PCI_IDS: pci::IdTable<()> = &PCI_IDS;
    const VECTORS: Vectors = Vectors::None;
    const DMA_BITS: u32 = 32;

    fn claims(_address: &CStr) -> bool {
        true
    }
}

impl Vendor for Null {
    const CHILDREN: &'static [ChildClass<Self>] = &[
        ChildClass {
            class: Class::Other("port"),
            kind: Kind::many(&PORT_NAME, MAX_PORTS),
            wanted: |_, port| port < ffi::ports(),
            create: |_, port, mut place| {
                if ffi::starves() {
                    return Err(ENOMEM);
                }
                place.attribute(c"port", fmt!("{port}"))?;
                place.fill::<Ports>(Ok(()))
            },
        },
        ChildClass {
            class: ORDERS_CLASS,
            kind: Kind::one(&ORDERS_NAME),
            wanted: |_, _| true,
            create: |device, _, place| create_orders(device, place),
        },
        ChildClass {
            class: Class::Fwctl,
            kind: Kind::many(&FWCTL_NAME, MAX_FWCTLS),
            wanted: |_, number| number < ffi::fwctls(),
            create: |_, _, place| place.fwctl(Echo::new()?),
        },
        ChildClass {
            class: Class::Netdev,
            kind: Kind::one(&NETDEV_NAME),
            wanted: |_, number| number < ffi::netdevs(),
            create: |device, _, place| place.datapath(device.handle().feed()?),
        },
        ChildClass {
            class: Class::Function,
            kind: Kind::many(&PART, MAX_PARTS),
            wanted: |_, part| part < ffi::parts(),
            create: |device, part, mut place| {
                place.attribute(c"sfnum", fmt!("{}", FIRST_PART + part))?;
                let grant = Arc::new(NullGrant, GFP_KERNEL)?;
                let function = device.function().clone();
                place.function(Part::new(function, 0..0, 0..0, grant)?)
            },
        },
    ];
    const POLL: Delta = Delta::from_millis(100);
    const RECOVERIES: Limit = Limit {
        attempts: 3,
        window_ms: 60_000,
    };

    type Core<'bound> = NullDevice<'bound>;

    fn bring_up<'bound>(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Arc<NullDevice<'bound>>> {
        NullDevice::bring_up(function, handle)
    }

    fn tear_down(device: &NullDevice<'_>) -> Result {
        device.tear_down()
    }

    fn health(device: &NullDevice<'_>) -> Verdict {
        device.health()
    }

    fn reset(_function: &dyn Function<'_>, _abandoned: &dyn Fn() -> bool) -> Result {
        // Every generation has firmware of its own.
        Ok(())
    }
}
