// SPDX-License-Identifier: GPL-2.0

//! The crate's only unsafe code: registration of its file.

use auxcore::textfile::{Text, TextFile};
use kernel::{prelude::*, sync::Arc};

/// Makes the file `name` visible to programs.
///
/// The caller keeps the result in the driver core's data of the binding `'a` and nowhere else.
///
/// # Errors
///
/// `ENOMEM`.
pub(crate) fn file<'a>(name: &CStr, text: Arc<dyn Text + 'a>) -> Result<TextFile<'a>> {
    // SAFETY: The file is dropped before `'a` ends: its only holder is the driver core's data of
    // the binding, which the driver core drops at unbind and nobody can take out.
    unsafe { TextFile::new(name, text) }
}
