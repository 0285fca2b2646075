// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The core device: what is the same for every vendor and every kind of function between probe and
//! unbind.
//!
//! A bound function lives through generations. A generation starts with the vendor's bring-up and
//! ends with its tear-down, and its state is one [`Vendor::Core`]. Children are made from the
//! current generation only and are gone before it ends, so nothing of one generation is seen by the
//! next.

use auxbus::Children;
use kernel::{
    new_mutex,
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc, Mutex,
    }, //
};

use crate::{function::Function, vendor::Vendor};

/// A function with its current generation and its children.
///
/// Children go first, then the generation; both hold the function, which goes last.
#[pin_data]
pub struct CoreDevice<'bound, V: Vendor> {
    #[pin]
    children: Children<'bound>,
    #[pin]
    current: Mutex<Option<Arc<V::Core<'bound>>>>,
    /// Whether something of an old generation survived it. No other one starts then.
    haunted: Atomic<bool>,
    function: Active<'bound>,
}

/// A function that may do DMA and interrupt; dropping it stops both.
struct Active<'bound>(Arc<dyn Function<'bound> + 'bound>);

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.quiesce();
    }
}

impl<'bound, V: Vendor> CoreDevice<'bound, V> {
    /// Returns the core device of `function`, without a generation and without children.
    pub(crate) fn new(
        function: Arc<dyn Function<'bound> + 'bound>,
        children: impl PinInit<Children<'bound>, Error> + 'bound,
    ) -> impl PinInit<Self, Error> + 'bound {
        let function = Active(function);
        try_pin_init!(Self {
            children <- children,
            current <- new_mutex!(None),
            haunted: Atomic::new(false),
            function,
        }? Error)
    }

    /// Starts a generation and makes its children. Context: process.
    ///
    /// A child that cannot be registered is logged and left out.
    ///
    /// # Errors
    ///
    /// Those of [`Vendor::bring_up`], `EBUSY` when a generation exists or something of an earlier
    /// one does.
    pub(crate) fn start(&self) -> Result {
        if self.haunted.load(Relaxed) || self.current().is_some() {
            return Err(EBUSY);
        }
        self.function.0.activate();
        let core = V::bring_up(self.function.0.clone()).inspect_err(|_| {
            self.function.0.quiesce();
        })?;
        *self.current.lock() = Some(core);
        if let Err(e) = self.reconcile() {
            dev_warn!(
                self.function.0.device(),
                "a child could not be registered: {:?}\n",
                e
            );
        }
        Ok(())
    }

    /// Removes the children and ends the generation, if there is one. Context: process.
    pub(crate) fn stop(&self) {
        // Removing a child cannot fail, and there is nothing to create.
        let _ = self.children.reconcile(0, &|_, _| Err(EINVAL));
        let ended = self.current.lock().take();
        if let Some(core) = ended {
            V::tear_down(&core);
            self.function.0.quiesce();
            self.bury(core);
        }
    }

    /// Frees the state of a generation that ended, and checks that nobody else holds it.
    fn bury(&self, core: Arc<V::Core<'bound>>) {
        if Arc::into_unique_or_drop(core).is_none() {
            self.haunted.store(true, Relaxed);
            dev_err!(
                self.function.0.device(),
                "state of an ended generation is still in use, the function stays down\n"
            );
        }
    }

    fn current(&self) -> Option<Arc<V::Core<'bound>>> {
        self.current.lock().clone()
    }

    /// Makes the children that exist those that the vendor's table wants.
    fn reconcile(&self) -> Result {
        let core = self.current().ok_or(ENODEV)?;
        let mut wanted = 0;
        for (i, class) in V::CHILDREN.iter().enumerate() {
            if (class.wanted)(&core) {
                wanted |= 1 << i;
            }
        }
        self.children
            .reconcile(wanted, &|i, slot| match V::CHILDREN.get(i) {
                Some(class) => (class.create)(&core, slot),
                None => Err(EINVAL),
            })
    }
}
