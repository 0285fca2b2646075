// SPDX-License-Identifier: GPL-2.0

//! A request's way from the subsystem to the vendor's half.

#![forbid(unsafe_code)]

use crate::policy::{
    self,
    Lengths,
    Refusal, //
};
use auxcore::{
    class::fwctl::{
        Child,
        Reply,
        RpcScope,
        Service,
        Session,
        Unanswered, //
    },
    journal::{
        Command,
        Outcome, //
    },
};
use kernel::{
    device::Device,
    fwctl::FwRpcResponse,
    prelude::*, //
};

/// Lets a request of scope `granted` through, or says why not. Returns what the journal shall say
/// about it.
///
/// # Errors
///
/// Those that the service's [`Protocol`](auxcore::class::fwctl::Protocol) names: the request, or the
/// room for its reply, is shorter than a header; no scope may execute the command, or not this one.
pub(crate) fn admit(
    device: &Device,
    service: &dyn Service,
    granted: RpcScope,
    request: &[u8],
    max_reply: usize,
) -> Result<Option<Command>> {
    let protocol = service.protocol();
    let lengths = Lengths {
        request: (request.len(), protocol.min_request),
        reply: (max_reply, protocol.min_reply),
    };
    let mut change = None;
    let rule = || {
        let rule = service.rule(request)?;
        change = rule.change;
        // CAST: both scopes are the numbers of the user interface.
        Some((rule.scope as u32, rule.why))
    };

    match policy::check(lengths, granted as u32, rule) {
        Ok(()) => Ok(change),
        Err(Refusal::Length) => Err(protocol.too_short),
        Err(Refusal::Unknown) => {
            dev_dbg!(device, "request denied: not a permitted command\n");
            Err(protocol.denied)
        }
        Err(Refusal::Scope { needed, why }) => {
            dev_dbg!(device, "request denied: needs scope {needed}: {why}\n");
            Err(protocol.denied)
        }
    }
}

/// Executes an admitted request for the file that `session` belongs to, and writes it to the journal
/// if it has a `change` and may have been executed: also when nobody knows what became of it.
///
/// # Errors
///
/// The request or its reply was not delivered: the vendor's errno.
pub(crate) fn execute(
    child: &Child<'_>,
    session: Session,
    scope: RpcScope,
    change: Option<Command>,
    request: &mut [u8],
    max_reply: usize,
) -> Result<FwRpcResponse> {
    let (answer, outcome) = match child.service.execute(session, request, max_reply) {
        Ok(answer) => {
            let outcome = Outcome::Answered(answer.status);
            (Ok(answer), outcome)
        }
        Err(Unanswered::Lost(error)) => (Err(error), Outcome::Unknown(error.to_errno())),
        Err(Unanswered::Unsent(error)) => return Err(error),
    };

    if let Some(command) = change {
        child.journal.record(scope, command, outcome);
    }

    Ok(match answer?.reply {
        Reply::InPlace(len) => FwRpcResponse::InPlace(len),
        Reply::New(bytes) => FwRpcResponse::NewBuffer(bytes),
    })
}
