// SPDX-License-Identifier: GPL-2.0

//! Names of children.

#![forbid(unsafe_code)]

use kernel::{
    auxiliary,
    bindings,
    prelude::*, //
};

/// Digits of the largest id.
const ID_DIGITS: usize = 10;

/// The name of a kind of child: `<modname>.<class>`, which is what a consumer matches.
///
/// A constant of the crate that owns the class; both sides use that constant.
pub struct Name {
    modname: &'static CStr,
    class: &'static CStr,
}

impl Name {
    /// Creates a name, in a constant.
    ///
    /// # Panics
    ///
    /// At compile time, when the name with a dot and an id of ten digits does not fit the bus's
    /// limit.
    ///
    /// # Examples
    ///
    /// `pub const NAME: Name = Name::new(c"auxcore", c"fwctl");`
    pub const fn new(modname: &'static CStr, class: &'static CStr) -> Self {
        // CAST: 40 fits in usize.
        let limit = bindings::AUXILIARY_NAME_SIZE as usize;
        let dots_and_nul = 3;

        // PANIC: Evaluated at compile time, in the constant this function is called for.
        assert!(
            modname.count_bytes() + class.count_bytes() + ID_DIGITS + dots_and_nul <= limit,
            "the name of a child is too long for the auxiliary bus"
        );

        Self { modname, class }
    }

    /// Returns the entry of a consumer's id table that matches this name.
    pub const fn device_id(&self) -> auxiliary::DeviceId {
        auxiliary::DeviceId::new(self.modname, self.class)
    }

    /// Returns the part before the dot.
    pub(crate) fn modname(&self) -> &'static CStr {
        self.modname
    }

    /// Returns the part after the dot.
    pub(crate) fn class(&self) -> &'static CStr {
        self.class
    }
}
