// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! User contexts: the identities under which user commands run.
//!
//! A context lives as long as somebody can still name it: its open file, or a command of it that
//! firmware holds. The last one to go sends DESTROY_UCTX and does not wait, so closing a file never
//! waits for firmware, and firmware never sees a command of a context it was told to destroy.

use auxcore::{
    class::Class,
    client::{Client, Reservation},
    deadline::Deadline,
    objects::{Entry, Kind, Owner}, //
};
use kernel::{
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc,
    },
    time::Delta, //
};

use super::{
    bits::be32,
    cmd,
    ring::{CmdRing, Then},
    wire::{self, Opcode, Short, Status, INLINE}, //
};

/// How long firmware may take to destroy a context before that is logged.
const DESTROY: Delta = Delta::from_secs(60);

/// A user context in the object table.
const KIND: Kind = Kind {
    name: "uctx",
    number: "number",
    detail: Some("caps"),
};

/// One user context of firmware, or the wish for one while its creation is under way.
pub(crate) struct Uctx<'bound> {
    /// Zero while firmware has not created it.
    uid: Atomic<u32>,
    /// Capabilities it was created with.
    caps: u32,
    /// Its entry in the object table, until it is being destroyed.
    entry: Option<Entry>,
    /// What destroys it.
    core: Arc<Client<CmdRing<'bound>>>,
    /// And in which memory, so that this does not fail for want of it; until it is being destroyed.
    destruction: Option<Reservation<CmdRing<'bound>>>,
}

impl<'bound> Uctx<'bound> {
    /// Has firmware create a context with the capabilities `caps`, on behalf of `user`. Context:
    /// process.
    ///
    /// # Errors
    ///
    /// Those of [`Client::exec`], `ENOMEM`, or the errno of firmware's refusal.
    pub(crate) fn create(
        user: &Client<CmdRing<'bound>>,
        core: Arc<Client<CmdRing<'bound>>>,
        caps: u32,
        deadline: Deadline,
    ) -> Result<Arc<Self>> {
        let objects = core.ring().handle().objects();
        let entry = objects.enter(&KIND, Owner::Program(Class::Fwctl))?;
        let uctx = Arc::new(
            Self {
                uid: Atomic::new(0),
                caps,
                entry: Some(entry),
                core,
                destruction: Some(Reservation::new()?),
            },
            GFP_KERNEL,
        )?;
        let command = wire::create_uctx(caps);
        let mut reply = [0; INLINE];
        // The command holds the context too: if the wait for it ends early, a late reply still
        // names what to destroy.
        cmd::deliver(user, &command, &mut reply, Some(uctx.clone()), deadline)?;
        let status = Status::of(&reply);
        if status.code != 0 {
            return Err(cmd::status_error(status.code));
        }
        uctx.created(&reply);
        if uctx.uid() == 0 {
            // Zero is the kernel's own identity; user commands must never run under it.
            return Err(EIO);
        }
        Ok(uctx)
    }

    /// Returns the identity; never zero for a context that [`Uctx::create`] returned.
    pub(crate) fn uid(&self) -> u16 {
        self.uid.load(Relaxed) as u16 // CAST: only 16 bits are ever stored.
    }

    /// Returns the capabilities the context was created with.
    pub(crate) fn caps(&self) -> u32 {
        self.caps
    }

    /// Sees the late reply to a command of this context: a creation nobody waited for is
    /// remembered, to be undone.
    pub(crate) fn late(&self, command: &Short, reply: &Short) {
        // CAST: the enum is `repr(u16)`.
        let created = be32(command, 0) >> 16 == Opcode::CreateUctx as u32;
        if created && Status::of(reply).code == 0 {
            self.created(reply);
        }
    }

    fn created(&self, reply: &[u8]) {
        let uid = be32(reply, 8) & 0xffff;
        self.uid.store(uid, Relaxed);
        if let Some(entry) = &self.entry {
            entry.set(uid.into(), self.caps.into());
        }
    }
}

impl Drop for Uctx<'_> {
    fn drop(&mut self) {
        let uid = self.uid();
        if uid == 0 {
            return;
        }
        let command = wire::short(Opcode::DestroyUctx, 0, u32::from(uid), 0);
        let ring = self.core.ring();
        let then = self.entry.take().map_or(Then::Log, Then::Forget);
        let Some(memory) = self.destruction.take() else {
            return;
        };
        let deadline = Deadline::after(DESTROY);
        // A command and a reply this short need no memory but the reserved.
        let sent = ring
            .message(&command, INLINE, None)
            .and_then(|message| self.core.submit_reserved(memory, message, deadline, then));
        // On a dead device there is nothing left to destroy.
        if let Err(e) = sent {
            if e != ENXIO {
                dev_warn!(
                    ring.function().device(),
                    "user context {} not destroyed: {:?}\n",
                    uid,
                    e
                );
            }
        }
    }
}
