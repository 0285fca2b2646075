// SPDX-License-Identifier: GPL-2.0

//! A consumer with the wrong contract: its driver matches children of the class fwctl, ours and
//! those of a C driver, and expects a datapath. It must never bind.
//!
//! It counts as no user of what it uses. Never loaded by modalias in a test guest.
//!
//! # Layering
//!
//! `kernel` <- `auxbus` <- `auxcore` <- this crate.

#![forbid(unsafe_code)]

use auxcore::class::datapath::{Child, Datapath};
use kernel::{
    auxiliary,
    device::Core,
    prelude::*, //
};

const FOREIGN: auxbus::Name = auxbus::Name::new(c"mlx5_core", c"fwctl");

kernel::auxiliary_device_table!(
    ID_TABLE,
    (),
    [
        (auxcore::class::fwctl::NAME.device_id(), ()),
        (FOREIGN.device_id(), ()),
    ]
);

/// The consumer driver.
struct Driver;

impl auxbus::Consumer for Driver {
    type Contract = Datapath;
    type Data<'bound> = ();

    const ID_TABLE: auxiliary::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        _child: Pin<&'bound Child>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        dev_err!(dev, "bound to a child of another contract\n");
        Ok::<_, Error>(())
    }
}

auxbus::module_consumer! {
    type: Driver,
    name: "auxcore_test_wrong",
    authors: ["auxcore developers"],
    description: "Test consumer with the wrong contract",
    license: "GPL",
}
