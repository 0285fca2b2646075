// SPDX-License-Identifier: GPL-2.0
//! Objects that are only numbers: UARs, protection domains, transport domains, XRC domains.
#![forbid(unsafe_code)]

use super::{object_number, output, with_number};
use crate::field::{index, put32};
use crate::firmware::{Answer, Context, Firmware, Refusal, Request};
use crate::mutation::Mutation;
use crate::number::Numbers;
use crate::status::Status;
use crate::violation::Kind;

/// The local key of the reserved memory region.
const RESERVED_LKEY: u32 = 0x100;

fn allocate(numbers: &mut Numbers, request: &Request<'_>, limit: u64) -> Answer {
    let number = numbers.allocate(request.uid(), index(limit));
    with_number(number.ok_or_else(|| Refusal::new(Status::ExceedLim, 0x0800_0001))?)
}

fn release(numbers: &mut Numbers, request: &Request<'_>, what: &str) -> Answer {
    let number = object_number(request);
    if !numbers.free(number) {
        let what = format!("{what} {number} was freed and does not exist");
        return Err(Refusal::new(Status::BadResource, 0x0800_0002).because(Kind::Parameter, what));
    }
    Ok(output(16))
}

pub fn alloc_uar(
    firmware: &mut Firmware,
    request: &Request<'_>,
    context: &mut Context<'_>,
) -> Answer {
    let answer = allocate(&mut firmware.uars, request, 1024)?;
    if context.mutations.has(Mutation::UarZero) {
        return with_number(0);
    }
    Ok(answer)
}

pub fn dealloc_uar(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    let number = object_number(request);
    if firmware.eqs.uses_uar(number) {
        let what = format!("UAR {number} was freed while an event queue uses it");
        return Err(Refusal::new(Status::BadResState, 0x0803_0001).because(Kind::Parameter, what));
    }
    release(&mut firmware.uars, request, "UAR")
}

pub fn alloc_pd(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    let limit = 1 << firmware.caps.general("log_max_pd");
    allocate(&mut firmware.pds, request, limit)
}

pub fn dealloc_pd(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    release(&mut firmware.pds, request, "Protection domain")
}

pub fn alloc_td(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    let limit = 1 << firmware.caps.general("log_max_transport_domain");
    allocate(&mut firmware.tds, request, limit)
}

pub fn dealloc_td(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    release(&mut firmware.tds, request, "Transport domain")
}

pub fn alloc_xrcd(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    let limit = 1 << firmware.caps.general("log_max_xrcd");
    allocate(&mut firmware.xrcds, request, limit)
}

pub fn dealloc_xrcd(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    release(&mut firmware.xrcds, request, "XRC domain")
}

pub fn special_contexts(_: &mut Firmware, _: &Request<'_>, _: &mut Context<'_>) -> Answer {
    let mut output = output(32);
    put32(&mut output, 0xc, RESERVED_LKEY);
    Ok(output)
}
