// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Nested functions: a core device below another core device.
//!
//! A function may be split into parts that each have a core device of their own: subfunctions. The
//! vendor of the function above makes a child for each, of the class [`Class::Function`], and fills
//! it with a [`Part`]; the driver here binds to it and is to the part what `pci.rs` is to a PCI
//! function. The part's vendor is a [`NestedVendor`], in the same module or in another one.
//!
//! What names a part to user space, its number for one, stands in attributes of the child, which
//! are there before this driver binds.
//!
//! # Lifetimes
//!
//! A part ends before the generation that made it: the child is removed first, which stops the
//! part's core device with all of its own children. A reset of the function above takes all parts
//! along, and the next generation makes new ones.
//!
//! # Limitations
//!
//! A part has no child of the class fwctl: what firmware commands of a part may do to others is not
//! decided by anybody.
//!
//! [`Class::Function`]: crate::class::Class::Function

mod function;

use auxbus::Consumer;
use core::{marker::PhantomData, ops::Range};
use kernel::{
    auxiliary,
    device::{Bound, Core, Device},
    io::{Io, Mmio, Region},
    prelude::*,
    sync::Arc,
    types::{CovariantForLt, ForLt}, //
};

use crate::{
    deadline::Deadline,
    device::CoreDevice,
    function::{Function, Interrupt},
    vendor::Vendor, //
};
use function::PartFunction;

/// What the vendor of the function above does for one part.
///
/// It holds whatever it needs of the generation above, such as a client of its channel.
pub trait Grant: Send + Sync {
    /// Has firmware execute one command about the part, through the channel of the function above.
    /// Context: process; may sleep until `deadline`.
    ///
    /// # Errors
    ///
    /// The command or its reply was not delivered: the errno of that channel. `EMSGSIZE` when
    /// `command` or `reply` has a length that the channel does not know.
    fn exec(&self, command: &[u8], reply: &mut [u8], deadline: Deadline) -> Result;

    /// Lets the part do DMA. Context: process.
    fn activate(&self);

    /// Stops the part from doing DMA; its vectors are still connected. Idempotent. Called
    /// too when the channel is dead and nobody can be asked: a vendor whose parts do DMA has to stop
    /// them by other means then. Context: process.
    fn quiesce(&self);

    /// Brings the part back to its first state; it is quiesced. Context: process; never waits for a
    /// device lock.
    ///
    /// # Errors
    ///
    /// `ENOTTY` when a part cannot be reset alone, or any other errno.
    fn reset(&self) -> Result;
}

/// What of the function above a part uses. (A function is bound for a lifetime that nothing shorter
/// can stand for; this can be lent.)
trait Above: Send + Sync {
    fn dma(&self) -> &Device<Bound>;
    fn window(&self) -> Mmio<'_, Region>;
    fn connect(&self, index: usize, handler: Arc<dyn Interrupt>) -> Result;
    fn disconnect(&self, index: usize);
    fn present(&self) -> bool;
}

struct Whole<'a>(Arc<dyn Function<'a> + 'a>);

impl Above for Whole<'_> {
    fn dma(&self) -> &Device<Bound> {
        self.0.dma()
    }

    fn window(&self) -> Mmio<'_, Region> {
        self.0.window()
    }

    fn connect(&self, index: usize, handler: Arc<dyn Interrupt>) -> Result {
        self.0.connect(index, handler)
    }

    fn disconnect(&self, index: usize) {
        self.0.disconnect(index);
    }

    fn present(&self) -> bool {
        self.0.present()
    }
}

/// A part of a function: the registration data of the child it is given away with.
pub struct Part<'a> {
    above: Arc<dyn Above + 'a>,
    window: Range<usize>,
    vectors: Range<usize>,
    grant: Arc<dyn Grant + 'a>,
}

impl<'a> Part<'a> {
    /// Makes a part of `function`: bytes of its window, and vectors of it that nobody else uses.
    ///
    /// # Errors
    ///
    /// - `EINVAL`: the function has no such window or vectors, or the window is not aligned to four
    ///   bytes.
    /// - `ENOMEM`.
    pub fn new(
        function: Arc<dyn Function<'a> + 'a>,
        window: Range<usize>,
        vectors: Range<usize>,
        grant: Arc<dyn Grant + 'a>,
    ) -> Result<Self> {
        let fits = |part: &Range<usize>, whole| part.start <= part.end && part.end <= whole;
        let aligned = window.start % 4 == 0 && window.end % 4 == 0;
        if !aligned
            || !fits(&window, function.window().size())
            || !fits(&vectors, function.vectors())
        {
            return Err(EINVAL);
        }

        Ok(Self {
            above: Arc::new(Whole(function), GFP_KERNEL)?,
            window,
            vectors,
            grant,
        })
    }
}

/// The contract of a nested function.
///
/// It is not revoked before the driver unbinds: the part's firmware is told through the function
/// above that it is not used any more. What waits there ends with that function's channel.
pub enum Nested {}

impl auxbus::Contract for Nested {
    type Data = CovariantForLt!(Part<'_>);

    fn attach(_data: Pin<&<Self::Data as ForLt>::Of<'_>>) -> Result {
        Ok(())
    }

    fn detach(_data: Pin<&<Self::Data as ForLt>::Of<'_>>) {}
}

/// A vendor plugin for nested functions.
pub trait NestedVendor: Vendor {
    /// The names of the children it drives.
    const NAMES: auxiliary::IdTable<()>;
}

/// The core driver of a vendor's nested functions.
pub struct NestedDriver<V: NestedVendor>(PhantomData<V>);

impl<V: NestedVendor> Consumer for NestedDriver<V> {
    type Contract = Nested;
    type Data<'bound> = CoreDevice<'bound, V>;

    const ID_TABLE: auxiliary::IdTable<()> = V::NAMES;

    fn probe<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        part: Pin<&'bound Part<'bound>>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        pin_init::pin_init_scope(move || {
            let function = PartFunction::new(dev.as_ref(), part.get_ref());
            let device = CoreDevice::new(Arc::new(function, GFP_KERNEL)?)?;
            device.start()?;
            // The outer result is of the preparation, the inner one initialises the data.
            Ok(Ok(device))
        })
    }

    fn unbind<'bound>(_dev: &'bound auxiliary::Device<Core<'_>>, this: Pin<&Self::Data<'bound>>) {
        this.stop();
    }

    fn shutdown<'bound>(_dev: &'bound auxiliary::Device<Core<'_>>, this: Pin<&Self::Data<'bound>>) {
        this.shutdown();
    }

    fn suspend<'bound>(
        _dev: &'bound auxiliary::Device<Core<'_>>,
        this: Pin<&Self::Data<'bound>>,
    ) -> Result {
        this.suspend();
        Ok(())
    }

    fn resume<'bound>(
        _dev: &'bound auxiliary::Device<Core<'_>>,
        this: Pin<&Self::Data<'bound>>,
    ) -> Result {
        this.resume();
        Ok(())
    }

    fn complete<'bound>(_dev: &'bound auxiliary::Device<Core<'_>>, this: Pin<&Self::Data<'bound>>) {
        this.complete();
    }
}
