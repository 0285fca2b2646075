// SPDX-License-Identifier: GPL-2.0

//! The C side of text files.
//!
//! kernel::debugfs gives its files mode 0400, takes only data that borrows nothing, and does not say
//! which module the file operations belong to, so that closing a file after the module is gone would
//! run freed code. Hence files of our own, whose operations are this module's and say so.

// Without debugfs there is nothing to create, and the descriptions of the files have no user.
#![cfg_attr(not(CONFIG_DEBUG_FS), allow(dead_code, unused_variables))]

use kernel::{
    bindings,
    fmt,
    module::this_module,
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    sync::Arc,
    uaccess::{UserPtr, UserSlice}, //
};

use crate::textfile::{Text, MAX_WRITE};

/// A file or directory of debugfs. Dropping it removes it and waits for the calls that are in it.
///
/// # Invariants
///
/// The pointer is null, an error or a dentry that only this value removes.
pub(crate) struct Node(*mut bindings::dentry);

// SAFETY: debugfs lets any thread remove a file.
unsafe impl Send for Node {}
// SAFETY: A shared node can only be used as a parent, which debugfs allows to any number of threads.
unsafe impl Sync for Node {}

impl Node {
    /// Creates a directory; without debugfs it is a node that stands for nothing.
    pub(crate) fn dir(name: &CStr, parent: Option<&Node>) -> Self {
        #[cfg(CONFIG_DEBUG_FS)]
        {
            // INVARIANT: The dentry is new.
            // SAFETY: The name is a string, the parent null, an error or a directory; debugfs takes
            // all of them.
            Self(unsafe { bindings::debugfs_create_dir(name.as_char_ptr(), raw(parent)) })
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

/// Returns a parent as debugfs takes it: none is the top.
fn raw(parent: Option<&Node>) -> *mut bindings::dentry {
    parent.map_or(core::ptr::null_mut(), |parent| parent.0)
}

/// A text file. Dropping it removes the file and waits for the calls that are in it.
pub struct TextFile<'a> {
    // Before `_text`: debugfs waits for the readers of a file it removes.
    _node: Node,
    /// What is behind the file, at an address that stays.
    _text: KBox<Arc<dyn Text + 'a>>,
}

impl<'a> TextFile<'a> {
    /// Creates the file `name` at the top of debugfs, readable and writable for root.
    ///
    /// Where debugfs is not built in or refuses, there is no such file and all else works.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    ///
    /// # Safety
    ///
    /// The value must be dropped before `'a` ends; in particular it must not be forgotten.
    pub unsafe fn new(name: &CStr, text: Arc<dyn Text + 'a>) -> Result<Self> {
        // SAFETY: By the safety requirements, which are the same.
        unsafe { Self::create(name, 0o600, None, text) }
    }

    /// As [`TextFile::new`], with a mode and in a directory.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Safety
    ///
    /// As there.
    pub(crate) unsafe fn create(
        name: &CStr,
        mode: bindings::umode_t,
        parent: Option<&Node>,
        text: Arc<dyn Text + 'a>,
    ) -> Result<Self> {
        let text = KBox::new(text, GFP_KERNEL)?;
        #[cfg(CONFIG_DEBUG_FS)]
        // SAFETY: The name is a string, and the parent what debugfs takes. The operations expect an
        // `Arc<dyn Text>` behind the pointer: it stays there until the file is removed, by the order
        // of the fields, and that is before `'a` ends.
        let node = unsafe {
            bindings::debugfs_create_file_full(
                name.as_char_ptr(),
                mode,
                raw(parent),
                core::ptr::from_ref::<Arc<dyn Text + 'a>>(&*text)
                    .cast_mut()
                    .cast(),
                core::ptr::null(),
                &OPERATIONS.0,
            )
        };
        #[cfg(not(CONFIG_DEBUG_FS))]
        let node = core::ptr::null_mut();
        Ok(Self {
            // INVARIANT: The dentry is new.
            _node: Node(node),
            _text: text,
        })
    }
}

/// The operations of every text file.
struct Operations(bindings::file_operations);

// SAFETY: Only read, by anyone.
unsafe impl Sync for Operations {}

static OPERATIONS: Operations = Operations(bindings::file_operations {
    owner: this_module::<crate::Library>().as_ptr(),
    open: Some(open),
    read: Some(bindings::seq_read),
    write: Some(write),
    llseek: Some(bindings::seq_lseek),
    release: Some(bindings::single_release),
    ..pin_init::zeroed()
});

/// Opens a file.
///
/// # Safety
///
/// Called by debugfs for a file of [`TextFile::create`].
unsafe extern "C" fn open(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
    // SAFETY: Both are valid by the safety requirements; the private data is what `print` and
    // `write` expect.
    unsafe { bindings::single_open(file, Some(print), (*inode).i_private) }
}

/// Prints a file.
///
/// # Safety
///
/// Called for a file that [`open`] opened and that is not removed.
unsafe extern "C" fn print(seq: *mut bindings::seq_file, _: *mut c_void) -> c_int {
    // SAFETY: By the safety requirements; debugfs removes no file while this runs.
    let (seq, text) = unsafe {
        let text = &*(*seq).private.cast::<Arc<dyn Text>>();
        (SeqFile::from_raw(seq), text)
    };
    seq_print!(seq, "{}", Shown(&**text));
    0
}

/// Takes what a program writes.
///
/// # Safety
///
/// Called for a file that [`open`] opened and that is not removed; `from` and `len` are the
/// program's.
unsafe extern "C" fn write(
    file: *mut bindings::file,
    from: *const c_char,
    len: usize,
    _offset: *mut bindings::loff_t,
) -> isize {
    // SAFETY: By the safety requirements; `single_open()` has made the private data of the file a
    // `seq_file`, and debugfs removes no file while this runs.
    let text = unsafe {
        let seq = (*file).private_data.cast::<bindings::seq_file>();
        &*(*seq).private.cast::<Arc<dyn Text>>()
    };
    let mut bytes = [0; MAX_WRITE];
    let result = bytes.get_mut(..len).ok_or(EMSGSIZE).and_then(|bytes| {
        let from = UserPtr::from_ptr(from.cast_mut().cast());
        UserSlice::new(from, len).reader().read_slice(bytes)?;
        text.write(bytes)
    });
    match result {
        // CAST: At most `MAX_WRITE`.
        Ok(()) => len as isize,
        // CAST: An errno fits.
        Err(error) => error.to_errno() as isize,
    }
}

/// Lets a text print itself.
struct Shown<'a>(&'a dyn Text);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(f)
    }
}
