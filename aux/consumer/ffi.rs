// SPDX-License-Identifier: GPL-2.0

//! The C side of a consumer's driver: the callbacks that the kernel crate does not know.

use crate::consumer::{
    Consumer,
    ConsumerAdapter,
    Contract, //
};

use core::marker::PhantomData;

use kernel::{
    auxiliary, bindings,
    device::CoreInternal,
    driver,
    error::from_result,
    prelude::*,
    types::{
        ForLt,
        Opaque, //
    },
};

/// The registration of a [`Consumer`] as a driver: that of `kernel::auxiliary`, with shutdown,
/// suspend and resume.
///
/// The bus has no power management of its own, so the driver core takes the driver's. It calls
/// children before their parent on the way down and after it on the way up.
pub struct ConsumerDriver<T>(PhantomData<T>);

/// The kernel crate's part.
type Base<T> = auxiliary::Adapter<ConsumerAdapter<T>>;

// SAFETY: All of it is as in the kernel crate's part, which is a valid implementation.
unsafe impl<T: Consumer> driver::DriverLayout for ConsumerDriver<T>
where
    for<'b> <<T::Contract as Contract>::Data as ForLt>::Of<'b>: Send + Sync,
{
    type DriverType = <Base<T> as driver::DriverLayout>::DriverType;
    type DriverData<'bound> = <Base<T> as driver::DriverLayout>::DriverData<'bound>;

    const DEVICE_DRIVER_OFFSET: usize = <Base<T> as driver::DriverLayout>::DEVICE_DRIVER_OFFSET;
}

// SAFETY: Registration and its end are those of the kernel crate's part.
unsafe impl<T: Consumer> driver::RegistrationOps for ConsumerDriver<T>
where
    for<'b> <<T::Contract as Contract>::Data as ForLt>::Of<'b>: Send + Sync,
{
    unsafe fn register(
        adrv: &Opaque<Self::DriverType>,
        name: &'static CStr,
        module: &'static ThisModule,
    ) -> Result {
        // SAFETY: The driver is not registered, so its fields may be set; the kernel crate's part
        // does not set these.
        unsafe {
            (*adrv.get()).shutdown = Some(Self::shutdown);
            (*adrv.get()).driver.pm = Self::PM;
        }

        // SAFETY: By the safety requirements, which are the same.
        unsafe { <Base<T> as driver::RegistrationOps>::register(adrv, name, module) }
    }

    unsafe fn unregister(adrv: &Opaque<Self::DriverType>) {
        // SAFETY: By the safety requirements, which are the same.
        unsafe { <Base<T> as driver::RegistrationOps>::unregister(adrv) }
    }
}

impl<T: Consumer> ConsumerDriver<T>
where
    for<'b> <<T::Contract as Contract>::Data as ForLt>::Of<'b>: Send + Sync,
{
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

    /// Calls a function for a bound device.
    ///
    /// # Safety
    ///
    /// `dev` is a device that this driver is bound to, and the caller holds its lock.
    unsafe fn with<R>(
        dev: *mut bindings::device,
        function: impl for<'b> FnOnce(
            &'b auxiliary::Device<CoreInternal<'b>>,
            Pin<&'b <Self as driver::DriverLayout>::DriverData<'b>>,
        ) -> R,
    ) -> R {
        // SAFETY: The driver's devices are auxiliary devices, of which `auxiliary::Device` is a
        // transparent wrapper. The lock makes the context valid.
        let adev = unsafe {
            let adev = kernel::container_of!(dev, bindings::auxiliary_device, dev);
            &*adev.cast::<auxiliary::Device<CoreInternal<'_>>>()
        };

        // SAFETY: The device is bound, so its private data is set, and has this type.
        let data = unsafe { AsRef::<kernel::device::Device<_>>::as_ref(adev).drvdata_borrow() };

        function(adev, data)
    }

    /// # Safety
    ///
    /// Called by the bus for a bound device, with its lock held.
    unsafe extern "C" fn shutdown(adev: *mut bindings::auxiliary_device) {
        // SAFETY: By the safety requirements.
        unsafe {
            Self::with(&raw mut (*adev).dev, |adev, data| {
                data.attachment().detach();
                T::shutdown(adev, data.data());
            })
        }
    }

    /// # Safety
    ///
    /// Called by the driver core for a bound device, with its lock held.
    unsafe extern "C" fn suspend(dev: *mut bindings::device) -> c_int {
        // SAFETY: By the safety requirements.
        unsafe {
            Self::with(dev, |adev, data| {
                from_result(|| T::suspend(adev, data.data()).map(|()| 0))
            })
        }
    }

    /// # Safety
    ///
    /// Called by the driver core for a bound device, with its lock held.
    unsafe extern "C" fn resume(dev: *mut bindings::device) -> c_int {
        // SAFETY: By the safety requirements.
        unsafe {
            Self::with(dev, |adev, data| {
                from_result(|| T::resume(adev, data.data()).map(|()| 0))
            })
        }
    }

    /// # Safety
    ///
    /// Called by the driver core for a bound device, with its lock held.
    unsafe extern "C" fn complete(dev: *mut bindings::device) {
        // SAFETY: By the safety requirements.
        unsafe { Self::with(dev, |adev, data| T::complete(adev, data.data())) }
    }
}
