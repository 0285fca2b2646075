// SPDX-License-Identifier: GPL-2.0

//! Unit tests of the pure files, in the kernel: they run when the module is loaded into a kernel
//! booted with `kunit.enable=1`. On the host, `rustc --test` runs the same tests, file by file.

#![forbid(unsafe_code)]

#[expect(dead_code, reason = "the drivers use what the tests do not")]
#[path = "../../core/acme/command.rs"]
mod command;

#[path = "../../consumers/calc/acme/line.rs"]
mod line;

/// The module has no part but the suites, which the kernel finds in a section of it.
struct Module;

impl kernel::Module for Module {
    fn init(_module: &'static kernel::ThisModule) -> kernel::error::Result<Self> {
        Ok(Self)
    }
}

kernel::prelude::module! {
    type: Module,
    name: "auxcore_acme_kunit",
    authors: ["auxcore developers"],
    description: "Unit tests of Acme's pure files",
    license: "GPL",
}
