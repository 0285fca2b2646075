// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The driver, and the file that has it execute a command.

use auxcore::{
    deadline::Deadline,
    peer::{self, Peer}, //
};
use kernel::{
    debugfs::{Dir, File},
    device::Core,
    fmt,
    pci,
    prelude::*,
    time::Delta, //
};

use crate::{ffi, module_parameters};

/// QUERY_ADAPTER of a ConnectX, 16 bytes of command and of reply.
const QUERY: [u8; 16] = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const PATIENCE: Delta = Delta::from_secs(60);

/// The driver.
pub(crate) struct Driver;

/// What it has of a function.
#[pin_data]
pub(crate) struct Data {
    #[pin]
    query: File<Peer>,
    directory: Dir,
}

/// Shows how one command ended.
fn query(peer: &Peer, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut reply = [0; 16];
    match peer.execute(&QUERY, &mut reply, Deadline::after(PATIENCE)) {
        Ok(()) => writeln!(f, "status {}", reply[0]),
        Err(error) => writeln!(f, "errno {}", -error.to_errno()),
    }
}

kernel::pci_device_table!(
    PCI_IDS,
    (),
    [
        // No such device: nothing is bound without an override.
        (pci::DeviceId::from_id(pci::Vendor::MELLANOX, 0xffff), ()),
    ]
);

impl pci::Driver for Driver {
    type IdInfo = ();
    type Data<'bound> = Data;

    const ID_TABLE: pci::IdTable<()> = &PCI_IDS;

    fn probe<'bound>(
        pdev: &'bound pci::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        pin_init::pin_init_scope(move || {
            let device = ffi::function(module_parameters::pf_bus.value()).ok_or(ENODEV)?;
            let peer = peer::open(&device)?;
            dev_info!(pdev, "uses the channel of {}\n", device.name());
            let directory = Dir::new(c"auxcore_test_vf");
            Ok(try_pin_init!(Data {
                query <- directory.read_callback_file(c"query", peer, &query),
                directory,
            }? Error))
        })
    }
}
