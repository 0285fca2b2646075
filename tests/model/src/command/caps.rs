// SPDX-License-Identifier: GPL-2.0
//! QUERY_HCA_CAP and SET_HCA_CAP.
#![forbid(unsafe_code)]

use super::{bad_parameter, output};
use crate::caps::{View, BLOCK};
use crate::field::{get32, put};
use crate::firmware::{Answer, Context, Firmware, Refusal, Request};
use crate::mutation::Mutation;
use crate::status::Status;
use crate::violation::Kind;

/// other_function, ec_vf_function, function_id_type and function_id: dword 8.
fn names_other_function(request: &Request<'_>) -> bool {
    get32(request.input, 8) != 0
}

pub fn query(firmware: &mut Firmware, request: &Request<'_>, context: &mut Context<'_>) -> Answer {
    if names_other_function(request) {
        return Err(Refusal::new(Status::BadParam, 0x0100_0001));
    }
    let (cap_type, current) = (request.op_mod() >> 1, request.op_mod() & 1 == 1);
    let Some(group) = firmware.caps.group(cap_type) else {
        return Err(bad_parameter(
            0x0100_0002,
            format!("QUERY_HCA_CAP asks for type {cap_type:#x}"),
        ));
    };
    let swap = context.mutations.has(Mutation::CapSwap);
    let view = if current == swap {
        View::Max
    } else {
        View::Current
    };
    let mut output = output(16 + BLOCK);
    put(&mut output, 16, firmware.caps.block(group, view));
    Ok(output)
}

pub fn set(firmware: &mut Firmware, request: &Request<'_>, context: &mut Context<'_>) -> Answer {
    // A user may only set other functions, and there is none.
    if request.uid() != 0 {
        let own = !names_other_function(request);
        let syndrome = if own { 0x0109_0001 } else { 0x0109_0002 };
        return Err(Refusal::new(Status::BadParam, syndrome));
    }
    if names_other_function(request) {
        return Err(bad_parameter(
            0x0109_0002,
            "SET_HCA_CAP names another function".into(),
        ));
    }
    if firmware.hca == crate::firmware::Hca::Ready {
        let what = "SET_HCA_CAP came after INIT_HCA".into();
        return Err(Refusal::new(Status::BadSysState, 0x0109_0003).because(Kind::TooEarly, what));
    }
    let cap_type = request.op_mod() >> 1;
    let group = firmware
        .caps
        .group(cap_type)
        .filter(|_| request.op_mod() & 1 == 0);
    let Some(group) = group else {
        let what = format!("SET_HCA_CAP has op_mod {:#x}", request.op_mod());
        return Err(bad_parameter(0x0109_0004, what));
    };
    let wanted = request.input.get(16..16 + BLOCK).unwrap_or_default();
    if context.mutations.has(Mutation::CapForgotten) {
        return Ok(output(16));
    }
    let chosen = firmware.caps.choose(group, wanted);
    chosen.map_err(|error| bad_parameter(0x0109_0005, format!("SET_HCA_CAP: {error}")))?;
    Ok(output(16))
}
