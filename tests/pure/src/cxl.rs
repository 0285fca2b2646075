// SPDX-License-Identifier: GPL-2.0

//! The pure files of the CXL plugin, which use each other.

#![forbid(unsafe_code)]

#[path = "../../../core/cxl/bytes.rs"]
mod bytes;

#[path = "../../../core/cxl/command.rs"]
mod command;

#[path = "../../../core/cxl/feature.rs"]
mod feature;

#[path = "../../../core/cxl/layout.rs"]
mod layout;
#[path = "../../../core/cxl/limits.rs"]
mod limits;

#[path = "../../../core/cxl/locator.rs"]
mod locator;

#[path = "../../../core/cxl/log.rs"]
mod log;

#[path = "../../../core/cxl/permitted.rs"]
mod permitted;

#[path = "../../../core/cxl/rpc.rs"]
mod rpc;
