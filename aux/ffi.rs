// SPDX-License-Identifier: GPL-2.0

//! The C side: all unsafe code of the crate, with its modules, which are `ffi.rs` files too.

use crate::{
    attributes::Attributes,
    children::{
        Children,
        Kind,
        Table, //
    },
    consumer::{
        Attachment,
        Consumer,
        Watcher, //
    },
    id::{
        ChildId,
        Id, //
    },
    name::Name, //
};

use core::{
    any::TypeId,
    marker::PhantomData, //
};

use device::AuxDevice;
use kernel::{
    auxiliary, bindings,
    device::{
        Bound,
        Core,
        Device, //
    },
    id_pool::IdPool,
    prelude::*,
    sync::Arc,
    types::{
        CovariantForLt,
        ForLt, //
    },
};

// In here, because a file that forbids unsafe code forbids it in its modules too.
#[path = "attributes/ffi.rs"]
mod attributes;
#[path = "consumer/ffi.rs"]
pub(crate) mod consumer;
#[path = "device/ffi.rs"]
mod device;
#[path = "queue/ffi.rs"]
pub(crate) mod queue;

extern "C" {
    fn auxbus_helper_synchronize_rcu_tasks();
}

/// Waits until no task is executing code it was already executing, other than code that sleeps.
pub(crate) fn synchronize_rcu_tasks() {
    // SAFETY: May be called from any context that may sleep; the module's exit may.
    unsafe { auxbus_helper_synchronize_rcu_tasks() }
}

kernel::sync::global_lock! {
    // SAFETY: Initialised in `Globals::new()`, which runs first in the module's init.
    /// The ids in use; no pool before the first one.
    pub(crate) unsafe(uninit) static IDS: Mutex<Option<IdPool>> = None;
}

/// The module's global state; exists from its init to its exit.
pub(crate) struct Globals(());

impl Globals {
    /// Initialises the global state.
    ///
    /// # Errors
    ///
    /// - `EBUSY`: done before.
    pub(crate) fn new() -> Result<Self> {
        static ONCE: kernel::sync::atomic::AtomicFlag =
            kernel::sync::atomic::AtomicFlag::new(false);

        if ONCE.xchg(true, kernel::sync::atomic::Full) {
            return Err(EBUSY);
        }

        // SAFETY: The flag lets only the first caller get here.
        unsafe { IDS.init() };
        Ok(Self(()))
    }
}

impl Drop for Globals {
    fn drop(&mut self) {
        // A static is never dropped, and a pool that has grown owns memory.
        *IDS.lock() = None;
    }
}

impl<'a> Children<'a> {
    /// Creates an owner without children for the function whose device is `parent`.
    ///
    /// `kinds` are the rows of `table`. The id goes into the names of the children. May sleep.
    ///
    /// # Errors
    ///
    /// - `EINVAL`: there are more than 4096 places.
    /// - `ENOMEM`: out of memory.
    ///
    /// # Safety
    ///
    /// The value must be dropped before `'a` ends; in particular it must not be forgotten.
    pub unsafe fn new(
        parent: &'a Device<Bound>,
        id: Id,
        kinds: impl Iterator<Item = Kind>,
        table: Arc<dyn Table<'a> + 'a>,
    ) -> Result<Self> {
        Self::empty(parent, id, kinds, table)
    }
}

/// The registration data of a child as `kernel::auxiliary` reads it: the type's id, then the data.
/// What follows is ours.
///
/// The kernel's own type is private. `auxiliary::Device::registration_data()`, which every
/// consumer's probe goes through, reads this one.
#[repr(C)]
#[pin_data]
struct RegistrationData<'a, T> {
    type_id: TypeId,
    #[pin]
    data: T,
    watcher: Option<Arc<dyn Watcher + 'a>>,
}

/// Anything: registration data of a type that is not known any more.
trait Erased {}

impl<T> Erased for RegistrationData<'_, T> {}

/// What a consumer finds at a child: the registration data, and who is told of the consumer.
type Registered<'a, F> = (Pin<&'a <F as ForLt>::Of<'a>>, Option<&'a dyn Watcher>);

/// Returns what is registered with a child, which may be another crate's: nobody is told then.
///
/// # Errors
///
/// - `EINVAL`: the child's data is of another type.
/// - `ENOENT`: the child is a C driver's.
pub(crate) fn registered<'a, F: CovariantForLt + 'static>(
    dev: &'a auxiliary::Device<Core<'_>>,
) -> Result<Registered<'a, F>> {
    let data = dev.registration_data::<F>()?;

    // CAST: `auxiliary::Device` is a transparent wrapper of `struct auxiliary_device`.
    let adev = core::ptr::from_ref(dev).cast::<bindings::auxiliary_device>();

    // SAFETY: The device is valid.
    let whole = unsafe { AuxDevice::registration_data(adev) };

    // SAFETY: Registration data of a device of ours is `RegistrationData`; it was just found to be
    // that of `F`, and is valid for as long as the device is bound. It was made for a lifetime that
    // is longer than `'a`, in which it is covariant by the bound on `F`.
    let whole = unsafe { whole.cast::<RegistrationData<'a, F::Of<'a>>>().as_ref() };

    Ok((data, whole.and_then(|whole| whole.watcher.as_deref())))
}

/// One child: a device on the bus with its registration data.
///
/// Dropping it unbinds the consumer, takes the device off the bus, and drops the data. The owner
/// drops it before `'a` ends.
///
/// # Invariants
///
/// `device` is on the bus, and its registration data is `_data`, which does not move.
pub(crate) struct Child<'a> {
    // Before `device`: a reference to the device may stay behind, the data does not.
    _data: KBox<dyn Erased + Send + Sync + 'a>,
    device: AuxDevice,
    // After `device`, whose name ends in it.
    _id: ChildId,
    // The data of type `F::Of<'a>` was put in for exactly `'a`.
    _invariant: PhantomData<fn(&'a ()) -> &'a ()>,
}

impl<'a> Child<'a> {
    /// Creates a child and puts it on the bus.
    pub(crate) fn new<F: ForLt + 'static>(
        parent: &'a Device<Bound>,
        name: &'static Name,
        id: ChildId,
        attributes: Attributes,
        watcher: Option<Arc<dyn Watcher + 'a>>,
        data: impl PinInit<F::Of<'a>, Error>,
    ) -> Result<Self>
    where
        for<'b> F::Of<'b>: Send + Sync,
    {
        let data: Pin<KBox<RegistrationData<'a, F::Of<'a>>>> = KBox::pin_init(
            try_pin_init!(RegistrationData {
                type_id: TypeId::of::<F>(),
                data <- data,
                watcher,
            }? Error),
            GFP_KERNEL,
        )?;

        // SAFETY: The value is not moved: it stays in its box until it is dropped. (A pinned box
        // cannot forget its type.)
        let data: KBox<RegistrationData<'a, F::Of<'a>>> =
            unsafe { Pin::into_inner_unchecked(data) };

        Self::add(parent, name, id, attributes, data)
    }

    /// Creates a child with data whose type is forgotten: the part that is the same for all types.
    fn add(
        parent: &Device<Bound>,
        name: &'static Name,
        id: ChildId,
        attributes: Attributes,
        data: KBox<dyn Erased + Send + Sync + 'a>,
    ) -> Result<Self> {
        let device = AuxDevice::new(parent, name, id.get(), attributes)?;

        // SAFETY: The device is not on the bus. `data` is `RegistrationData`, which alone
        // implements `Erased`; it stays where it is until the device is off the bus again, see
        // `drop()`, or was never on it.
        unsafe {
            device.set_registration_data(core::ptr::from_ref(&*data).cast_mut().cast::<c_void>())
        };

        // On an error both the device and the data go.
        device.add(name.modname())?;

        // INVARIANT: The device is on the bus and `data` is what was set as its registration data.
        Ok(Self {
            _data: data,
            device,
            _id: id,
            _invariant: PhantomData,
        })
    }
}

impl Drop for Child<'_> {
    fn drop(&mut self) {
        // SAFETY: By the type invariant the device is on the bus.
        unsafe { self.device.delete() };

        // SAFETY: A device that is off the bus has no consumer.
        unsafe { self.device.set_registration_data(core::ptr::null_mut()) };
    }
}

// SAFETY: A device may be deleted and put from any thread, and the data is `Send`.
unsafe impl Send for Child<'_> {}

/// The private data of a bound consumer: its own, and the attached contract.
#[pin_data]
pub struct Attached<'bound, T: Consumer> {
    // Initialised first, so that a probe that fails detaches.
    attachment: Attachment<'bound, T::Contract>,
    #[pin]
    data: T::Data<'bound>,
}

impl<'bound, T: Consumer> Attached<'bound, T> {
    /// Runs the consumer's initialiser with its contract attached.
    pub(crate) fn new(
        attachment: Attachment<'bound, T::Contract>,
        data: impl PinInit<T::Data<'bound>, Error> + 'bound,
    ) -> impl PinInit<Self, Error> + 'bound
    where
        Attachment<'bound, T::Contract>: 'bound,
    {
        try_pin_init!(Self {
            attachment,
            data <- data,
        })
    }

    /// Returns the attached contract.
    pub(crate) fn attachment(&self) -> &Attachment<'bound, T::Contract> {
        &self.attachment
    }

    /// Returns the consumer's own data.
    pub(crate) fn data(self: Pin<&Self>) -> Pin<&T::Data<'bound>> {
        // SAFETY: `data` is structurally pinned.
        unsafe { self.map_unchecked(|this| &this.data) }
    }
}
