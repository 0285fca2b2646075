// SPDX-License-Identifier: GPL-2.0

//! Unit tests of the drivers' pure files, on the host.
//!
//! Pure files import nothing from the kernel. The same tests run in a guest, as the module
//! `auxcore_kunit`.

#![forbid(unsafe_code)]

#[cfg(test)]
#[expect(dead_code, reason = "the drivers use what the tests do not")]
#[allow(
    clippy::all,
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "the kernel's lints are the law for these files"
)]
mod suites;
