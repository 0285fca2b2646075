// SPDX-License-Identifier: GPL-2.0

//! The one constructor that is unsafe.

use auxbus::{Children, Id, Kind, Table};
use kernel::{
    device::{Bound, Device},
    prelude::*,
    sync::Arc, //
};

/// Returns children without any, for a test that keeps them in a variable.
pub(crate) fn children<'a>(
    parent: &'a Device<Bound>,
    kinds: &[Kind],
    table: Arc<dyn Table<'a> + 'a>,
) -> Result<Children<'a>> {
    let id = Id::alloc()?;
    // SAFETY: No test forgets them, and what they borrow is declared before them.
    unsafe { Children::new(parent, id, kinds.iter().copied(), table) }
}
