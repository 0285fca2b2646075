// SPDX-License-Identifier: GPL-2.0

//! The C device of a child.

use super::attributes::Groups;

use crate::{
    attributes::Attributes,
    lifetime,
    name::Name, //
};

use core::ptr::NonNull;

use kernel::{
    bindings,
    container_of,
    device::{
        Bound,
        Device, //
    },
    error::to_result,
    prelude::*,
    types::Opaque, //
};

/// What a device's release frees.
struct Memory {
    adev: Opaque<bindings::auxiliary_device>,
    groups: KBox<Groups>,
}

/// An initialised auxiliary device, on the bus or not.
///
/// # Invariants
///
/// The pointer is to an `auxiliary_device` that was initialised, and to which this value owns the
/// first reference.
pub(super) struct AuxDevice(NonNull<bindings::auxiliary_device>);

impl AuxDevice {
    /// Allocates and initialises a device.
    pub(super) fn new(
        parent: &Device<Bound>,
        name: &'static Name,
        id: u32,
        attributes: Attributes,
    ) -> Result<Self> {
        let memory = KBox::new(
            Memory {
                adev: Opaque::zeroed(),
                groups: Groups::new(attributes)?,
            },
            GFP_KERNEL,
        )?;
        let adev = memory.adev.get();

        // CAST: `Device` is a transparent wrapper of `struct device`.
        // SAFETY: `adev` is valid and nobody else knows it; a parent and a name is what
        // `auxiliary_device_init()` needs.
        to_result(unsafe {
            (*adev).dev.parent = core::ptr::from_ref(parent).cast_mut().cast();
            (*adev).dev.release = Some(Self::release);
            (*adev).dev.groups = memory.groups.as_ptr();
            (*adev).name = name.class().as_char_ptr();
            (*adev).id = id;
            bindings::auxiliary_device_init(adev)
        })?;

        // The device owns its memory from here on: `release()` frees it.
        lifetime::device_initialised();
        let _ = KBox::into_raw(memory);

        // INVARIANT: The device is initialised, and its first reference is the one made by that.
        // SAFETY: The pointer is to a field of a value in a box.
        Ok(Self(unsafe { NonNull::new_unchecked(adev) }))
    }

    /// Frees the device; called when the last reference to it is put.
    extern "C" fn release(dev: *mut bindings::device) {
        // SAFETY: The function is only set for devices that are in `Memory`. That comes from the
        // box in `new()`, and the last reference to it is gone.
        drop(unsafe {
            let adev = container_of!(dev, bindings::auxiliary_device, dev);
            KBox::from_raw(container_of!(Opaque::cast_from(adev), Memory, adev).cast_mut())
        });

        lifetime::device_released();
    }

    /// Sets what the consumer finds as registration data.
    ///
    /// # Safety
    ///
    /// No consumer may be bound. `data` must be null, or point to [`RegistrationData`] that is
    /// valid until this function is called again or the device goes off the bus.
    pub(super) unsafe fn set_registration_data(&self, data: *mut c_void) {
        // SAFETY: The pointer is valid by the type invariant; the field is only read for a bound
        // consumer, and there is none.
        unsafe { (*self.0.as_ptr()).registration_data_rust = data };
    }

    /// Returns what a device's consumer finds as registration data; null for a device that is not
    /// one of ours.
    ///
    /// Not inlined: a copy in another crate could come with a copy of `release`, which tells.
    ///
    /// # Safety
    ///
    /// The pointer must be valid, and the device bound.
    #[inline(never)]
    pub(super) unsafe fn registration_data(
        adev: *const bindings::auxiliary_device,
    ) -> *const c_void {
        let ours: unsafe extern "C" fn(*mut bindings::device) = Self::release;

        // SAFETY: By the safety requirements; neither field changes while the device is bound.
        unsafe {
            match (*adev).dev.release {
                Some(release) if core::ptr::fn_addr_eq(release, ours) => {
                    (*adev).registration_data_rust
                }
                _ => core::ptr::null(),
            }
        }
    }

    /// Puts the device on the bus, which may bind a consumer.
    pub(super) fn add(&self, modname: &'static CStr) -> Result {
        // SAFETY: The pointer is valid by the type invariant, and `modname` is a string.
        to_result(unsafe {
            bindings::__auxiliary_device_add(self.0.as_ptr(), modname.as_char_ptr())
        })
    }

    /// Takes the device off the bus, which unbinds its consumer.
    ///
    /// # Safety
    ///
    /// The device must be on the bus.
    pub(super) unsafe fn delete(&self) {
        // SAFETY: By the safety requirements.
        unsafe { bindings::auxiliary_device_delete(self.0.as_ptr()) };
    }
}

impl Drop for AuxDevice {
    fn drop(&mut self) {
        // SAFETY: By the type invariant the device is initialised and the reference is ours.
        unsafe { bindings::auxiliary_device_uninit(self.0.as_ptr()) };
    }
}
