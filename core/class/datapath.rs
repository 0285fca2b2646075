// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The datapath classes, `netdev` and `rdma`.
//!
//! A datapath child is named `<vendor module>.<class>`: its consumer is one module per vendor, so
//! that no packet pays for a dynamic call. What such a child offers is the vendor's business; until
//! a vendor offers something, its child carries no service, and its presence says that the function
//! could have the consumer.

use kernel::{
    prelude::*,
    types::{CovariantForLt, ForLt}, //
};

/// The contract of a datapath child without a service.
pub enum Datapath {}

impl auxbus::Contract for Datapath {
    type Data = CovariantForLt!(());

    fn attach(_data: Pin<&<Self::Data as ForLt>::Of<'_>>) -> Result {
        Ok(())
    }

    fn detach(_data: Pin<&<Self::Data as ForLt>::Of<'_>>) {}
}
