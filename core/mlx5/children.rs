// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The vendor: PCI ids, and the children a function has.

use auxbus::{Kind, Name};
use auxcore::{
    claim,
    class::{fwctl::NAME as FWCTL, Class},
    function::{Function, Vectors},
    handle::Handle,
    health::Verdict,
    pci::PciVendor,
    peer::Seat,
    vendor::{ChildClass, Vendor}, //
};
use kernel::{pci, prelude::*, sync::Arc};

use super::{ffi, fwctl::FwctlService, hca::Hca, health, peer::PeerPort};

/// The ConnectX vendor plugin.
pub(crate) enum Mlx5 {}

/// Ethernet: a netdev consumer of this vendor binds here.
static NETDEV: Name = Name::new(c"auxcore_mlx5", c"netdev");
/// RDMA: an rdma consumer of this vendor binds here.
static RDMA: Name = Name::new(c"auxcore_mlx5", c"rdma");
static FWCTL_NAME: Name = FWCTL;

kernel::pci_device_table!(
    PCI_IDS,
    (),
    [
        // Physical functions, ConnectX-4 to ConnectX-8 and the BlueField devices.
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0x1013), ()),
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0x1015), ()),
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0x1017), ()),
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0x1019), ()),
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0x101b), ()),
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0x101d), ()),
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0x101f), ()),
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0x1021), ()),
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0x1023), ()),
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0xa2d2), ()),
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0xa2d6), ()),
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0xa2dc), ()),
    ]
);

/// The fwctl child: for every function that has user contexts.
const FWCTL_CLASS: ChildClass<Mlx5> = ChildClass {
    class: Class::Fwctl,
    kind: Kind::one(&FWCTL_NAME),
    wanted: |hca, _| hca.caps().uctx().is_some(),
    create: |hca, _, place| place.fwctl(FwctlService::new(hca.clone())?),
};

impl PciVendor for Mlx5 {
    const PCI_IDS: pci::IdTable<()> = &PCI_IDS;
    // Control events only.
    const VECTORS: Vectors = Vectors::MsiX(1);
    const DMA_BITS: u32 = 64;

    fn claims(address: &CStr) -> bool {
        claim::lists(ffi::claim(), address.to_bytes())
    }
}

impl Vendor for Mlx5 {
    const CHILDREN: &'static [ChildClass<Self>] = &[
        ChildClass {
            class: Class::Netdev,
            kind: Kind::one(&NETDEV),
            wanted: |hca, _| hca.caps().ethernet(),
            create: |hca, _, place| place.datapath(hca.handle().feed()?),
        },
        ChildClass {
            class: Class::Rdma,
            kind: Kind::one(&RDMA),
            wanted: |hca, _| hca.caps().roce(),
            create: |hca, _, place| place.datapath(hca.handle().feed()?),
        },
        FWCTL_CLASS,
    ];

    type Core<'bound> = Hca<'bound>;

    fn bring_up<'bound>(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Arc<Hca<'bound>>> {
        Hca::bring_up(function, handle)
    }

    fn tear_down(hca: &Hca<'_>) -> Result {
        hca.tear_down()
    }

    fn open_peer<'bound>(hca: &Arc<Hca<'bound>>, seat: Seat<'_, 'bound>) -> Result {
        seat.take(PeerPort::new(hca)?);
        Ok(())
    }

    fn health(hca: &Hca<'_>) -> Verdict {
        hca.health()
    }

    fn reset(function: &dyn Function<'_>, abandoned: &dyn Fn() -> bool) -> Result {
        health::reset(function, abandoned)
    }
}
