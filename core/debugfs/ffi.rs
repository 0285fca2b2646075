// SPDX-License-Identifier: GPL-2.0

//! The C side of the files.
//!
//! kernel::debugfs gives its files mode 0400, takes only data that borrows nothing, and does not say
//! which module the file operations belong to, so that closing a file after the module is gone would
//! run freed code. Hence files of our own.

// Without debugfs there is nothing to create, and the descriptions of the files have no user.
#![cfg_attr(not(CONFIG_DEBUG_FS), allow(dead_code, unused_variables))]

use kernel::{
    bindings,
    device::{Bound, Device},
    fmt,
    module::this_module,
    new_mutex,
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    sync::{Arc, Mutex}, //
};

use crate::debugfs::Show;

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

/// A file or directory of debugfs.
///
/// # Invariants
///
/// The pointer is null, an error or a dentry that only this value removes.
struct Node(*mut bindings::dentry);

// SAFETY: debugfs lets any thread remove a file.
unsafe impl Send for Node {}
// SAFETY: A shared node can only be used as a parent, which debugfs allows to any number of threads.
unsafe impl Sync for Node {}

impl Node {
    /// Creates a directory; without debugfs it is a node that stands for nothing.
    fn dir(name: &CStr, parent: Option<&Node>) -> Self {
        #[cfg(CONFIG_DEBUG_FS)]
        {
            let parent = parent.map_or(core::ptr::null_mut(), |parent| parent.0);
            // INVARIANT: The dentry is new.
            // SAFETY: The name is a string, the parent null, an error or a directory; debugfs takes
            // all of them.
            Self(unsafe { bindings::debugfs_create_dir(name.as_char_ptr(), parent) })
        }
        #[cfg(not(CONFIG_DEBUG_FS))]
        Self(core::ptr::null_mut())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        #[cfg(CONFIG_DEBUG_FS)]
        // SAFETY: By the invariant. debugfs ignores null and errors.
        unsafe {
            bindings::debugfs_remove(self.0)
        };
    }
}

/// A file of a directory.
struct File<'a> {
    name: &'static CStr,
    // Before `shown`: debugfs waits for the readers of a file it removes.
    _node: Node,
    /// What the file shows, at an address that stays.
    _shown: KBox<Arc<dyn Show + 'a>>,
}

impl<'a> File<'a> {
    /// Creates a file.
    ///
    /// # Safety
    ///
    /// The value must be dropped before `'a` ends.
    unsafe fn new(parent: &Node, name: &'static CStr, show: Arc<dyn Show + 'a>) -> Result<Self> {
        let shown = KBox::new(show, GFP_KERNEL)?;
        #[cfg(CONFIG_DEBUG_FS)]
        // SAFETY: The name is a string, and the parent what debugfs takes. The operations expect an
        // `Arc<dyn Show>` behind the pointer: it stays there until the file is removed, by the order
        // of the fields, and that is before `'a` ends.
        let node = unsafe {
            bindings::debugfs_create_file_full(
                name.as_char_ptr(),
                0o444,
                parent.0,
                core::ptr::from_ref::<Arc<dyn Show + 'a>>(&*shown)
                    .cast_mut()
                    .cast(),
                core::ptr::null(),
                &OPERATIONS.0,
            )
        };
        #[cfg(not(CONFIG_DEBUG_FS))]
        let node = core::ptr::null_mut();
        Ok(Self {
            name,
            // INVARIANT: The dentry is new.
            _node: Node(node),
            _shown: shown,
        })
    }
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
    /// Makes the file `name` show `show`, or removes it. Readers of what it showed before are gone
    /// when this returns. Context: process.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; there is no such file then.
    pub(crate) fn show(&self, name: &'static CStr, show: Option<Arc<dyn Show + 'a>>) -> Result {
        let mut files = self.files.lock();
        if let Some(place) = files.iter().position(|file| file.name == name) {
            files.remove(place)?;
        }
        if let Some(show) = show {
            // SAFETY: The file is kept in this value and dropped with it at the latest.
            let file = unsafe { File::new(&self.node, name, show) }?;
            files.push(file, GFP_KERNEL)?;
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

/// The operations of every file.
struct Operations(bindings::file_operations);

// SAFETY: Only read, by anyone.
unsafe impl Sync for Operations {}

static OPERATIONS: Operations = Operations(bindings::file_operations {
    owner: this_module::<crate::Library>().as_ptr(),
    open: Some(open),
    read: Some(bindings::seq_read),
    llseek: Some(bindings::seq_lseek),
    release: Some(bindings::single_release),
    ..pin_init::zeroed()
});

/// Opens a file.
///
/// # Safety
///
/// Called by the file system for a file of [`File::new`].
unsafe extern "C" fn open(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
    // SAFETY: Both are valid by the safety requirements; the private data is what `print` expects.
    unsafe { bindings::single_open(file, Some(print), (*inode).i_private) }
}

/// Prints a file.
///
/// # Safety
///
/// Called for a file that [`open`] opened and that is not removed.
unsafe extern "C" fn print(seq: *mut bindings::seq_file, _: *mut c_void) -> c_int {
    // SAFETY: By the safety requirements; debugfs removes no file while this runs.
    let (seq, show) = unsafe {
        let show = &*(*seq).private.cast::<Arc<dyn Show>>();
        (SeqFile::from_raw(seq), show)
    };
    seq_print!(seq, "{}", Shown(&**show));
    0
}

struct Shown<'a>(&'a dyn Show);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(f)
    }
}
