// SPDX-License-Identifier: GPL-2.0

//! The C side of the PCI driver: the callbacks that the kernel crate does not know, and a few calls
//! it does not have.

use core::marker::PhantomData;
use kernel::{
    bindings,
    device::{Bound, Core, CoreInternal, Device},
    dma::{Device as _, DmaMask},
    driver,
    error::to_result,
    pci,
    prelude::*,
    types::Opaque, //
};

use crate::pci::{CoreDriver, Fault, PciVendor};

fn raw(pdev: &pci::Device<Bound>) -> *mut bindings::pci_dev {
    // CAST: `pci::Device` is a transparent wrapper of `struct pci_dev`, which C may write through
    // this pointer.
    core::ptr::from_ref(pdev)
        .cast::<bindings::pci_dev>()
        .cast_mut()
}

/// Returns the id that matches every function `device` of `vendor`.
///
/// The kernel crate knows only vendors with a name in the kernel's own list, which a plugin outside
/// of the kernel may not have.
pub const fn device_id(vendor: u16, device: u16) -> pci::DeviceId {
    let mut id: bindings::pci_device_id = pin_init::zeroed();
    id.vendor = vendor as u32; // CAST: a wider type.
    id.device = device as u32; // CAST: a wider type.
    id.subvendor = u32::MAX;
    id.subdevice = u32::MAX;
    // SAFETY: `pci::DeviceId` is a transparent wrapper of `pci_device_id` without invariants.
    unsafe { core::mem::transmute::<bindings::pci_device_id, pci::DeviceId>(id) }
}

/// Holds a device enabled until it is dropped.
pub(crate) struct Enabled<'bound>(&'bound pci::Device<Bound>);

impl Drop for Enabled<'_> {
    fn drop(&mut self) {
        // SAFETY: a valid, bound PCI device, which was enabled once for this value.
        unsafe { bindings::pci_disable_device(raw(self.0)) }
    }
}

/// Enables the memory of `pdev`. Context: process, in probe.
///
/// # Errors
///
/// Those of the bus.
pub(crate) fn enable<'bound>(pdev: &'bound pci::Device<Core<'_>>) -> Result<Enabled<'bound>> {
    pdev.enable_device_mem()?;
    Ok(Enabled(pdev))
}

/// Enables or disables bus mastering.
pub(crate) fn set_bus_master(pdev: &pci::Device<Bound>, on: bool) {
    // SAFETY: `pdev` is a valid, bound PCI device.
    unsafe {
        if on {
            bindings::pci_set_master(raw(pdev));
        } else {
            bindings::pci_clear_master(raw(pdev));
        }
    }
}

/// Returns whether BAR `bar` of `pdev` is memory, and not ports.
pub(crate) fn is_memory(pdev: &pci::Device<Bound>, bar: u32) -> bool {
    // CAST: wider types.
    const MEMORY: usize = bindings::IORESOURCE_MEM as usize;
    // SAFETY: `pdev` is a valid, bound PCI device; its resources do not change while it is bound.
    let resources = unsafe { &(*raw(pdev)).resource };
    let resource = resources.get(bar as usize);
    resource.is_some_and(|resource| resource.flags & MEMORY != 0)
}

/// Returns whether `pdev` answers on its bus.
pub(crate) fn is_present(pdev: &pci::Device<Bound>) -> bool {
    // SAFETY: `pdev` is a valid, bound PCI device.
    unsafe { bindings::pci_device_is_present(raw(pdev)) }
}

/// Resets the function of `pdev` and restores its configuration. Our own driver is told, too.
///
/// # Errors
///
/// `EAGAIN` when its device lock is held, `ENOTTY` when it has no reset, or another errno of PCI.
pub(crate) fn try_reset(pdev: &pci::Device<Bound>) -> Result {
    // SAFETY: `pdev` is a valid, bound PCI device.
    to_result(unsafe { bindings::pci_try_reset_function(raw(pdev)) })
}

/// As [`try_reset`], for a caller that holds the device lock.
pub(crate) fn reset_locked(pdev: &pci::Device<Bound>) -> Result {
    // SAFETY: `pdev` is a valid, bound PCI device. The lock is asserted, not trusted.
    to_result(unsafe { bindings::pci_reset_function_locked(raw(pdev)) })
}

/// Sets the DMA masks of `pdev` to `bits` bits.
///
/// # Errors
///
/// `EIO` when the platform cannot serve such addresses; `EINVAL` for more than 64 bits.
pub(crate) fn set_dma_bits(pdev: &pci::Device<Core<'_>>, bits: u32) -> Result {
    let mask = DmaMask::try_new(bits)?;
    // SAFETY: called from probe before any DMA memory of the device is allocated, so no allocation
    // can run concurrently.
    unsafe { pdev.dma_set_mask_and_coherent(mask) }
}

/// Remembers the configuration of `pdev`, for [`restore_state`]. Context: process, with the device
/// lock held.
///
/// # Errors
///
/// `ENOMEM`: the kernel has no room for a capability's state.
pub(crate) fn save_state(pdev: &pci::Device<Bound>) -> Result {
    // SAFETY: `pdev` is a valid, bound PCI device.
    to_result(unsafe { bindings::pci_save_state(raw(pdev)) })
}

/// Gives `pdev` the configuration it had when it was remembered. Context: process, with the device
/// lock held.
pub(crate) fn restore_state(pdev: &pci::Device<Bound>) {
    // SAFETY: `pdev` is a valid, bound PCI device.
    unsafe { bindings::pci_restore_state(raw(pdev)) }
}

/// The registration of a vendor's PCI driver: that of `kernel::pci`, with asynchronous probing,
/// shutdown, sleep and error handlers.
pub struct PciDriver<V: PciVendor>(PhantomData<V>);

/// The kernel crate's part.
type Base<V> = pci::Adapter<CoreDriver<V>>;

// SAFETY: All of it is as in the kernel crate's part, which is a valid implementation.
unsafe impl<V: PciVendor> driver::DriverLayout for PciDriver<V> {
    type DriverType = <Base<V> as driver::DriverLayout>::DriverType;
    type DriverData<'bound> = <Base<V> as driver::DriverLayout>::DriverData<'bound>;

    const DEVICE_DRIVER_OFFSET: usize = <Base<V> as driver::DriverLayout>::DEVICE_DRIVER_OFFSET;
}

// SAFETY: Registration and its end are those of the kernel crate's part.
unsafe impl<V: PciVendor> driver::RegistrationOps for PciDriver<V> {
    unsafe fn register(
        pdrv: &Opaque<Self::DriverType>,
        name: &'static CStr,
        module: &'static ThisModule,
    ) -> Result {
        // SAFETY: the driver is not registered, so its fields may be set; the kernel crate's part
        // does not set these.
        unsafe {
            (*pdrv.get()).shutdown = Some(Self::shutdown);
            (*pdrv.get()).err_handler = Self::ERRORS;
            (*pdrv.get()).driver.pm = Self::PM;
            (*pdrv.get()).driver.probe_type = bindings::probe_type_PROBE_PREFER_ASYNCHRONOUS;
        }
        // SAFETY: by the safety requirements, which are the same.
        unsafe { <Base<V> as driver::RegistrationOps>::register(pdrv, name, module) }
    }

    unsafe fn unregister(pdrv: &Opaque<Self::DriverType>) {
        // SAFETY: by the safety requirements, which are the same.
        unsafe { <Base<V> as driver::RegistrationOps>::unregister(pdrv) }
    }
}

// Every callback in here is called by the bus or the driver core for a device that the driver is
// bound to, with the device lock held.
impl<V: PciVendor> PciDriver<V> {
    /// The sleep callbacks. Hibernation is a suspend for a driver whose device loses its state.
    const PM: &'static bindings::dev_pm_ops = &{
        let mut pm: bindings::dev_pm_ops = pin_init::zeroed();
        pm.suspend = Some(Self::suspend);
        pm.resume = Some(Self::resume);
        pm.freeze = Some(Self::suspend);
        pm.thaw = Some(Self::resume);
        pm.poweroff = Some(Self::suspend);
        pm.restore = Some(Self::resume);
        pm.complete = Some(Self::complete);
        pm
    };

    const ERRORS: &'static bindings::pci_error_handlers = &{
        let mut errors: bindings::pci_error_handlers = pin_init::zeroed();
        errors.error_detected = Some(Self::error_detected);
        errors.slot_reset = Some(Self::slot_reset);
        errors.resume = Some(Self::error_resume);
        errors.reset_prepare = Some(Self::reset_prepare);
        errors.reset_done = Some(Self::reset_done);
        errors
    };

    /// Calls a function for a bound device.
    ///
    /// # Safety
    ///
    /// `pdev` is a device that this driver is bound to, and the caller holds its lock.
    unsafe fn with<R>(
        pdev: *mut bindings::pci_dev,
        function: impl for<'b> FnOnce(Pin<&'b <Self as driver::DriverLayout>::DriverData<'b>>) -> R,
    ) -> R {
        // SAFETY: `pci::Device` is a transparent wrapper of the device. The lock makes the context
        // valid. The device is bound, so its private data is set, and has this type.
        let data = unsafe {
            let pdev = &*pdev.cast::<pci::Device<CoreInternal<'_>>>();
            AsRef::<Device<_>>::as_ref(pdev).drvdata_borrow()
        };
        function(data)
    }

    /// As [`PciDriver::with`], for what also happens while our own probe resets the device: there is
    /// nothing to call then.
    ///
    /// # Safety
    ///
    /// `pdev` is a device that this driver is bound to or probes, and the caller holds its lock.
    unsafe fn with_or_none(
        pdev: *mut bindings::pci_dev,
        function: impl for<'b> FnOnce(Pin<&'b <Self as driver::DriverLayout>::DriverData<'b>>),
    ) {
        // SAFETY: `pdev` is valid. The data is set at the end of probe, under the lock.
        if unsafe { bindings::dev_get_drvdata(&raw mut (*pdev).dev) }.is_null() {
            return;
        }
        // SAFETY: a device with data is bound; the rest as required.
        unsafe { Self::with(pdev, function) }
    }

    /// As [`PciDriver::with`], for the device in a PCI device.
    ///
    /// # Safety
    ///
    /// As there.
    unsafe fn with_device<R>(
        dev: *mut bindings::device,
        function: impl for<'b> FnOnce(Pin<&'b <Self as driver::DriverLayout>::DriverData<'b>>) -> R,
    ) -> R {
        // SAFETY: the driver's devices are PCI devices; the rest as required.
        unsafe { Self::with(kernel::container_of!(dev, bindings::pci_dev, dev), function) }
    }

    extern "C" fn shutdown(pdev: *mut bindings::pci_dev) {
        // SAFETY: see above.
        unsafe { Self::with(pdev, |data| data.shutdown()) }
    }

    extern "C" fn suspend(dev: *mut bindings::device) -> c_int {
        // SAFETY: see above.
        unsafe { Self::with_device(dev, |data| data.suspend()) };
        0
    }

    extern "C" fn resume(dev: *mut bindings::device) -> c_int {
        // SAFETY: see above.
        unsafe { Self::with_device(dev, |data| data.resume()) };
        0
    }

    extern "C" fn complete(dev: *mut bindings::device) {
        // SAFETY: see above.
        unsafe { Self::with_device(dev, |data| data.complete()) }
    }

    extern "C" fn error_detected(
        pdev: *mut bindings::pci_dev,
        state: bindings::pci_channel_state_t,
    ) -> bindings::pci_ers_result_t {
        let fault = if state == bindings::pci_channel_io_perm_failure {
            Fault::Gone
        } else {
            Fault::Frozen
        };
        // SAFETY: see above.
        unsafe { Self::with(pdev, |data| data.fail(fault)) };
        match fault {
            Fault::Gone => bindings::pci_ers_result_PCI_ERS_RESULT_DISCONNECT,
            Fault::Frozen => bindings::pci_ers_result_PCI_ERS_RESULT_NEED_RESET,
        }
    }

    extern "C" fn slot_reset(pdev: *mut bindings::pci_dev) -> bindings::pci_ers_result_t {
        // SAFETY: see above.
        if unsafe { Self::with(pdev, |data| data.slot_reset()) } {
            bindings::pci_ers_result_PCI_ERS_RESULT_RECOVERED
        } else {
            bindings::pci_ers_result_PCI_ERS_RESULT_DISCONNECT
        }
    }

    extern "C" fn error_resume(pdev: *mut bindings::pci_dev) {
        // SAFETY: see above.
        unsafe { Self::with(pdev, |data| data.mended()) }
    }

    extern "C" fn reset_prepare(pdev: *mut bindings::pci_dev) {
        // SAFETY: see above.
        unsafe { Self::with_or_none(pdev, |data| data.reset_prepare()) }
    }

    extern "C" fn reset_done(pdev: *mut bindings::pci_dev) {
        // SAFETY: see above.
        unsafe { Self::with_or_none(pdev, |data| data.reset_done()) }
    }
}
