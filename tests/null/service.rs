// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The classes: `orders`, through which a consumer gives orders, and `port`, which offers nothing.

use auxcore::{client::Attachment, deadline::Deadline, owner::Up};
use kernel::{
    prelude::*,
    sync::Arc,
    time::Delta,
    types::{CovariantForLt, ForLt}, //
};

use crate::{order::Order, ring::NullRing};

/// The name of the child that takes orders.
pub const ORDERS: auxbus::Name = auxbus::Name::new(c"auxcore_null", c"orders");
/// The name of every port.
pub const PORT: auxbus::Name = auxbus::Name::new(c"auxcore_null", c"port");
/// The name of the child of the class netdev.
pub const NETDEV: auxbus::Name = auxbus::Name::new(c"auxcore_null", c"netdev");

/// How long a program waits for the end of an order.
const PATIENCE: Delta = Delta::from_millis(1500);

/// The class of children that take orders.
pub enum Orders {}

/// The class of ports.
pub enum Ports {}

/// The registration data of a child that takes orders.
pub struct Child<'a> {
    /// The vendor's half.
    pub service: Arc<dyn Service + 'a>,
}

/// The vendor's half of the class.
pub trait Service: Send + Sync {
    /// Opens the service.
    fn attach(&self) -> Result;
    /// Revokes it.
    fn detach(&self);
    /// Executes an order; `EREMOTEIO` when firmware refused.
    fn obey(&self, order: Order) -> Result<u32>;
}

impl auxbus::Contract for Orders {
    type Data = CovariantForLt!(Child<'_>);

    fn attach(data: Pin<&<Self::Data as ForLt>::Of<'_>>) -> Result {
        data.service.attach()
    }

    fn detach(data: Pin<&<Self::Data as ForLt>::Of<'_>>) {
        data.service.detach();
    }
}

impl auxbus::Contract for Ports {
    type Data = CovariantForLt!(());

    fn attach(_data: Pin<&<Self::Data as ForLt>::Of<'_>>) -> Result {
        Ok(())
    }

    fn detach(_data: Pin<&<Self::Data as ForLt>::Of<'_>>) {}
}

/// The service of one function.
#[pin_data]
pub(crate) struct OrderService<'bound> {
    up: Arc<Up<'bound, NullRing>>,
    #[pin]
    consumer: Attachment<NullRing>,
}

impl<'bound> OrderService<'bound> {
    pub(crate) fn new(up: Arc<Up<'bound, NullRing>>) -> Result<Arc<Self>> {
        Arc::pin_init(
            try_pin_init!(Self { up, consumer <- Attachment::new() }? Error),
            GFP_KERNEL,
        )
    }
}

impl Service for OrderService<'_> {
    fn attach(&self) -> Result {
        self.consumer.attach(self.up.user()?)
    }

    fn detach(&self) {
        self.consumer.detach();
    }

    fn obey(&self, order: Order) -> Result<u32> {
        let client = self.consumer.client()?;
        let message = client.ring().message(order);
        let reply = client.exec(message, Deadline::after(PATIENCE))?.reply;
        if reply.status != 0 {
            return Err(EREMOTEIO);
        }
        Ok(reply.value)
    }
}
