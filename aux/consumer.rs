// SPDX-License-Identifier: GPL-2.0

//! Drivers of children.

#![forbid(unsafe_code)]

use crate::ffi::{
    self,
    Attached, //
};

use core::marker::PhantomData;

use kernel::{
    auxiliary,
    device::Core,
    prelude::*,
    sync::atomic::{
        AtomicFlag,
        Full, //
    },
    types::{
        CovariantForLt,
        ForLt, //
    },
};

/// What a class of children hands to its consumers.
///
/// A core driver that fills a [`Slot`] and the [`Consumer`] that binds to the child name the same
/// contract, so they agree on the type of the registration data; the kernel compares the types at
/// run time.
///
/// [`Slot`]: crate::Slot
pub trait Contract: 'static {
    /// The registration data.
    type Data: CovariantForLt + 'static;

    /// Starts serving the consumer; called before its probe.
    ///
    /// May sleep.
    ///
    /// # Errors
    ///
    /// Any error; the probe fails with it, and `detach` is not called.
    fn attach(data: Pin<&<Self::Data as ForLt>::Of<'_>>) -> Result;

    /// Stops serving the consumer; called before its unbind and before anything it registered is
    /// dropped, before its shutdown, and after a probe that failed.
    ///
    /// Whatever the consumer waits for returns `ENODEV` at once, and so does everything it asks for
    /// from now on. May sleep, and wait for callbacks into the consumer that run, but not for
    /// firmware.
    fn detach(data: Pin<&<Self::Data as ForLt>::Of<'_>>);
}

/// Who is told when a child's consumer comes and goes, whatever the child's contract is.
///
/// For the owner of the children, who sets it with [`Slot::watch`](crate::Slot::watch).
pub trait Watcher: Send + Sync {
    /// A consumer is about to probe, and its contract is attached.
    ///
    /// May sleep; may run inside a reconcile, so it must not wait for one.
    fn attached(&self);

    /// The consumer is about to be unbound, or its probe failed; its contract is detached next.
    /// Called once for each [`Watcher::attached`], as that.
    fn detached(&self);
}

/// A consumer: the driver of a class of children.
///
/// The implementing type is never instantiated. What belongs to one bound child is in
/// [`Consumer::Data`], which exists from the end of probe until after unbind.
///
/// A consumer's module is a `CONSUMERS` table made with `kernel::auxiliary_device_table!` from
/// [`Name::device_id`], an implementation of this trait, and one
/// [`module_consumer!`](crate::module_consumer).
///
/// [`Name::device_id`]: crate::Name::device_id
pub trait Consumer: 'static {
    /// The contract with the core driver.
    type Contract: Contract;

    /// The consumer's private data of one child. Dropped after `unbind`.
    type Data<'bound>: Send + 'bound;

    /// The names of the children it drives.
    const ID_TABLE: auxiliary::IdTable<()>;

    /// Binds to a child; the contract is attached.
    ///
    /// May sleep. Must not reconcile the children of the child's parent, nor wait for that.
    ///
    /// # Errors
    ///
    /// Any error; the contract is detached again.
    fn probe<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        contract: Pin<&'bound <<Self::Contract as Contract>::Data as ForLt>::Of<'bound>>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound;

    /// Unbinds from a child; the contract is detached.
    ///
    /// The place for what needs the bound device. All else is freed by dropping the data. May
    /// sleep. Must not reconcile the children of the child's parent, nor wait for that.
    fn unbind<'bound>(dev: &'bound auxiliary::Device<Core<'_>>, this: Pin<&Self::Data<'bound>>) {
        // Most consumers have nothing to do here.
        let _ = (dev, this);
    }

    /// Stops what the consumer does on its own, before the machine goes down; the contract is
    /// detached, for good.
    ///
    /// The last call for this child: it stays bound, and nothing is freed. Called before the core
    /// device is shut down. May sleep.
    fn shutdown<'bound>(dev: &'bound auxiliary::Device<Core<'_>>, this: Pin<&Self::Data<'bound>>) {
        // Detaching is all that most consumers need.
        let _ = (dev, this);
    }

    /// Stops what the consumer does on its own, before the machine goes to sleep.
    ///
    /// The contract stays attached, and user programs do not run. The core device suspends next and
    /// ends its generation: the child is removed, so `unbind` follows, and a new child is there
    /// after the core device has resumed. When the machine stays awake because somebody refuses,
    /// [`Consumer::resume`] follows instead. May sleep.
    ///
    /// # Errors
    ///
    /// Any error; the machine stays awake.
    fn suspend<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        this: Pin<&Self::Data<'bound>>,
    ) -> Result {
        // Detaching, when the core device suspends, is all that most consumers need.
        let _ = (dev, this);
        Ok(())
    }

    /// Takes back what `suspend` did, when the machine did not go to sleep after all.
    ///
    /// May sleep.
    ///
    /// # Errors
    ///
    /// Any error; it is logged.
    fn resume<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        this: Pin<&Self::Data<'bound>>,
    ) -> Result {
        // As for `suspend`.
        let _ = (dev, this);
        Ok(())
    }

    /// Called after every device has resumed, when new devices may be added again.
    ///
    /// May sleep.
    fn complete<'bound>(dev: &'bound auxiliary::Device<Core<'_>>, this: Pin<&Self::Data<'bound>>) {
        // Of use for consumers that have children themselves.
        let _ = (dev, this);
    }
}

/// Connects a [`Consumer`] to the bus, attaching and detaching its contract.
pub struct ConsumerAdapter<T>(PhantomData<T>);

impl<T: Consumer> auxiliary::Driver for ConsumerAdapter<T>
where
    for<'b> <<T::Contract as Contract>::Data as ForLt>::Of<'b>: Send + Sync,
{
    type IdInfo = ();
    type Data<'bound> = Attached<'bound, T>;

    const ID_TABLE: auxiliary::IdTable<()> = T::ID_TABLE;

    fn probe<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        _info: &'bound (),
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        pin_init::pin_init_scope(move || {
            let attachment = Attachment::<T::Contract>::new(dev)?;
            let contract = attachment.contract;

            Ok(Attached::new(attachment, T::probe(dev, contract)))
        })
    }

    fn unbind<'bound>(dev: &'bound auxiliary::Device<Core<'_>>, this: Pin<&Self::Data<'bound>>) {
        this.attachment().detach();
        T::unbind(dev, this.data());
    }
}

/// An attached contract. Detaches once, at the latest when dropped.
pub(crate) struct Attachment<'bound, C: Contract> {
    contract: Pin<&'bound <C::Data as ForLt>::Of<'bound>>,
    watcher: Option<&'bound dyn Watcher>,
    attached: AtomicFlag,
}

impl<'bound, C: Contract> Attachment<'bound, C> {
    /// Attaches the contract of a child.
    fn new(dev: &'bound auxiliary::Device<Core<'_>>) -> Result<Self> {
        let (contract, watcher) = ffi::registered::<C::Data>(dev)?;
        C::attach(contract)?;
        if let Some(watcher) = watcher {
            watcher.attached();
        }

        Ok(Self {
            contract,
            watcher,
            attached: AtomicFlag::new(true),
        })
    }

    /// Detaches the contract, unless that was done before.
    pub(crate) fn detach(&self) {
        if self.attached.xchg(false, Full) {
            if let Some(watcher) = self.watcher {
                watcher.detached();
            }
            C::detach(self.contract);
        }
    }
}

impl<C: Contract> Drop for Attachment<'_, C> {
    fn drop(&mut self) {
        self.detach();
    }
}

/// Declares the module of one [`Consumer`].
///
/// # Examples
///
/// `auxbus::module_consumer! { type: Driver, name: "auxcore_fwctl", authors: [...], description:
/// "...", license: "GPL", }`
#[macro_export]
macro_rules! module_consumer {
    ($($f:tt)*) => {
        ::kernel::module_driver!(
            <T>,
            $crate::ConsumerDriver<T>,
            { $($f)* }
        );
    };
}
