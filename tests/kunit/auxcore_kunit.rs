// SPDX-License-Identifier: GPL-2.0

//! Unit tests of the pure files, in the kernel.
//!
//! The suites run when the module is loaded into a kernel booted with `kunit.enable=1`, and their
//! results are in the kernel log and below `/sys/kernel/debug/kunit`. `cargo test -p auxcore-pure`
//! runs the same tests on the host. Build with `AUXCORE_KUNIT=1`.

#![forbid(unsafe_code)]

#[expect(
    dead_code,
    unreachable_pub,
    reason = "the drivers use what the tests do not"
)]
#[path = "../pure/src/suites.rs"]
mod suites;

/// The module has no part but the suites, which the kernel finds in a section of it.
struct Module;

impl kernel::Module for Module {
    fn init(_module: &'static kernel::ThisModule) -> kernel::error::Result<Self> {
        Ok(Self)
    }
}

kernel::prelude::module! {
    type: Module,
    name: "auxcore_kunit",
    authors: ["auxcore developers"],
    description: "Unit tests of auxcore",
    license: "GPL",
}
