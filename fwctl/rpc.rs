// SPDX-License-Identifier: GPL-2.0

//! A request's way from the subsystem to the vendor's half.

#![forbid(unsafe_code)]

use crate::policy::{
    self,
    Lengths,
    Refusal, //
};
use auxcore::class::fwctl::{
    Reply,
    RpcScope,
    Service,
    Session, //
};
use kernel::{
    device::Device,
    fwctl::FwRpcResponse,
    prelude::*, //
};

/// Lets a request of scope `granted` through, or says why not.
///
/// # Errors
///
/// - `EMSGSIZE`: the request, or the room for its reply, is shorter than a header.
/// - `EBADMSG`: no scope may execute the command, or not this one.
pub(crate) fn admit(
    device: &Device,
    service: &dyn Service,
    granted: RpcScope,
    request: &[u8],
    max_reply: usize,
) -> Result {
    let protocol = service.protocol();
    let lengths = Lengths {
        request: (request.len(), protocol.min_request),
        reply: (max_reply, protocol.min_reply),
    };
    let rule = || {
        let rule = service.rule(request)?;
        // CAST: both scopes are the numbers of the user interface.
        Some((rule.scope as u32, rule.why))
    };

    match policy::check(lengths, granted as u32, rule) {
        Ok(()) => Ok(()),
        Err(Refusal::Length) => Err(EMSGSIZE),
        Err(Refusal::Unknown) => {
            dev_dbg!(device, "request denied: not a permitted command\n");
            Err(EBADMSG)
        }
        Err(Refusal::Scope { needed, why }) => {
            dev_dbg!(device, "request denied: needs scope {needed}: {why}\n");
            Err(EBADMSG)
        }
    }
}

/// Executes an admitted request for the file that `session` belongs to.
///
/// # Errors
///
/// The request or its reply was not delivered: the vendor's errno.
pub(crate) fn execute(
    service: &dyn Service,
    session: Session,
    request: &mut [u8],
    max_reply: usize,
) -> Result<FwRpcResponse> {
    let reply = service.execute(session, request, max_reply)?;

    Ok(match reply {
        Reply::InPlace(len) => FwRpcResponse::InPlace(len),
        Reply::New(bytes) => FwRpcResponse::NewBuffer(bytes),
    })
}
