// SPDX-License-Identifier: GPL-2.0

//! Consumer of the class `calc` of Acme functions.
//!
//! There is no kernel subsystem for calculators, so programs reach it through a file in debugfs
//! named after the child: they write a line (`factorial 5`, `liveness 7`, `echo hello`) and read
//! the answer to the last one.
//!
//! # Layering
//!
//! `kernel <- auxbus <- auxcore <- auxcore_acme <- ` this crate. It sees no PCI and no register.

mod desk;
mod driver;
mod ffi;
mod line;

auxbus::module_consumer! {
    type: driver::Driver,
    name: "auxcore_calc_acme",
    authors: ["auxcore developers"],
    description: "Calculator consumer of Acme functions",
    license: "GPL",
}
