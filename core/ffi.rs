// SPDX-License-Identifier: GPL-2.0

//! What the kernel crate lacks or exports as `unsafe`: timed completions, interrupt registrations
//! that the framework keeps, and a few PCI calls.

#[path = "debugfs/ffi.rs"]
pub(crate) mod debugfs;
#[path = "sysfs/ffi.rs"]
pub(crate) mod sysfs;

use auxbus::{Children, Id, Kicked, Kind, Queue, Table};
use kernel::{
    bindings,
    device::{Bound, Core, Device},
    dma::{Device as _, DmaMask},
    error::to_result,
    irq::{Flags, IrqRequest, IrqReturn, ThreadedHandler, ThreadedIrqReturn, ThreadedRegistration},
    new_mutex,
    pci,
    prelude::*,
    sync::{Arc, Mutex},
    task::CurrentTask,
    time::{msecs_to_jiffies, Delta},
    types::Opaque, //
};

use crate::{
    function::{Interrupt, Vectors},
    recovery::Keeper,
    vendor::Vendor, //
};

// In here, because a file that forbids unsafe code forbids it in its modules too.
#[path = "trace/ffi.rs"]
pub(crate) mod trace;

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

/// Adapts an [`Interrupt`] to the kernel crate's handler trait.
struct Trampoline<'bound>(Arc<dyn Interrupt + 'bound>);

impl ThreadedHandler for Trampoline<'_> {
    fn handle(&self) -> ThreadedIrqReturn {
        if self.0.interrupt() {
            ThreadedIrqReturn::WakeThread
        } else {
            ThreadedIrqReturn::Handled
        }
    }

    fn handle_threaded(&self) -> IrqReturn {
        self.0.deferred();
        IrqReturn::Handled
    }
}

type Handler<'bound> = Pin<KBox<ThreadedRegistration<'bound, Trampoline<'bound>>>>;

/// The interrupt vectors of a function with the handlers connected to them.
///
/// # Invariants
///
/// Every handler belongs to a vector of `vectors`, which is freed after them.
#[pin_data]
pub(crate) struct VectorTable<'bound> {
    #[pin]
    handlers: Mutex<KVec<Option<Handler<'bound>>>>,
    // Dropped after `handlers`: fields drop in order of declaration.
    vectors: pci::IrqVectorRegistration<'bound>,
}

impl<'bound> VectorTable<'bound> {
    /// Allocates exactly the vectors asked for.
    ///
    /// # Safety
    ///
    /// The value must be dropped before `'bound` ends: it keeps handlers that borrow for `'bound`.
    unsafe fn new(
        pdev: &'bound pci::Device<Bound>,
        wanted: Vectors,
    ) -> impl PinInit<Self, Error> + 'bound {
        pin_init::pin_init_scope(move || {
            let (kind, count) = match wanted {
                Vectors::Msi(count) => (pci::IrqType::Msi, count),
                Vectors::MsiX(count) => (pci::IrqType::MsiX, count),
            };
            let types = pci::IrqTypes::default().with(kind);
            let vectors = pdev.alloc_irq_vectors(count, count, types)?;
            let mut handlers = KVec::with_capacity(vectors.len(), GFP_KERNEL)?;
            for _ in 0..vectors.len() {
                handlers.push(None, GFP_KERNEL)?;
            }
            Ok(try_pin_init!(Self { handlers <- new_mutex!(handlers), vectors }? Error))
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.vectors.len()
    }

    /// Connects `handler` to vector `index`; the handler before it has returned for good when this
    /// returns.
    pub(crate) fn connect(&self, index: usize, handler: Arc<dyn Interrupt + 'bound>) -> Result {
        let request: IrqRequest<'_> = self.vectors.index(index)?.into();
        // SAFETY: only the lifetime changes. The request borrows `self.vectors`; the registration
        // made from it is kept in `self.handlers`, which is dropped before `self.vectors`, and
        // inside `'bound` by the contract of `new`.
        let request =
            unsafe { core::mem::transmute::<IrqRequest<'_>, IrqRequest<'bound>>(request) };
        let mut handlers = self.handlers.lock();
        let place = handlers.get_mut(index).ok_or(EINVAL)?;
        *place = None;
        // SAFETY: the registration is not forgotten: it is kept in `self.handlers`, whose drop runs
        // by the contract of `new`.
        let registration = unsafe {
            ThreadedRegistration::new(
                request,
                Flags::TRIGGER_NONE,
                c"auxcore",
                Ok(Trampoline(handler)),
            )
        };
        *place = Some(KBox::pin_init(registration, GFP_KERNEL)?);
        Ok(())
    }

    /// Disconnects the handler of vector `index`; it does not run any more when this returns.
    pub(crate) fn disconnect(&self, index: usize) {
        if let Some(place) = self.handlers.lock().get_mut(index) {
            *place = None;
        }
    }

    /// Disconnects all handlers; none runs any more when this returns.
    pub(crate) fn disconnect_all(&self) {
        for place in self.handlers.lock().iter_mut() {
            *place = None;
        }
    }
}

/// Returns the initialiser of a vector table that lives in the driver core's data of a bound
/// device.
///
/// The caller is `core/pci.rs` alone, which puts it there.
pub(crate) fn vector_table<'bound>(
    pdev: &'bound pci::Device<Bound>,
    wanted: Vectors,
) -> impl PinInit<VectorTable<'bound>, Error> + 'bound {
    // SAFETY: `PciFunction` is kept by reference counts that all end in the driver core's data for
    // the device, which the driver core drops when the device is unbound.
    unsafe { VectorTable::new(pdev, wanted) }
}

fn raw(pdev: &pci::Device<Bound>) -> *mut bindings::pci_dev {
    // CAST: `pci::Device` is a transparent wrapper of `struct pci_dev`, which C may write through
    // this pointer.
    core::ptr::from_ref(pdev)
        .cast::<bindings::pci_dev>()
        .cast_mut()
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

/// Returns whether `pdev` answers on its bus.
pub(crate) fn is_present(pdev: &pci::Device<Bound>) -> bool {
    // SAFETY: `pdev` is a valid, bound PCI device.
    unsafe { bindings::pci_device_is_present(raw(pdev)) }
}

/// Resets the function of `pdev` and restores its configuration.
///
/// # Errors
///
/// `EAGAIN` when its device lock is held, `ENOTTY` when it has no reset, or another errno of PCI.
pub(crate) fn try_reset(pdev: &pci::Device<Bound>) -> Result {
    // SAFETY: `pdev` is a valid, bound PCI device. Drivers without error handlers, as ours, are not
    // told; the only caller is our own driver.
    to_result(unsafe { bindings::pci_try_reset_function(raw(pdev)) })
}

/// As [`try_reset`], for a caller that holds the device lock.
pub(crate) fn reset_locked(pdev: &pci::Device<Bound>) -> Result {
    // SAFETY: `pdev` is a valid, bound PCI device. The lock is asserted, not trusted.
    to_result(unsafe { bindings::pci_reset_function_locked(raw(pdev)) })
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
