// SPDX-License-Identifier: GPL-2.0

//! The crate's only unsafe code: registration with the subsystem.

use crate::{
    kinds::Upstream,
    uctx::Uctx, //
};
use auxcore::class::fwctl::Child;
use kernel::{
    device::{
        Bound,
        Device, //
    },
    fwctl,
    prelude::*, //
};

/// Makes a fwctl device of type `K` visible to user programs.
///
/// The caller keeps the result in the driver core's data of the binding `'a` and nowhere else.
///
/// # Errors
///
/// `ENOMEM`, or what the driver core says about the new device.
pub(crate) fn register<'a, K: Upstream>(
    parent: &'a Device<Bound>,
    child: Child<'a>,
) -> Result<fwctl::Registration<'a, Uctx<K>>> {
    let device = fwctl::Device::<Uctx<K>>::new(parent)?;

    // SAFETY: `device` was made above, so it is in no other registration and nobody else can
    // register it. The registration is dropped before `'a` ends: the only holder is `Endpoint`, the
    // only holder of that is the driver core's data of the binding, which the driver core drops at
    // unbind and nobody can take out.
    unsafe { fwctl::Registration::new(parent, &device, Ok(child)) }
}
