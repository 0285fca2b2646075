// SPDX-License-Identifier: GPL-2.0

//! What the kernel crate lacks or exports as `unsafe`: timed completions, and what the framework
//! keeps in the driver core's data.

// In here, because a file that forbids unsafe code forbids it in its modules too.
#[path = "debugfs/ffi.rs"]
pub(crate) mod debugfs;
#[path = "nested/ffi.rs"]
pub(crate) mod nested;
#[path = "pci/ffi.rs"]
pub(crate) mod pci;
#[path = "peer/ffi.rs"]
pub(crate) mod peer;
#[path = "sysfs/ffi.rs"]
pub(crate) mod sysfs;
#[path = "textfile/ffi.rs"]
pub(crate) mod textfile;
#[path = "trace/ffi.rs"]
pub(crate) mod trace;
#[path = "pci/vectors/ffi.rs"]
pub(crate) mod vectors;

use auxbus::{Children, Id, Kicked, Kind, Queue, Table};
use kernel::{
    bindings,
    device::{Bound, Device},
    prelude::*,
    sync::Arc,
    task::CurrentTask,
    time::{msecs_to_jiffies, Delta},
    types::Opaque, //
};

use crate::{recovery::Keeper, vendor::Vendor};

/// A completion with a timed, uninterruptible wait.
#[pin_data]
pub(crate) struct TimedCompletion {
    #[pin]
    inner: Opaque<bindings::completion>,
}

// SAFETY: a `struct completion` may be used from any thread.
unsafe impl Send for TimedCompletion {}
// SAFETY: all methods go through the completion's own lock.
unsafe impl Sync for TimedCompletion {}

impl TimedCompletion {
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            inner <- Opaque::ffi_init(|slot: *mut bindings::completion| {
                // SAFETY: `slot` is valid for the initialisation of a `struct completion`.
                unsafe { bindings::init_completion(slot) };
            }),
        })
    }

    /// Wakes one waiter, now or when it comes. Context: any.
    pub(crate) fn complete(&self) {
        // SAFETY: `inner` is an initialised completion.
        unsafe { bindings::complete(self.inner.get()) };
    }

    /// Waits for at most `timeout`. Returns whether it was completed. Context: process.
    pub(crate) fn wait(&self, timeout: Delta) -> bool {
        let ms = u32::try_from(timeout.as_millis_ceil().max(0)).unwrap_or(u32::MAX);
        // SAFETY: `inner` is an initialised completion.
        unsafe {
            bindings::wait_for_completion_timeout(self.inner.get(), msecs_to_jiffies(ms)) != 0
        }
    }
}

/// Returns the queue on which `keeper` looks after its core device.
///
/// The caller is `CoreDevice` alone, whose drop leaves no other reference to it.
///
/// # Errors
///
/// `ENOMEM`.
pub(crate) fn keeper<'bound, V: Vendor>(
    keeper: Keeper<'bound, V>,
) -> Result<Arc<Queue<Keeper<'bound, V>>>> {
    // SAFETY: the core device is part of the driver core's data for the device, which the driver
    // core drops when the device is unbound. It and the host, from which it takes it back then,
    // hold the only references.
    let queue = unsafe { Queue::new_scoped(c"auxcore", keeper) }?;
    Ok(Arc::new(queue, GFP_KERNEL)?)
}

/// Returns whether `driver_override` of `dev` is set. A device with it set reaches only the driver
/// it names.
pub(crate) fn has_driver_override(dev: &Device<Bound>) -> bool {
    // CAST: `Device` is a transparent wrapper of `struct device`.
    let raw = core::ptr::from_ref(dev).cast::<bindings::device>();
    // SAFETY: `raw` is a valid device. The pointer is only compared: its lock guards the string it
    // points to.
    !unsafe { core::ptr::addr_of!((*raw).driver_override.name).read_volatile() }.is_null()
}

/// Returns the children of the function of `device`.
///
/// The caller is `core/device.rs` alone, which keeps them in the driver core's data of the device.
///
/// # Errors
///
/// `ENOMEM`, or no id is left.
pub(crate) fn children<'bound>(
    device: &'bound Device<Bound>,
    kinds: impl Iterator<Item = Kind>,
    table: Arc<dyn Table<'bound> + 'bound>,
) -> Result<Children<'bound>> {
    let id = Id::alloc()?;
    // SAFETY: the value is part of the driver core's data for the device, which the driver core
    // drops when the device is unbound.
    unsafe { Children::new(device, id, kinds, table) }
}

/// Returns the work context of one channel.
///
/// The caller is `core/channel/finish.rs` alone, whose queue ends with the channel's owner.
///
/// # Errors
///
/// `ENOMEM`.
pub(crate) fn channel_context<T: Kicked>(value: T) -> Result<Queue<T>> {
    // SAFETY: the owner of the channel drops the queue when it is dropped, and is not dropped by a
    // function of the queue. It is part of the vendor's state, which ends in the driver core's data
    // for the device, before anything that the channel borrows.
    unsafe { Queue::new_scoped(c"auxcore", value) }
}

/// Bytes of a task's name, the terminating zero included.
pub(crate) const COMM_LEN: usize = 16;

/// Returns the name of the current task, zero-terminated.
pub(crate) fn comm(current: &CurrentTask) -> [u8; COMM_LEN] {
    // SAFETY: The task is valid. Somebody may give it another name meanwhile: then the result has
    // bytes of both, but its last byte is zero at all times.
    unsafe { core::ptr::addr_of!((*current.as_ptr()).comm).read_volatile() }
}
