// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The consumer of the tests' children: it tells the table of each of its callbacks.

use auxbus::{Consumer, Contract, Name};
use kernel::{
    auxiliary,
    device::Core,
    prelude::*,
    sync::Arc,
    types::{CovariantForLt, ForLt}, //
};

/// The name of every child.
pub(crate) static CHILD: Name = Name::new(c"auxcore_test_bus", c"child");

kernel::auxiliary_device_table!(ID_TABLE, (), [(CHILD.device_id(), ())]);

/// The callbacks that are told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Callback {
    Wanted,
    Create,
    Attach,
    /// The watcher is told of the consumer.
    Attached,
    Probe,
    /// The watcher is told of its end.
    Detached,
    Detach,
    Unbind,
}

/// Who is told.
pub(crate) trait Told: Send + Sync {
    /// Does in the callback what the test wants to know about.
    fn told(&self, callback: Callback);
}

/// The registration data.
pub(crate) struct Child<'a>(pub(crate) Arc<dyn Told + 'a>);

/// The contract.
pub(crate) enum Tests {}

impl Contract for Tests {
    type Data = CovariantForLt!(Child<'_>);

    fn attach(data: Pin<&<Self::Data as ForLt>::Of<'_>>) -> Result {
        data.0.told(Callback::Attach);
        Ok(())
    }

    fn detach(data: Pin<&<Self::Data as ForLt>::Of<'_>>) {
        data.0.told(Callback::Detach);
    }
}

/// The consumer driver.
pub(crate) struct Driver;

/// What it keeps of a child; who is told of its end.
pub(crate) struct Data<'bound>(Arc<dyn Told + 'bound>);

impl Consumer for Driver {
    type Contract = Tests;
    type Data<'bound> = Data<'bound>;

    const ID_TABLE: auxiliary::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        _dev: &'bound auxiliary::Device<Core<'_>>,
        child: Pin<&'bound Child<'bound>>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        child.0.told(Callback::Probe);
        Ok::<_, Error>(Data(child.0.clone()))
    }

    fn unbind<'bound>(_dev: &'bound auxiliary::Device<Core<'_>>, this: Pin<&Self::Data<'bound>>) {
        this.0.told(Callback::Unbind);
    }
}
