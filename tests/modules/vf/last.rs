// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! A command whose answer holds the only reference to its peer, so that the peer is dropped in the
//! context that tells the answer.
//!
//! The answer is dropped after the reader has been told. Nothing here waits for that: the module
//! goes after the generation that the command was of.

use auxcore::{
    deadline::Deadline,
    peer::{self, Answer, Peer}, //
};
use kernel::{
    device::Device,
    fmt,
    new_condvar,
    new_mutex,
    prelude::*,
    sync::{aref::ARef, Arc, CondVar, Mutex},
    time::{msecs_to_jiffies, Delta}, //
};

use crate::driver::{QUERY, REPLY_LEN};

const PATIENCE: Delta = Delta::from_secs(60);
const SLICE_MS: u32 = 100;

/// How the command ended, once it has.
#[pin_data]
struct End {
    #[pin]
    status: Mutex<Option<Result<u8>>>,
    #[pin]
    told: CondVar,
}

/// The answer.
struct Last {
    _peer: Arc<Peer>,
    end: Arc<End>,
}

impl Answer for Last {
    fn answered(&self, reply: Result<&[u8]>) {
        let status = reply.map(|reply| reply.first().copied().unwrap_or_default());
        *self.end.status.lock() = Some(status);
        self.end.told.notify_all();
    }
}

/// Executes one command on a peer of its own and returns firmware's status.
fn execute(device: &Device) -> Result<u8> {
    let end = Arc::pin_init(
        try_pin_init!(End {
            status <- new_mutex!(None),
            told <- new_condvar!(),
        }? Error),
        GFP_KERNEL,
    )?;
    let peer = Arc::new(peer::open(device)?, GFP_KERNEL)?;
    let last = Last {
        _peer: peer.clone(),
        end: end.clone(),
    };
    let last = Arc::new(last, GFP_KERNEL)?;
    let deadline = Deadline::after(PATIENCE);
    peer.submit(&QUERY, REPLY_LEN, deadline, last)?;
    drop(peer);
    let mut status = end.status.lock();
    while status.is_none() && deadline.remaining().is_some() {
        let slice = msecs_to_jiffies(SLICE_MS);
        let _ = end.told.wait_interruptible_timeout(&mut status, slice);
    }
    status.unwrap_or(Err(ETIMEDOUT))
}

/// Executes the command and shows how it ended.
pub(crate) fn show(device: &ARef<Device>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match execute(device) {
        Ok(status) => writeln!(f, "status {status}"),
        Err(error) => writeln!(f, "errno {}", -error.to_errno()),
    }
}
