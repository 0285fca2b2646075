// SPDX-License-Identifier: GPL-2.0
//! CREATE_EQ, DESTROY_EQ and QUERY_EQ.
#![forbid(unsafe_code)]

use super::{bad_parameter, output, with_number};
use crate::eq::{Layout, EQE};
use crate::field::{get32, get64, index, low16, low8, put32, put64};
use crate::firmware::{Answer, Context, Firmware, Refusal, Request};
use crate::status::Status;
use crate::violation::Kind;

const PAS: usize = 0x110;
/// The largest page of a ring the device accepts, log2 in units of 4096.
const MAX_LOG_PAGE: u32 = 8;
/// The vectors of the MSI-X table.
pub const VECTORS: u16 = crate::msix::VECTORS;

pub fn create(firmware: &mut Firmware, request: &Request<'_>, context: &mut Context<'_>) -> Answer {
    let layout = parse(firmware, request)?;
    for page in &layout.pages {
        if page % 4096 != 0 || !context.memory.covers(*page, layout.page_size) {
            let what =
                format!("CREATE_EQ has a page at {page:#x} that is not aligned guest memory");
            return Err(Refusal::new(Status::BadParam, 0x0301_0005).because(Kind::EqMemory, what));
        }
    }
    let limit = index(firmware.caps.general("max_num_eqs").max(1)).min(255);
    let number = firmware.eqs.create(layout, limit);
    with_number(
        number
            .ok_or_else(|| Refusal::new(Status::ExceedLim, 0x0301_0006))?
            .into(),
    )
}

fn parse(firmware: &Firmware, request: &Request<'_>) -> Result<Layout, Refusal> {
    let input = request.input;
    let (size, intr) = (get32(input, 0x1c), low16(get32(input, 0x24) & 0xfff));
    let (log_size, uar, log_page) = (
        (size >> 24) & 0x1f,
        size & 0xff_ffff,
        (get32(input, 0x28) >> 24) & 0x1f,
    );
    if u64::from(log_size) > firmware.caps.general("log_max_eq_sz") || log_page > MAX_LOG_PAGE {
        let what = format!("CREATE_EQ has 2^{log_size} entries in pages of 4096 << {log_page}");
        return Err(bad_parameter(0x0301_0001, what));
    }
    let page_size = 4096_u64 << log_page;
    let count = index(((EQE as u64) << log_size).div_ceil(page_size));
    if input.len() != PAS + 8 * count {
        let what = format!(
            "CREATE_EQ with {count} pages has an input of {} bytes",
            input.len()
        );
        return Err(Refusal::new(Status::BadInputLen, 0x0301_0002).because(Kind::InputLength, what));
    }
    if firmware.uars.owner(uar).is_none() {
        let what = format!("CREATE_EQ names UAR {uar}, which is not allocated");
        return Err(bad_parameter(0x0301_0003, what));
    }
    if intr >= VECTORS {
        return Err(bad_parameter(
            0x0301_0004,
            format!("CREATE_EQ names vector {intr}"),
        ));
    }
    Ok(Layout {
        pages: (0..count).map(|n| get64(input, PAS + 8 * n)).collect(),
        page_size,
        log_size: low8(log_size),
        vector: intr,
        mask: [0x58, 0x60, 0x68, 0x70].map(|at| get64(input, at)),
        uar,
        uid: request.uid(),
    })
}

pub fn destroy(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    let number = low8(get32(request.input, 8));
    if !firmware.eqs.destroy(number) {
        let what = format!("DESTROY_EQ names queue {number}, which does not exist");
        return Err(Refusal::new(Status::BadResource, 0x0302_0001).because(Kind::Parameter, what));
    }
    Ok(output(16))
}

pub fn query(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    let number = low8(get32(request.input, 8));
    let Some(eq) = firmware.eqs.get(number) else {
        return Err(Refusal::new(Status::BadResource, 0x0303_0001));
    };
    // Page addresses stay with the kernel: a user who could read them would know where to aim.
    let shown: &[u64] = if request.uid() == 0 {
        &eq.layout.pages
    } else {
        &[]
    };
    let mut output = output(PAS + 8 * shown.len());
    let state = if eq.armed { 0x9 } else { 0xa };
    put32(&mut output, 0x10, state << 8);
    put32(
        &mut output,
        0x1c,
        (u32::from(eq.layout.log_size) << 24) | eq.layout.uar,
    );
    put32(&mut output, 0x24, eq.layout.vector.into());
    put32(
        &mut output,
        0x28,
        (eq.layout.page_size.trailing_zeros() - 12) << 24,
    );
    put32(&mut output, 0x38, eq.consumer);
    put32(&mut output, 0x3c, eq.producer);
    put64(&mut output, 0x58, eq.layout.mask[0]);
    for (n, page) in shown.iter().enumerate() {
        put64(&mut output, PAS + 8 * n, *page);
    }
    Ok(output)
}
