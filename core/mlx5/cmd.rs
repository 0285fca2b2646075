// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Executing commands: who may, and what firmware's verdict means to the kernel.

use auxcore::{
    client::{Client, Unanswered},
    deadline::Deadline, //
};
use kernel::{prelude::*, sync::Arc};

use super::{
    ring::CmdRing,
    uctx::Uctx,
    wire::{Short, Status, INLINE}, //
};

/// What commands of the kernel and of user programs go through.
pub(crate) type Port<'bound> = Client<CmdRing<'bound>>;

/// Executes `command` about `uctx` and copies the reply, whatever its status, into `reply`. Context:
/// process.
///
/// # Errors
///
/// Those of [`Client::exec`], of [`Message::copy_reply`](super::ring::Message::copy_reply), and
/// `EMSGSIZE` for a command or reply that is too short or too long.
pub(crate) fn deliver<'bound>(
    port: &Port<'bound>,
    command: &[u8],
    reply: &mut [u8],
    uctx: Option<Arc<Uctx<'bound>>>,
    deadline: Deadline,
) -> Result<(), Unanswered> {
    let message = port
        .ring()
        .message(command, reply.len(), uctx)
        .map_err(Unanswered::Unsent)?;
    let done = port.exec(message, deadline)?;
    Ok(done.message().copy_reply(&done.reply, reply)?)
}

/// Executes a command of the kernel, which firmware is expected to accept. Context: process.
///
/// # Errors
///
/// Those of [`deliver`], or the errno of firmware's refusal, which is logged.
pub(crate) fn exec<'bound>(
    port: &Port<'bound>,
    command: &[u8],
    reply: &mut [u8],
    deadline: Deadline,
) -> Result {
    let delivered = deliver(port, command, reply, None, deadline).map_err(Error::from);
    if delivered == Err(ETIMEDOUT) {
        // Nobody else shall wait for it as long.
        port.ring().handle().fatal("it did not answer in time");
    }
    delivered.and_then(|()| accept(port.ring(), command, reply))
}

/// Executes a command of the kernel that fits in the slot, as does its reply. Context and errors as
/// [`exec`].
pub(crate) fn exec_short<'bound>(
    port: &Port<'bound>,
    command: &Short,
    deadline: Deadline,
) -> Result<Short> {
    let mut reply = [0; INLINE];
    exec(port, command, &mut reply, deadline)?;
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
