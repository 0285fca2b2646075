// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Executing commands: who may, and what firmware's verdict means to the kernel.

use auxcore::{channel::Done, client::Client, deadline::Deadline, owner::Booting};
use kernel::{prelude::*, sync::Arc};

use super::{
    ring::{CmdRing, Message},
    uctx::Uctx,
    wire::{Short, Status, INLINE}, //
};

/// A handle that can execute commands: the owner of the channel or a client.
pub(crate) trait Port<'bound> {
    /// Executes `message`. Context and errors as [`Client::exec`].
    fn execute(
        &self,
        message: Message<'bound>,
        deadline: Deadline,
    ) -> Result<Done<CmdRing<'bound>>>;
}

impl<'bound> Port<'bound> for Booting<'bound, CmdRing<'bound>> {
    fn execute(
        &self,
        message: Message<'bound>,
        deadline: Deadline,
    ) -> Result<Done<CmdRing<'bound>>> {
        self.exec(message, deadline)
    }
}

impl<'bound> Port<'bound> for Client<CmdRing<'bound>> {
    fn execute(
        &self,
        message: Message<'bound>,
        deadline: Deadline,
    ) -> Result<Done<CmdRing<'bound>>> {
        self.exec(message, deadline)
    }
}

/// Executes `command` about `uctx` and copies the reply, whatever its status, into `reply`.
/// Context: process.
///
/// # Errors
///
/// Those of [`Client::exec`], and `EMSGSIZE` for a command or reply that is too short or too long.
pub(crate) fn deliver<'bound>(
    port: &impl Port<'bound>,
    ring: &CmdRing<'bound>,
    command: &[u8],
    reply: &mut [u8],
    uctx: Option<Arc<Uctx<'bound>>>,
    deadline: Deadline,
) -> Result {
    let done = port.execute(ring.message(command, reply.len(), uctx)?, deadline)?;
    done.message().copy_reply(&done.reply, reply)
}

/// Executes a command of the kernel, which firmware is expected to accept. Context: process.
///
/// # Errors
///
/// Those of [`deliver`], or the errno of firmware's refusal, which is logged.
pub(crate) fn exec<'bound>(
    port: &impl Port<'bound>,
    ring: &CmdRing<'bound>,
    command: &[u8],
    reply: &mut [u8],
    deadline: Deadline,
) -> Result {
    deliver(port, ring, command, reply, None, deadline).and_then(|()| accept(ring, command, reply))
}

/// Executes a command of the kernel that fits in the slot, as does its reply. Context and errors as
/// [`exec`].
pub(crate) fn exec_short<'bound>(
    port: &impl Port<'bound>,
    ring: &CmdRing<'bound>,
    command: &Short,
    deadline: Deadline,
) -> Result<Short> {
    let mut reply = [0; INLINE];
    exec(port, ring, command, &mut reply, deadline)?;
    Ok(reply)
}

/// Turns firmware's refusal of `command` into an errno and logs it.
pub(crate) fn accept(ring: &CmdRing<'_>, command: &[u8], reply: &[u8]) -> Result {
    let status = Status::of(reply);
    if status.code == 0 {
        return Ok(());
    }
    dev_err!(
        ring.function().device(),
        "command {:#x} failed: status {:#x}, syndrome {:#x}\n",
        super::bits::be32(command, 0) >> 16,
        status.code,
        status.syndrome
    );
    Err(status_error(status.code))
}

/// Maps firmware's status to an errno, as the C driver does.
pub(crate) fn status_error(code: u8) -> Error {
    match code {
        // Bad opcode, parameter, resource, resource state, index, QP state, packet, size of
        // outstanding CQEs.
        0x02 | 0x03 | 0x05 | 0x09 | 0x0a | 0x10 | 0x30 | 0x40 => EINVAL,
        // Resource busy.
        0x06 => EBUSY,
        // Not ready, no resources.
        0x07 | 0x0f => EAGAIN,
        // Limit exceeded.
        0x08 => ENOMEM,
        // Internal error, bad system state, bad input or output length, and all that is unknown.
        _ => EIO,
    }
}
