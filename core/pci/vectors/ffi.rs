// SPDX-License-Identifier: GPL-2.0

//! Interrupt registrations that the framework keeps.

use kernel::{
    device::Bound,
    irq::{Flags, IrqRequest, IrqReturn, ThreadedHandler, ThreadedIrqReturn, ThreadedRegistration},
    pci,
    prelude::*,
    sync::{Arc, Mutex}, //
};

use crate::{
    function::{Interrupt, Vectors},
    lock::new_mutex, //
};

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
    vectors: Option<pci::IrqVectorRegistration<'bound>>,
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
            let alloc = |kind, count| {
                let types = pci::IrqTypes::default().with(kind);
                pdev.alloc_irq_vectors(count, count, types).map(Some)
            };
            let vectors = match wanted {
                Vectors::None => None,
                Vectors::Msi(count) => alloc(pci::IrqType::Msi, count)?,
                Vectors::MsiX(count) => alloc(pci::IrqType::MsiX, count)?,
            };
            let count = vectors.as_ref().map_or(0, |vectors| vectors.len());
            let mut handlers = KVec::with_capacity(count, GFP_KERNEL)?;
            for _ in 0..count {
                handlers.push(None, GFP_KERNEL)?;
            }
            Ok(try_pin_init!(Self { handlers <- new_mutex!(handlers), vectors }? Error))
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.vectors.as_ref().map_or(0, |vectors| vectors.len())
    }

    /// Connects `handler` to vector `index`; the handler before it has returned for good when this
    /// returns.
    pub(crate) fn connect(&self, index: usize, handler: Arc<dyn Interrupt + 'bound>) -> Result {
        let vectors = self.vectors.as_ref().ok_or(EINVAL)?;
        let request: IrqRequest<'_> = vectors.index(index)?.into();
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
