// SPDX-License-Identifier: GPL-2.0

//! Attributes that a child has from its first moment on.

#![forbid(unsafe_code)]

use kernel::{
    fmt,
    page::PAGE_SIZE,
    prelude::*,
    str::CString, //
};

/// One read-only attribute: a file in the device's directory in sysfs.
pub(crate) struct Attribute {
    pub(crate) name: &'static CStr,
    /// What a reader gets; shorter than a page.
    pub(crate) text: KVec<u8>,
}

/// The attributes of a device that does not exist yet.
pub(crate) struct Attributes(KVec<Attribute>);

impl Attributes {
    /// Creates an empty list.
    pub(crate) fn new() -> Self {
        Self(KVec::new())
    }

    /// Adds an attribute whose text is `value` and a newline.
    ///
    /// # Errors
    ///
    /// - `EEXIST`: there is one of this name already.
    /// - `EMSGSIZE`: the text does not fit in a page.
    /// - `EINVAL`: the text has a zero byte.
    /// - `ENOMEM`: out of memory.
    pub(crate) fn add(&mut self, name: &'static CStr, value: fmt::Arguments<'_>) -> Result {
        if self.0.iter().any(|attribute| attribute.name == name) {
            return Err(EEXIST);
        }

        let value = CString::try_from_fmt(value)?;
        let value = value.to_bytes();
        if value.len() + 1 >= PAGE_SIZE {
            return Err(EMSGSIZE);
        }

        let mut text = KVec::with_capacity(value.len() + 1, GFP_KERNEL)?;
        text.extend_from_slice(value, GFP_KERNEL)?;
        text.push(b'\n', GFP_KERNEL)?;
        self.0.push(Attribute { name, text }, GFP_KERNEL)?;
        Ok(())
    }

    /// Returns the attributes in the order they were added.
    pub(crate) fn into_vec(self) -> KVec<Attribute> {
        self.0
    }
}
