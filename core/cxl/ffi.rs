// SPDX-License-Identifier: GPL-2.0

//! The module parameter declared in `params.c`.

extern "C" {
    static auxcore_cxl_claim: [u8; CLAIM_LEN];
    static auxcore_cxl_claim_len: usize;
}

/// Size of the parameter's buffer; `params.c` has the same.
const CLAIM_LEN: usize = 1024;

/// Returns the parameter `claim`: a text, and zeros behind it.
pub(crate) fn claim() -> &'static [u8] {
    // SAFETY: both are defined in `params.c`, initialised before the module's code runs and never
    // written after.
    let (text, len) = unsafe {
        (
            &*core::ptr::addr_of!(auxcore_cxl_claim),
            auxcore_cxl_claim_len,
        )
    };
    &text[..len.min(CLAIM_LEN)]
}
