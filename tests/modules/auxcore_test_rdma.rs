// SPDX-License-Identifier: GPL-2.0

//! A consumer of the `rdma` class that has no RDMA device: it says in the log what it is told.
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
    device::{Core, Device},
    prelude::*, //
};

const RDMA: auxbus::Name = auxbus::Name::new(c"auxcore_mlx5", c"rdma");

kernel::auxiliary_device_table!(ID_TABLE, (), [(RDMA.device_id(), ())]);

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
        let dev: &Device = dev.as_ref();
        dev_info!(dev, "bound\n");
        Ok(())
    }

    fn unbind<'bound>(dev: &'bound auxiliary::Device<Core<'_>>, _this: Pin<&Self::Data<'bound>>) {
        dev_info!(dev, "unbound\n");
    }

    fn suspend<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        _this: Pin<&Self::Data<'bound>>,
    ) -> Result {
        dev_info!(dev, "suspended\n");
        Ok(())
    }

    fn resume<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        _this: Pin<&Self::Data<'bound>>,
    ) -> Result {
        dev_info!(dev, "resumed\n");
        Ok(())
    }
}

auxbus::module_consumer! {
    type: Driver,
    name: "auxcore_test_rdma",
    authors: ["auxcore developers"],
    description: "Test consumer of the rdma class",
    license: "GPL",
}
