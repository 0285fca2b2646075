// SPDX-License-Identifier: GPL-2.0

//! The device types of the subsystem, one registered type for each.
//!
//! `kernel::fwctl` takes the device type from the type that implements its operations, while a
//! service names it at run time. The list below is the subsystem's, complete: the compiler refuses
//! it when an entry is missing.

#![forbid(unsafe_code)]

use crate::{
    ffi,
    uctx::Uctx, //
};
use auxcore::class::fwctl::{
    Child,
    Kind, //
};
use kernel::{
    device::{
        Bound,
        Device, //
    },
    fwctl::Registration,
    prelude::*, //
};

/// A device type, as a type.
pub(crate) trait Upstream: 'static {
    /// The value that user programs see.
    const KIND: Kind;
}

macro_rules! kinds {
    ($($kind:ident),*) => {
        $(
            /// Marks the device type of the same name.
            pub(crate) enum $kind {}

            impl Upstream for $kind {
                const KIND: Kind = Kind::$kind;
            }
        )*

        /// A registered fwctl device of any type. Dropping it closes every open file's context.
        pub(crate) enum Endpoint<'a> {
            $($kind {
                _registration: Registration<'a, Uctx<$kind>>,
            }),*
        }

        impl<'a> Endpoint<'a> {
            /// Registers a device of the type that the service of `child` names, with `parent` above it in sysfs.
            ///
            /// # Errors
            ///
            /// `ENOMEM`, or what the driver core says about the new device.
            pub(crate) fn new(
                parent: &'a Device<Bound>,
                child: Child<'a>,
            ) -> Result<Self> {
                match child.service.protocol().kind {
                    $(Kind::$kind => Ok(Self::$kind {
                        _registration: ffi::register(parent, child)?,
                    })),*
                }
            }
        }
    };
}

kinds!(Mlx5, Cxl, Bnxt, Pds);
