// SPDX-License-Identifier: GPL-2.0
//! User contexts.
#![forbid(unsafe_code)]

use super::{bad_parameter, output, with_number};
use crate::field::{get16, get32, index, put32};
use crate::firmware::{Answer, Context, Firmware, Refusal, Request};
use crate::mutation::Mutation;
use crate::status::Status;
use crate::violation::Kind;

pub fn create(firmware: &mut Firmware, request: &Request<'_>, context: &mut Context<'_>) -> Answer {
    let caps = get32(request.input, 0x10);
    let offered = firmware.caps.general("uctx_cap");
    if u64::from(caps) & !offered != 0 || offered == 0 {
        let what = format!("CREATE_UCTX asks for capabilities {caps:#x}, offered are {offered:#x}");
        return Err(bad_parameter(0x0a04_0001, what));
    }
    let limit = 1 << firmware.caps.general("log_max_uctx");
    let shared = firmware
        .uctxs
        .all()
        .first()
        .copied()
        .filter(|_| context.mutations.has(Mutation::UidShared));
    if let Some(uid) = shared {
        return with_number(uid);
    }
    let number = firmware.uctxs.allocate(0, index(limit));
    let number = number.ok_or_else(|| Refusal::new(Status::ExceedLim, 0x0a04_0002))?;
    firmware.uctx_caps.insert(number, caps);
    with_number(if context.mutations.has(Mutation::UidZero) {
        0
    } else {
        number
    })
}

pub fn query(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    // A user sees its own context only.
    let uid = get16(request.input, 0xa);
    let visible = request.uid() == 0 || request.uid() == uid;
    let caps = firmware.uctx_caps.get(&uid.into()).filter(|_| visible);
    let caps = caps.ok_or_else(|| Refusal::new(Status::BadResource, 0x0a05_0001))?;
    let mut output = output(64);
    put32(&mut output, 0x10, *caps);
    Ok(output)
}

pub fn destroy(
    firmware: &mut Firmware,
    request: &Request<'_>,
    context: &mut Context<'_>,
) -> Answer {
    let uid = get16(request.input, 0xa);
    if firmware.uctxs.owner(uid.into()).is_none() {
        let what = format!("DESTROY_UCTX names uid {uid}, which no user context has");
        return Err(Refusal::new(Status::BadResource, 0x0a06_0001).because(Kind::Uid, what));
    }
    if context.mutations.has(Mutation::UidImmortal) {
        return Ok(output(16));
    }
    firmware.uctxs.free(uid.into());
    firmware.uctx_caps.remove(&uid.into());
    Ok(output(16))
}
