// SPDX-License-Identifier: GPL-2.0
//! Commands about the virtual port.
#![forbid(unsafe_code)]

use super::{bad_parameter, output, own_function, reg};
use crate::field::{get16, get32, put, put16};
use crate::firmware::{Answer, Context, Firmware, Refusal, Request};
use crate::regs;
use crate::status::Status;
use crate::vport::{state_output, CONTEXT, ROCE_ADDRESS};

const PTYS: u16 = 0x5004;
const VUID: usize = 128;

fn speed(firmware: &Firmware) -> u64 {
    regs::register(PTYS).map_or(0, |ptys| firmware.regs.field(ptys, "data_rate_oper"))
}

pub fn query_state(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    own_function(request, 0x0750_0001)?;
    let up = u64::from(reg::link(firmware));
    Ok(state_output(1, up, speed(firmware)))
}

pub fn modify_state(_: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    own_function(request, 0x0751_0001)?;
    // The state of the own port follows the physical one and cannot be set.
    Err(Refusal::new(Status::BadParam, 0x0751_0002))
}

pub fn query_context(
    firmware: &mut Firmware,
    request: &Request<'_>,
    _: &mut Context<'_>,
) -> Answer {
    own_function(request, 0x0754_0001)?;
    let list_type = (get32(request.input, 0xc) >> 24) & 7;
    let Some(context) = firmware.vport.context(list_type.into()) else {
        return Err(bad_parameter(
            0x0754_0002,
            format!("QUERY_NIC_VPORT_CONTEXT asks for list {list_type}"),
        ));
    };
    let mut output = output(16 + context.len());
    put(&mut output, 16, &context);
    Ok(output)
}

pub fn modify_context(
    firmware: &mut Firmware,
    request: &Request<'_>,
    _: &mut Context<'_>,
) -> Answer {
    own_function(request, 0x0755_0001)?;
    let select = get32(request.input, 0xc);
    let context = request.input.get(CONTEXT..).unwrap_or_default();
    if !firmware.vport.modify(select, context) {
        let what = format!("MODIFY_NIC_VPORT_CONTEXT selects {select:#x} or has a malformed list");
        return Err(bad_parameter(0x0755_0002, what));
    }
    Ok(output(16))
}

pub fn query_roce_address(
    firmware: &mut Firmware,
    request: &Request<'_>,
    _: &mut Context<'_>,
) -> Answer {
    let index = roce_index(firmware, request, 0x0760_0001)?;
    let mut output = output(16 + ROCE_ADDRESS);
    let address = firmware.vport.roce_address(index);
    put(&mut output, 16, address.unwrap_or(&[0; ROCE_ADDRESS]));
    Ok(output)
}

pub fn set_roce_address(
    firmware: &mut Firmware,
    request: &Request<'_>,
    _: &mut Context<'_>,
) -> Answer {
    let index = roce_index(firmware, request, 0x0761_0001)?;
    let mut address = [0; ROCE_ADDRESS];
    address.copy_from_slice(request.input.get(16..48).unwrap_or(&[0; ROCE_ADDRESS]));
    if !firmware.vport.set_roce_address(index, &address) {
        return Err(Refusal::new(Status::BadIndex, 0x0761_0002));
    }
    Ok(output(16))
}

/// The table exists only with the RoCE capability, and is as long as that says.
fn roce_index(firmware: &Firmware, request: &Request<'_>, syndrome: u32) -> Result<u16, Refusal> {
    let index = get16(request.input, 8);
    let size = firmware.caps.roce_table();
    if u64::from(index) >= size {
        return Err(bad_parameter(
            syndrome,
            format!("RoCE address {index} of a table of {size}"),
        ));
    }
    Ok(index)
}

/// No traffic passes, so every counter is zero.
pub fn query_counter(_: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    own_function(request, 0x0770_0001)?;
    Ok(output(528))
}

/// No traffic passes, so every counter is zero.
pub fn query_vnic_env(_: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    own_function(request, 0x076f_0001)?;
    Ok(output(528))
}

/// One entry: the GUID as text, unique to the function.
pub fn query_vuid(firmware: &mut Firmware, _: &Request<'_>, _: &mut Context<'_>) -> Answer {
    if !firmware.caps.has_vuid() {
        return Err(Refusal::new(Status::BadOp, 0x0b22_0001));
    }
    let mut output = output(0x40 + VUID);
    put16(&mut output, 0x3e, 1);
    let text = format!(
        "{}{:016X}F0",
        firmware.identity.psid, firmware.identity.guid
    );
    put(&mut output, 0x40, text.as_bytes());
    Ok(output)
}
