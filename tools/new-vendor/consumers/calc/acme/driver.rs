// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Binding: one file per child of the class.

use auxcore::textfile::TextFile;
use auxcore_acme::calc::{Calc, Child, NAME};
use kernel::{auxiliary, device::Core, prelude::*};

use crate::{desk::Desk, ffi};

kernel::auxiliary_device_table!(ID_TABLE, (), [(NAME.device_id(), ())]);

/// The consumer driver.
pub(crate) struct Driver;

impl auxbus::Consumer for Driver {
    type Contract = Calc;

    /// The file is all the state there is. auxbus revokes the service before it goes, so no program
    /// is left waiting in it.
    type Data<'bound> = TextFile<'bound>;

    const ID_TABLE: auxiliary::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound auxiliary::Device<Core<'_>>,
        child: Pin<&'bound Child<'bound>>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        pin_init::pin_init_scope(move || {
            let desk = Desk::new(child.service.clone())?;
            let dev: &kernel::device::Device = dev.as_ref();
            Ok(Ok(ffi::file(dev.name(), desk)?))
        })
    }
}
