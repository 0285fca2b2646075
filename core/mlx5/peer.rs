// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The channel as drivers of other functions see it.

use auxcore::{
    client::Client,
    deadline::Deadline,
    peer::{Answer, Port}, //
};
use kernel::{prelude::*, sync::Arc};

use super::{
    cmd,
    hca::Hca,
    ring::{CmdRing, Then}, //
};

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
        Ok(cmd::deliver(&self.0, command, reply, None, deadline)?)
    }

    fn submit(
        &self,
        command: &[u8],
        reply_len: usize,
        deadline: Deadline,
        answer: Arc<dyn Answer>,
    ) -> Result {
        let message = self.0.ring().message(command, reply_len, None)?;
        let reply = KVVec::from_elem(0u8, reply_len, GFP_KERNEL)?;
        self.0
            .submit(message, deadline, Then::Answer(answer, reply))
    }

    fn revoke(&self) {
        self.0.revoke();
    }
}
