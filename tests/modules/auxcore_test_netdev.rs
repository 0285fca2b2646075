// SPDX-License-Identifier: GPL-2.0

//! A consumer of the `netdev` class that has no network device: it says in the log what it is told,
//! and refuses the first `refuse` sleeps.
//!
//! It counts as no user of what it uses. Never loaded by modalias in a test guest.
//!
//! # Layering
//!
//! `kernel` <- `auxbus` <- `auxcore` <- this crate.

#![forbid(unsafe_code)]

use auxcore::{
    class::datapath::{Child, Datapath},
    events::{Event, Subscriber, Subscription},
};
use kernel::{
    auxiliary,
    device::{Core, Device},
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{Atomic, Relaxed},
        Arc, //
    },
    time::{delay::fsleep, Delta}, //
};

const NETDEV: auxbus::Name = auxbus::Name::new(c"auxcore_mlx5", c"netdev");
const NULL_NETDEV: auxbus::Name = auxbus::Name::new(c"auxcore_null", c"netdev");

kernel::auxiliary_device_table!(
    ID_TABLE,
    (),
    [(NETDEV.device_id(), ()), (NULL_NETDEV.device_id(), ())]
);

/// How long a callback takes, so that a test can unbind while one runs.
const WORK: Delta = Delta::from_millis(300);

/// Sleeps that were refused.
static REFUSED: Atomic<u32> = Atomic::new(0);

/// Logs the events of one child.
struct Log(ARef<Device>);

impl Subscriber for Log {
    fn event(&self, event: Event) {
        let Event::Link { port, up } = event;
        dev_info!(
            self.0,
            "port {} is {}\n",
            port,
            if up { "up" } else { "down" }
        );
        fsleep(WORK);
        dev_info!(self.0, "port {} is done\n", port);
    }
}

/// The consumer driver.
struct Driver;

impl auxbus::Consumer for Driver {
    type Contract = Datapath;
    type Data<'bound> = Subscription;

    const ID_TABLE: auxiliary::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        child: Pin<&'bound Child>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        pin_init::pin_init_scope(move || {
            let dev: &Device = dev.as_ref();
            let log = Arc::new(Log(dev.into()), GFP_KERNEL)?;
            let subscription = child.events.subscribe(log)?;
            dev_info!(dev, "bound\n");
            Ok(Ok(subscription))
        })
    }

    fn unbind<'bound>(dev: &'bound auxiliary::Device<Core<'_>>, _this: Pin<&Self::Data<'bound>>) {
        dev_info!(dev, "unbound\n");
    }

    fn shutdown<'bound>(dev: &'bound auxiliary::Device<Core<'_>>, _this: Pin<&Self::Data<'bound>>) {
        dev_info!(dev, "shut down\n");
    }

    fn suspend<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        _this: Pin<&Self::Data<'bound>>,
    ) -> Result {
        if REFUSED.load(Relaxed) < module_parameters::refuse.value() {
            REFUSED.add(1, Relaxed);
            dev_info!(dev, "refuses to sleep\n");
            return Err(EBUSY);
        }
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
    name: "auxcore_test_netdev",
    authors: ["auxcore developers"],
    description: "Test consumer of the netdev class",
    license: "GPL",
    params: {
        refuse: u32 {
            default: 0,
            description: "Number of sleeps that are refused, of one child each",
        },
    },
}
