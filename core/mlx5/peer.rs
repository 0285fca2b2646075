// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The channel as drivers of other functions see it.

use auxcore::{client::Client, deadline::Deadline, peer::Port};
use kernel::{prelude::*, sync::Arc};

use super::{cmd, hca::Hca, ring::CmdRing};

/// The client of one peer. Its commands are the kernel's own: they carry the uid that stands in
/// them.
pub(crate) struct PeerPort<'bound>(Client<CmdRing<'bound>>);

impl<'bound> PeerPort<'bound> {
    /// Returns a port on the channel of `hca`. Errors: `ENOMEM`.
    pub(crate) fn new(hca: &Hca<'bound>) -> Result<Arc<Self>> {
        Ok(Arc::new(Self(hca.channel().consumer()?), GFP_KERNEL)?)
    }
}

impl Port for PeerPort<'_> {
    fn execute(&self, command: &[u8], reply: &mut [u8], deadline: Deadline) -> Result {
        cmd::deliver(&self.0, command, reply, None, deadline)
    }

    fn revoke(&self) {
        self.0.revoke();
    }
}
