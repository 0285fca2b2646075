// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The driver, and the file that has it execute a command.

use auxcore::{
    deadline::Deadline,
    peer::{self, Peer}, //
};
use kernel::{
    debugfs::{Dir, File},
    device::{Core, Device},
    fmt,
    pci,
    prelude::*,
    sync::{aref::ARef, Arc},
    time::Delta, //
};

use crate::{burst, ffi, flow, last, module_parameters};

/// QUERY_ADAPTER of a ConnectX, and the length of its reply.
pub(crate) const QUERY: [u8; 16] = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
pub(crate) const REPLY_LEN: usize = 272;
const PATIENCE: Delta = Delta::from_secs(60);

/// The driver.
pub(crate) struct Driver;

/// What it has of a function.
#[pin_data]
pub(crate) struct Data {
    #[pin]
    query: File<Arc<Peer>>,
    #[pin]
    burst: File<Arc<Peer>>,
    #[pin]
    flow: File<Arc<Peer>>,
    #[pin]
    last: File<ARef<Device>>,
    directory: Dir,
}

/// Shows how one command ended.
fn query(peer: &Arc<Peer>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut reply = [0; REPLY_LEN];
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
            let peer = Arc::new(peer::open(&device)?, GFP_KERNEL)?;
            dev_info!(pdev, "uses the channel of {}\n", device.name());
            let directory = Dir::new(c"auxcore_test_vf");
            Ok(try_pin_init!(Data {
                query <- directory.read_callback_file(c"query", peer.clone(), &query),
                burst <- directory.read_callback_file(c"burst", peer.clone(), &burst::show),
                flow <- directory.read_callback_file(c"flow", peer, &flow::show),
                last <- directory.read_callback_file(c"last", device, &last::show),
                directory,
            }? Error))
        })
    }
}
