// SPDX-License-Identifier: GPL-2.0

//! A consumer of the null vendor's ports that does nothing.
//!
//! # Layering
//!
//! `kernel <- auxbus <- auxcore <- auxcore_null <- ` this crate.

#![forbid(unsafe_code)]

use auxcore_null::service::{Ports, PORT};
use kernel::{auxiliary, device::Core, prelude::*};

kernel::auxiliary_device_table!(ID_TABLE, (), [(PORT.device_id(), ())]);

/// The consumer driver.
struct Driver;

impl auxbus::Consumer for Driver {
    type Contract = Ports;
    type Data<'bound> = ();

    const ID_TABLE: auxiliary::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        _dev: &'bound auxiliary::Device<Core<'_>>,
        _child: Pin<&'bound ()>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        pin_init::pin_init_scope(|| Ok(Ok::<(), Error>(())))
    }
}

auxbus::module_consumer! {
    type: Driver,
    name: "auxcore_test_ports",
    authors: ["auxcore developers"],
    description: "Test consumer that does nothing",
    license: "GPL",
}
