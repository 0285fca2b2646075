// SPDX-License-Identifier: GPL-2.0
//! Bringing a function up and down, and telling who it is.
#![forbid(unsafe_code)]

use super::{bad_parameter, output, own_function};
use crate::field::{get16, put, put16, put32};
use crate::firmware::{Answer, Context, Firmware, Hca, Refusal, Request};
use crate::mutation::Mutation;
use crate::status::Status;
use crate::violation::Kind;

/// ISSI 0 and 1.
const SUPPORTED_ISSI: u32 = 0b11;
/// The IEEE identifier of the vendor (query_adapter_param_block.ieee_vendor_id).
const IEEE_VENDOR: u32 = 0x02_c9;

pub fn enable(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    own_function(request, 0x0104_0001)?;
    firmware.hca = Hca::Enabled;
    Ok(output(16))
}

pub fn disable(
    firmware: &mut Firmware,
    request: &Request<'_>,
    context: &mut Context<'_>,
) -> Answer {
    own_function(request, 0x0105_0001)?;
    let held = firmware.pages.held();
    if held != 0 {
        let what = format!("DISABLE_HCA came while the device owned {held} pages");
        context.violations.count(Kind::PagesLeaked, what);
    }
    firmware.reset();
    Ok(output(16))
}

pub fn init(firmware: &mut Firmware, _: &Request<'_>, _: &mut Context<'_>) -> Answer {
    if firmware.pages.was_refused() {
        return Err(Refusal::new(Status::NoResources, 0x0102_0001));
    }
    let missing = firmware.pages.missing();
    if missing != 0 {
        let what = format!("INIT_HCA came while {missing} of the pages asked for were not given");
        return Err(Refusal::new(Status::BadSysState, 0x0102_0002).because(Kind::TooEarly, what));
    }
    firmware.hca = Hca::Ready;
    Ok(output(16))
}

/// The profile of a graceful tear-down; the others need capabilities the device does not offer.
pub fn teardown(
    firmware: &mut Firmware,
    request: &Request<'_>,
    context: &mut Context<'_>,
) -> Answer {
    let profile = get16(request.input, 0xa);
    if profile != 0 {
        let what = format!("TEARDOWN_HCA with profile {profile}, only 0 is supported");
        return Err(bad_parameter(0x0103_0001, what));
    }
    for (what, live) in leaks(firmware) {
        let what = format!("TEARDOWN_HCA came while {what} {live:?} existed");
        context.violations.count(Kind::ObjectLeaked, what);
    }
    firmware.drop_objects();
    firmware.hca = Hca::Enabled;
    Ok(output(16))
}

fn leaks(firmware: &Firmware) -> Vec<(&'static str, Vec<u32>)> {
    let all = [
        (
            "event queues",
            firmware.eqs.numbers().into_iter().map(u32::from).collect(),
        ),
        ("UARs", firmware.uars.all()),
        ("user contexts", firmware.uctxs.all()),
        ("protection domains", firmware.pds.all()),
        ("transport domains", firmware.tds.all()),
        ("XRC domains", firmware.xrcds.all()),
    ];
    all.into_iter()
        .filter(|(_, live): &(_, Vec<u32>)| !live.is_empty())
        .collect()
}

pub fn query_issi(firmware: &mut Firmware, _: &Request<'_>, context: &mut Context<'_>) -> Answer {
    let mut output = output(112);
    put16(&mut output, 0xa, firmware.issi);
    let lie = context.mutations.has(Mutation::IssiUnknown);
    put32(&mut output, 0x6c, if lie { 1 << 7 } else { SUPPORTED_ISSI });
    Ok(output)
}

pub fn set_issi(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    let wanted = get16(request.input, 0xa);
    if wanted >= 32 || (SUPPORTED_ISSI >> wanted) & 1 == 0 {
        let what = format!("SET_ISSI asks for {wanted}, which is not offered");
        return Err(bad_parameter(0x010b_0001, what));
    }
    firmware.issi = wanted;
    Ok(output(16))
}

pub fn query_adapter(firmware: &mut Firmware, _: &Request<'_>, _: &mut Context<'_>) -> Answer {
    let mut output = output(272);
    put32(&mut output, 0x28, IEEE_VENDOR);
    put(&mut output, 0x100, &firmware.identity.psid_bytes());
    Ok(output)
}

pub fn set_driver_version(
    firmware: &mut Firmware,
    request: &Request<'_>,
    _: &mut Context<'_>,
) -> Answer {
    let text = request.input.get(16..80).unwrap_or_default();
    if !text.contains(&0) || text.first() == Some(&0) {
        return Err(bad_parameter(
            0x010d_0001,
            "SET_DRIVER_VERSION is empty or has no end".into(),
        ));
    }
    firmware.driver_version = text.to_vec();
    Ok(output(16))
}

pub fn query_driver_version(
    firmware: &mut Firmware,
    _: &Request<'_>,
    _: &mut Context<'_>,
) -> Answer {
    let mut output = output(80);
    put(&mut output, 16, &firmware.driver_version);
    Ok(output)
}

pub fn nop(_: &mut Firmware, _: &Request<'_>, _: &mut Context<'_>) -> Answer {
    Ok(output(16))
}
