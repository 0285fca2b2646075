// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The datapath classes, `netdev` and `rdma`.
//!
//! A datapath child is named `<vendor module>.<class>`: its consumer is one module per vendor, so
//! that no packet pays for a dynamic call. All of them are told what happens to the function; the
//! rest of what such a child offers is the vendor's business, and no vendor offers more yet.

use kernel::{
    prelude::*,
    sync::Arc,
    types::{CovariantForLt, ForLt}, //
};

use crate::events::Feed;

/// The contract of a datapath child.
pub enum Datapath {}

/// The registration data of a datapath child.
pub struct Child {
    /// The function's events.
    pub events: Arc<Feed>,
}

impl auxbus::Contract for Datapath {
    type Data = CovariantForLt!(Child);

    fn attach(data: Pin<&<Self::Data as ForLt>::Of<'_>>) -> Result {
        data.events.open();
        Ok(())
    }

    fn detach(data: Pin<&<Self::Data as ForLt>::Of<'_>>) {
        data.events.close();
    }
}
