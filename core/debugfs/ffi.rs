// SPDX-License-Identifier: GPL-2.0

//! Directories whose files are dropped before what they show.

use kernel::{
    device::{Bound, Device},
    prelude::*,
    sync::{Arc, Mutex}, //
};

use crate::{
    ffi::textfile::{Node, TextFile},
    lock::new_mutex,
    textfile::Text, //
};

kernel::sync::global_lock! {
    // SAFETY: `Root::new()` initialises it, before any vendor's module can be loaded.
    unsafe(uninit) static ROOT: Mutex<Option<Node>> = None;
}

/// The directory of all core devices; the module of this crate holds it.
pub(crate) struct Root(());

impl Root {
    /// Creates the directory. Called once, when the module is loaded.
    pub(crate) fn new() -> Self {
        // SAFETY: The module is loaded once, and nobody uses the lock before that.
        unsafe { ROOT.init() };
        *ROOT.lock() = Some(Node::dir(c"auxcore", None));
        Self(())
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        *ROOT.lock() = None;
    }
}

/// A file of a directory.
struct File<'a> {
    name: &'static CStr,
    _file: TextFile<'a>,
}

/// The directory of one core device. Dropping it removes its files and waits for their readers.
///
/// # Invariants
///
/// The value is dropped before `'a` ends.
#[pin_data]
pub(crate) struct Directory<'a> {
    #[pin]
    files: Mutex<KVec<File<'a>>>,
    node: Node,
}

impl<'a> Directory<'a> {
    /// Makes the file `name` show `text`, or removes it. Readers of what it showed before are gone
    /// when this returns. Context: process.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; there is no such file then.
    pub(crate) fn show(&self, name: &'static CStr, text: Option<Arc<dyn Text + 'a>>) -> Result {
        let mut files = self.files.lock();
        if let Some(place) = files.iter().position(|file| file.name == name) {
            files.remove(place)?;
        }
        if let Some(text) = text {
            // SAFETY: The file is kept in this value and dropped with it at the latest.
            let _file = unsafe { TextFile::create(name, 0o444, Some(&self.node), text) }?;
            files.push(File { name, _file }, GFP_KERNEL)?;
        }
        Ok(())
    }
}

/// Returns the directory of `device`.
///
/// The caller is `core/device.rs` alone, which keeps it in the driver core's data of the device.
///
/// # Errors
///
/// `ENOMEM`. Where debugfs cannot have such a directory, the result stands for none.
pub(crate) fn directory<'bound>(
    device: &'bound Device<Bound>,
) -> Result<Pin<KBox<Directory<'bound>>>> {
    let node = Node::dir(device.name(), ROOT.lock().as_ref());
    KBox::pin_init(
        // INVARIANT: The driver core drops its data when the device is unbound.
        try_pin_init!(Directory { files <- new_mutex!(KVec::new()), node }? Error),
        GFP_KERNEL,
    )
}
