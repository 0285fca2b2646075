// SPDX-License-Identifier: GPL-2.0
//! The `connectx-model` program.
#![forbid(unsafe_code)]

fn main() {}
