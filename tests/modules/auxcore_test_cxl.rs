// SPDX-License-Identifier: GPL-2.0

//! The CXL plugin with an empty list of features that are the kernel's alone, and with short parts.
//!
//! Every feature that a device of a guest has is on the real list, so through the plugin itself
//! nothing can be set. This module is made of the same sources with another list; it shows what
//! becomes of a request that may set something. It drives only what `driver_override` gives it.

#![forbid(unsafe_code)]

#[path = "../../core/cxl/bytes.rs"]
mod bytes;
#[path = "../../core/cxl/command.rs"]
mod command;
#[path = "../../core/cxl/device.rs"]
mod device;
#[path = "../../core/cxl/feature.rs"]
mod feature;
#[path = "../../core/cxl/fwctl.rs"]
mod fwctl;
#[path = "../../core/cxl/layout.rs"]
mod layout;
#[path = "../../core/cxl/locator.rs"]
mod locator;
#[path = "../../core/cxl/log.rs"]
mod log;
#[path = "../../core/cxl/mailbox.rs"]
mod mailbox;
#[path = "../../core/cxl/permitted.rs"]
mod permitted;
#[path = "../../core/cxl/regs.rs"]
mod regs;
#[path = "../../core/cxl/ring.rs"]
mod ring;
#[path = "../../core/cxl/rpc.rs"]
mod rpc;
#[path = "../../core/cxl/vendor.rs"]
mod vendor;

/// The list, empty.
mod exclusive {
    use super::permitted::Exclusive;

    pub(crate) const FEATURES: &[Exclusive] = &[];
}

/// The same payload, but parts of a byte: what is set here is short, and is to be set in parts.
mod limits {
    pub(crate) const MOST_PAYLOAD: usize = 1024;
    pub(crate) const MOST_SET: usize = 1;
}

/// The parameter that the plugin has and this module has not.
mod ffi {
    pub(crate) fn claim() -> &'static [u8] {
        b""
    }
}

auxcore::module_vendor! {
    type: vendor::Cxl,
    name: "auxcore_test_cxl",
    authors: ["auxcore developers"],
    description: "CXL plugin that lets every feature be set, for tests",
    license: "GPL",
}
