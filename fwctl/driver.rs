// SPDX-License-Identifier: GPL-2.0

//! Binding: one fwctl device per child of the class.

#![forbid(unsafe_code)]

use crate::kinds::Endpoint;
use auxcore::class::fwctl::{
    Child,
    Fwctl,
    NAME, //
};
use kernel::{
    auxiliary,
    device::Core,
    prelude::*, //
};

kernel::auxiliary_device_table!(
    ID_TABLE,
    (),
    [(NAME.device_id(), ())] //
);

/// The consumer driver.
pub(crate) struct Driver;

impl auxbus::Consumer for Driver {
    type Contract = Fwctl;

    /// The registered device is all the state there is. auxbus revokes the service before it goes,
    /// so no request is left waiting while the subsystem closes the open files.
    type Data<'bound> = Endpoint<'bound>;

    const ID_TABLE: auxiliary::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        child: Pin<&'bound Child<'bound>>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        Endpoint::new(dev.parent(), child.get_ref().clone())
    }
}
