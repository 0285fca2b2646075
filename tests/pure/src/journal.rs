// SPDX-License-Identifier: GPL-2.0

//! The pure files of the journal.

#![forbid(unsafe_code)]

#[path = "../../../core/journal/line.rs"]
mod line;

#[path = "../../../core/journal/window.rs"]
mod window;
