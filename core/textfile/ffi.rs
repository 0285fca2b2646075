// SPDX-License-Identifier: GPL-2.0

//! The C side of text files.
//!
//! The file operations are this module's and say so: a program may close a file long after the
//! consumer's module is gone.

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

/// A text file. Dropping it removes the file and waits for the calls that are in it.
///
/// # Invariants
///
/// `dentry` is null, an error or a file that only this value removes. The file's private data is
/// `_text`, which does not move.
pub struct TextFile<'a> {
    dentry: *mut bindings::dentry,
    _text: KBox<Arc<dyn Text + 'a>>,
}

// SAFETY: Any thread may remove a file of debugfs, and what is behind it is `Send`.
unsafe impl Send for TextFile<'_> {}

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
        let text = KBox::new(text, GFP_KERNEL)?;
        #[cfg(not(CONFIG_DEBUG_FS))]
        let dentry = core::ptr::null_mut();
        #[cfg(CONFIG_DEBUG_FS)]
        // SAFETY: The name is a string and no parent means the top. The operations expect an
        // `Arc<dyn Text>` behind the pointer, where it stays until `drop()` has removed the file,
        // which is before `'a` ends.
        let dentry = unsafe {
            bindings::debugfs_create_file_full(
                name.as_char_ptr(),
                0o600,
                core::ptr::null_mut(),
                core::ptr::from_ref::<Arc<dyn Text + 'a>>(&*text)
                    .cast_mut()
                    .cast(),
                core::ptr::null(),
                &OPERATIONS.0,
            )
        };
        // INVARIANT: The file is new, and the box was given to it.
        Ok(Self {
            dentry,
            _text: text,
        })
    }
}

impl Drop for TextFile<'_> {
    fn drop(&mut self) {
        #[cfg(CONFIG_DEBUG_FS)]
        // SAFETY: By the type invariant. debugfs ignores null and errors.
        unsafe {
            bindings::debugfs_remove(self.dentry)
        };
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
/// Called by debugfs for a file of [`TextFile::new`].
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
