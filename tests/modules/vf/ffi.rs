// SPDX-License-Identifier: GPL-2.0

//! The one PCI call that the kernel crate lacks.

use kernel::{bindings, device::Device, sync::aref::ARef};

/// Returns the function zero of device zero on `bus`.
pub(crate) fn function(bus: u8) -> Option<ARef<Device>> {
    // SAFETY: the call looks a device up and takes a reference to it.
    let pdev = unsafe { bindings::pci_get_domain_bus_and_slot(0, u32::from(bus), 0) };
    if pdev.is_null() {
        return None;
    }
    // SAFETY: `pdev` is valid while the reference is held; the device takes one of its own before
    // that is put.
    unsafe {
        let device = Device::get_device(&raw mut (*pdev).dev);
        bindings::pci_dev_put(pdev);
        Some(device)
    }
}
