// SPDX-License-Identifier: GPL-2.0
//! QUERY_PAGES and MANAGE_PAGES.
#![forbid(unsafe_code)]

use super::{bad_parameter, output, own_function};
use crate::field::{get16, get32, get64, index, low32, put32, put64};
use crate::firmware::{Answer, Context, Firmware, Hca, Refusal, Request};
use crate::mutation::Mutation;
use crate::pages::{Stage, PAGE};
use crate::status::Status;
use crate::violation::Kind;

const CANT_GIVE: u16 = 0;
const GIVE: u16 = 1;
const TAKE: u16 = 2;

pub fn query(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    own_function(request, 0x0107_0001)?;
    let stage = match request.op_mod() {
        1 => Stage::Boot,
        2 => Stage::Init,
        3 => Stage::Regular,
        other => {
            return Err(bad_parameter(
                0x0107_0002,
                format!("QUERY_PAGES has op_mod {other:#x}"),
            ))
        }
    };
    let demand = i32::try_from(firmware.pages.demand(stage)).unwrap_or(i32::MAX);
    let mut output = output(16);
    put32(&mut output, 0xc, u32::from_be_bytes(demand.to_be_bytes()));
    Ok(output)
}

pub fn manage(firmware: &mut Firmware, request: &Request<'_>, context: &mut Context<'_>) -> Answer {
    own_function(request, 0x0108_0001)?;
    let count = index(get32(request.input, 0xc).into());
    match request.op_mod() {
        CANT_GIVE => {
            firmware.pages.cannot_give();
            Ok(output(16))
        }
        GIVE => give(firmware, request, count, context),
        TAKE => take(firmware, request, count, context),
        other => Err(bad_parameter(
            0x0108_0002,
            format!("MANAGE_PAGES has op_mod {other:#x}"),
        )),
    }
}

fn give(
    firmware: &mut Firmware,
    request: &Request<'_>,
    count: usize,
    context: &mut Context<'_>,
) -> Answer {
    let wanted = count.saturating_mul(8).saturating_add(16);
    if request.input.len() != wanted {
        let what = format!(
            "MANAGE_PAGES gives {count} pages in {} bytes",
            request.input.len()
        );
        return Err(Refusal::new(Status::BadInputLen, 0x0108_0003).because(Kind::InputLength, what));
    }
    let pages: Vec<u64> = (0..count)
        .map(|n| get64(request.input, 16 + 8 * n))
        .collect();
    firmware
        .pages
        .give(context.memory, &pages)
        .map_err(|error| {
            let what = format!("MANAGE_PAGES: {error}");
            Refusal::new(Status::BadParam, 0x0108_0004).because(Kind::PageGiven, what)
        })?;
    Ok(output(16))
}

fn take(
    firmware: &mut Firmware,
    request: &Request<'_>,
    count: usize,
    context: &mut Context<'_>,
) -> Answer {
    let room = request.outlen.saturating_sub(16) / 8;
    if count > room {
        let what = format!("MANAGE_PAGES takes {count} pages but has room for {room}");
        return Err(
            Refusal::new(Status::BadOutputLen, 0x0108_0005).because(Kind::OutputLength, what)
        );
    }
    if get16(request.input, 0xa) != 0 {
        return Err(bad_parameter(
            0x0108_0001,
            "MANAGE_PAGES names another function".into(),
        ));
    }
    let resting = firmware.hca == Hca::Enabled;
    let (mut pages, touched) = firmware.pages.take(context.memory, count, resting);
    for page in touched {
        let what = format!("Page {page:#x} changed while the device owned it");
        context.violations.count(Kind::PageTouched, what);
    }
    lie(firmware, &mut pages, room, context);
    let mut output = output(16 + 8 * pages.len());
    put32(&mut output, 8, low32(pages.len() as u64));
    for (n, page) in pages.iter().enumerate() {
        put64(&mut output, 16 + 8 * n, *page);
    }
    Ok(output)
}

/// Plants the faults of giving pages back.
fn lie(firmware: &mut Firmware, pages: &mut Vec<u64>, room: usize, context: &Context<'_>) {
    let Some((first, rest)) = pages.split_first_mut() else {
        return;
    };
    if let (true, Some(last)) = (context.mutations.has(Mutation::PageTwice), rest.last_mut()) {
        *last = *first;
    }
    if context.mutations.has(Mutation::PageForeign) {
        *first = PAGE;
    }
    if context.mutations.has(Mutation::PageWithheld) && firmware.pages.held() == 0 {
        if let Some(page) = pages.pop() {
            firmware.pages.keep(page);
        }
    }
    if context.mutations.has(Mutation::PageFlood) && pages.len() < room {
        pages.push(PAGE);
    }
}
