// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Where orders come in.

use auxcore::textfile::{Text, TextFile};
use auxcore_null::{
    order::Order,
    service::{Child, Orders, Service, ORDERS},
};
use kernel::{
    auxiliary,
    device::Core,
    fmt,
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc,
    }, //
};

use crate::ffi;

kernel::auxiliary_device_table!(ID_TABLE, (), [(ORDERS.device_id(), ())]);

/// The consumer driver.
pub(crate) struct Driver;

impl auxbus::Consumer for Driver {
    type Contract = Orders;
    type Data<'bound> = TextFile<'bound>;

    const ID_TABLE: auxiliary::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        child: Pin<&'bound Child<'bound>>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        pin_init::pin_init_scope(move || {
            let desk = Desk {
                service: child.service.clone(),
                last: Atomic::new(0),
            };
            let desk = Arc::new(desk, GFP_KERNEL)?;
            let dev: &kernel::device::Device = dev.as_ref();
            Ok(Ok(ffi::file(dev.name(), desk)?))
        })
    }
}

/// The service of one child with the last answer.
struct Desk<'bound> {
    service: Arc<dyn Service + 'bound>,
    last: Atomic<u32>,
}

impl Text for Desk<'_> {
    fn write(&self, text: &[u8]) -> Result {
        let order = Order::parse(text).ok_or(EINVAL)?;
        let value = self.service.obey(order)?;
        self.last.store(value, Relaxed);
        Ok(())
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.last.load(Relaxed))
    }
}
