// SPDX-License-Identifier: GPL-2.0

//! A writable attribute of the core device, which the kernel crate has no abstraction for.

use core::fmt::Write;

use kernel::{
    bindings,
    container_of,
    device::{Bound, Device},
    prelude::*,
    sync::Arc,
    types::Opaque, //
};

use crate::text::Text;

/// Group of all attributes of core devices, a directory in the device's.
const GROUP: &CStr = c"auxcore";

/// Mode of a file that everybody may read and root write.
const READ_WRITE: bindings::umode_t = 0o644;

/// What an attribute shows and sets. Context of the methods: process; any number at once.
pub(crate) trait Setting: Send + Sync {
    /// Returns the value.
    fn value(&self) -> &'static str;

    /// Sets the value that `text`, as it was written, names.
    ///
    /// # Errors
    ///
    /// Any errno; the writer gets it.
    fn set(&self, text: &[u8]) -> Result;
}

/// What the C structures point to.
struct Inner<'a> {
    attr: Opaque<bindings::device_attribute>,
    list: [*mut bindings::attribute; 2],
    group: bindings::attribute_group,
    setting: Arc<dyn Setting + 'a>,
}

/// A group with one attribute. Dropping it removes both and waits for their readers and writers.
///
/// # Invariants
///
/// The group of `inner` is registered with `device`. The value is dropped before `'a` ends.
pub(crate) struct Group<'a> {
    device: &'a Device<Bound>,
    // A pointer, since a box would claim that nobody else uses what is in it.
    inner: core::ptr::NonNull<Inner<'a>>,
}

// SAFETY: Only the drop uses the contents, which are `Send` and `Sync`.
unsafe impl Send for Group<'_> {}
// SAFETY: A shared group can do nothing.
unsafe impl Sync for Group<'_> {}

/// Registers the attribute `auxcore/<name>` with `device`.
///
/// The caller is `core/device.rs` alone, which keeps it in the driver core's data of the device.
///
/// # Errors
///
/// `ENOMEM`, `EEXIST`, or those of sysfs.
pub(crate) fn attribute<'bound>(
    device: &'bound Device<Bound>,
    name: &'static CStr,
    setting: Arc<dyn Setting + 'bound>,
) -> Result<Group<'bound>> {
    let mut attr = bindings::device_attribute::default();
    attr.attr.name = name.as_char_ptr();
    attr.attr.mode = READ_WRITE;
    #[cfg(CONFIG_DEBUG_LOCK_ALLOC)]
    {
        attr.attr.key = kernel::static_lock_class!().as_ptr();
    }
    attr.__bindgen_anon_1.show = Some(show);
    attr.__bindgen_anon_2.store = Some(store);
    let group = bindings::attribute_group {
        name: GROUP.as_char_ptr(),
        ..Default::default()
    };

    let inner = Inner {
        attr: Opaque::new(attr),
        list: [core::ptr::null_mut(); 2],
        group,
        setting,
    };
    let inner = KBox::into_raw(KBox::new(inner, GFP_KERNEL)?);

    // SAFETY: Nobody else knows `inner` yet, and it does not move. The group and the attribute stay
    // until they are unregistered, or here if that fails.
    let ret = unsafe {
        (*inner).list[0] = &raw mut (*(*inner).attr.get()).attr;
        (*inner).group.__bindgen_anon_2.attrs = (&raw mut (*inner).list).cast();
        bindings::sysfs_create_group(&raw mut (*raw(device)).kobj, &raw const (*inner).group)
    };
    if ret != 0 {
        // SAFETY: From `into_raw()` above, and not registered.
        drop(unsafe { KBox::from_raw(inner) });
        return Err(Error::from_errno(ret));
    }

    // INVARIANT: Registered above; the driver core drops its data when the device is unbound.
    Ok(Group {
        device,
        // SAFETY: A box is not null.
        inner: unsafe { core::ptr::NonNull::new_unchecked(inner) },
    })
}

impl Drop for Group<'_> {
    fn drop(&mut self) {
        // SAFETY: The group is registered, by the invariant. Nobody uses it any more once it is
        // not, so the box is ours again.
        unsafe {
            bindings::sysfs_remove_group(
                &raw mut (*raw(self.device)).kobj,
                &raw const (*self.inner.as_ptr()).group,
            );
            drop(KBox::from_raw(self.inner.as_ptr()));
        }
    }
}

/// Returns the device as C code takes it.
fn raw(device: &Device<Bound>) -> *mut bindings::device {
    // CAST: `Device` is a transparent wrapper of `struct device`, which C may write through this
    // pointer.
    core::ptr::from_ref(device)
        .cast::<bindings::device>()
        .cast_mut()
}

/// Returns the setting of an attribute.
///
/// # Safety
///
/// `attr` is the attribute of a registered group, for as long as the result is used.
unsafe fn setting<'a>(attr: *mut bindings::device_attribute) -> &'a dyn Setting {
    // SAFETY: By the safety requirements the attribute is in an `Inner`, which is shared.
    unsafe { &*(*container_of!(Opaque::cast_from(attr), Inner<'a>, attr)).setting }
}

/// Prints the value.
///
/// # Safety
///
/// Called by sysfs for an attribute of [`attribute`], with a page of room at `page`.
unsafe extern "C" fn show(
    _device: *mut bindings::device,
    attr: *mut bindings::device_attribute,
    page: *mut c_char,
) -> isize {
    // SAFETY: sysfs keeps the attribute while this runs.
    let setting = unsafe { setting(attr) };
    let mut text = Text::<128>::new();
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{}", setting.value());
    let text = text.as_str();
    // SAFETY: The page has room for more than the text, and is the reader's alone.
    unsafe { core::ptr::copy_nonoverlapping(text.as_ptr(), page.cast(), text.len()) };
    // CAST: At most 128.
    text.len() as isize
}

/// Sets the value.
///
/// # Safety
///
/// Called by sysfs for an attribute of [`attribute`], with `count` bytes at `page`.
unsafe extern "C" fn store(
    _device: *mut bindings::device,
    attr: *mut bindings::device_attribute,
    page: *const c_char,
    count: usize,
) -> isize {
    // SAFETY: sysfs keeps the attribute while this runs; the bytes are the writer's alone.
    let (setting, text) = unsafe {
        let text = core::slice::from_raw_parts(page.cast::<u8>(), count);
        (setting(attr), text)
    };
    match setting.set(text) {
        // CAST: At most a page, and an errno.
        Ok(()) => count as isize,
        Err(error) => error.to_errno() as isize,
    }
}
