// SPDX-License-Identifier: GPL-2.0

//! The C side of attributes: groups for the driver core.

use crate::attributes::{
    Attribute,
    Attributes, //
};

use kernel::{
    bindings,
    container_of,
    prelude::*,
    types::Opaque, //
};

/// Mode of a file that everybody may read and nobody write.
const READ_ONLY: bindings::umode_t = 0o444;

/// One attribute as the driver core sees it, with its text.
struct Entry {
    attr: Opaque<bindings::device_attribute>,
    text: KVec<u8>,
}

impl Entry {
    fn new(attribute: Attribute) -> Self {
        let mut attr = bindings::device_attribute::default();
        attr.attr.name = attribute.name.as_char_ptr();
        attr.attr.mode = READ_ONLY;
        #[cfg(CONFIG_DEBUG_LOCK_ALLOC)]
        {
            attr.attr.key = kernel::static_lock_class!().as_ptr();
        }
        attr.__bindgen_anon_1.show = Some(Self::show);

        Self {
            attr: Opaque::new(attr),
            text: attribute.text,
        }
    }

    /// Copies the text to the page of a reader.
    ///
    /// # Safety
    ///
    /// `attr` is in an entry that is valid until the function returns, and `page` has room for a
    /// page.
    unsafe extern "C" fn show(
        _dev: *mut bindings::device,
        attr: *mut bindings::device_attribute,
        page: *mut c_char,
    ) -> isize {
        // SAFETY: By the safety requirements.
        let entry = unsafe { &*container_of!(Opaque::cast_from(attr), Self, attr) };

        // SAFETY: The text is shorter than a page, and `page` is the reader's alone.
        unsafe {
            core::ptr::copy_nonoverlapping(entry.text.as_ptr(), page.cast(), entry.text.len())
        };

        // CAST: The text is shorter than a page.
        entry.text.len() as isize
    }
}

/// The attributes of one device, for as long as the device's memory exists.
///
/// # Invariants
///
/// `list` points to the attributes of all of `entries`, which do not move, and ends with null;
/// `group` points to `list`, and `groups` to `group` and then null.
pub(super) struct Groups {
    _entries: KVec<Entry>,
    _list: KVec<*mut bindings::attribute>,
    group: bindings::attribute_group,
    groups: [*const bindings::attribute_group; 2],
}

impl Groups {
    /// Makes the groups of a device.
    pub(super) fn new(attributes: Attributes) -> Result<KBox<Self>> {
        let attributes = attributes.into_vec();
        let mut entries = KVec::with_capacity(attributes.len(), GFP_KERNEL)?;
        let mut list = KVec::with_capacity(attributes.len() + 1, GFP_KERNEL)?;

        for attribute in attributes {
            entries.push(Entry::new(attribute), GFP_KERNEL)?;
        }
        // Only now: entries that are added may move the ones before.
        for entry in &entries {
            // SAFETY: The pointer is to an attribute that is valid, so its first field is too.
            list.push(unsafe { &raw mut (*entry.attr.get()).attr }, GFP_KERNEL)?;
        }
        list.push(core::ptr::null_mut(), GFP_KERNEL)?;

        let mut group = bindings::attribute_group::default();
        group.__bindgen_anon_2.attrs = list.as_mut_ptr();

        // INVARIANT: Vectors keep their elements where they are when they are moved.
        let mut groups = KBox::new(
            Self {
                _entries: entries,
                _list: list,
                group,
                groups: [core::ptr::null(); 2],
            },
            GFP_KERNEL,
        )?;
        // INVARIANT: The value stays in its box.
        groups.groups[0] = &raw const groups.group;
        Ok(groups)
    }

    /// Returns the list for the `groups` of a device; valid as long as the value.
    pub(super) fn as_ptr(&self) -> *mut *const bindings::attribute_group {
        self.groups.as_ptr().cast_mut()
    }
}
