// SPDX-License-Identifier: GPL-2.0
//! ACCESS_REG.
#![forbid(unsafe_code)]

use super::output;
use crate::eq::{event, Event};
use crate::field::{get16, put};
use crate::firmware::{Answer, Context, Firmware, Refusal, Request};
use crate::mutation::Mutation;
use crate::regs;
use crate::status::Status;

const DATA: usize = 16;
const PAOS: u16 = 0x5006;
const HOST_ENDIANNESS: u16 = 0x7004;

/// op_mod 0 writes, 1 reads. A refusal is never a violation: drivers and tools probe for registers.
pub fn access(firmware: &mut Firmware, request: &Request<'_>, context: &mut Context<'_>) -> Answer {
    let id = get16(request.input, 0xa);
    let data = request.input.get(DATA..).unwrap_or_default();
    let refused = |_| Refusal::new(Status::BadParam, 0x0805_0001);
    match request.op_mod() {
        // The byte order of the host is its kernel's business.
        0 if id == HOST_ENDIANNESS && request.uid() != 0 => {
            return Err(Refusal::new(Status::BadParam, 0x0805_0003));
        }
        0 if context.mutations.has(Mutation::RegForgotten) => {}
        0 => {
            let was = link(firmware);
            firmware.regs.write(id, data).map_err(refused)?;
            if id == PAOS && link(firmware) != was {
                announce(firmware);
            }
        }
        1 => {}
        _ => return Err(Refusal::new(Status::BadParam, 0x0805_0002)),
    }
    let mut value = firmware
        .regs
        .read(id, data, &firmware.identity)
        .map_err(refused)?;
    if context.mutations.has(Mutation::RegShift) {
        value.rotate_right(4);
    }
    // A write echoes the register as it is now, as far as there is room.
    value.truncate(request.outlen.saturating_sub(DATA));
    let mut output = output(DATA + value.len());
    put(&mut output, DATA, &value);
    Ok(output)
}

/// Returns whether the link is up.
pub fn link(firmware: &Firmware) -> bool {
    regs::register(PAOS).is_some_and(|paos| firmware.regs.field(paos, "oper_status") == 1)
}

/// Queues the event of a port that changed: sub-type 4 up, 1 down; the port number is in the upper
/// half of byte 8.
fn announce(firmware: &mut Firmware) {
    let mut data = [0; 28];
    if let Some(byte) = data.get_mut(8) {
        *byte = 1 << 4;
    }
    let subtype = if link(firmware) { 4 } else { 1 };
    firmware.events.push(Event {
        kind: event::PORT_CHANGE,
        subtype,
        data,
    });
}
