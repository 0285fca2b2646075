// SPDX-License-Identifier: GPL-2.0

//! Ids of functions and of children.

#![forbid(unsafe_code)]

use crate::ffi;

use kernel::{
    id_pool::IdPool,
    prelude::*, //
};

/// An id: the last part of the names of all children of a function, or of one child.
///
/// Ids come from one allocator for all core drivers, since children of different vendors share a
/// name. Dropping an id gives it back; the lowest free one is handed out next.
pub struct Id(usize);

impl Id {
    /// Allocates the lowest free id.
    ///
    /// May sleep.
    ///
    /// # Errors
    ///
    /// - `ENOMEM`: out of memory.
    /// - `ENOSPC`: all ids are in use.
    pub fn alloc() -> Result<Self> {
        let mut guard = ffi::IDS.lock();
        let pool = guard.get_or_insert_with(IdPool::new);

        if let Some(unused) = pool.find_unused_id(0) {
            return Ok(Self(unused.acquire()));
        }

        let resizer = pool.grow_request().ok_or(ENOSPC)?.realloc(GFP_KERNEL)?;
        pool.grow(resizer);

        let unused = pool.find_unused_id(0).ok_or(ENOSPC)?;
        Ok(Self(unused.acquire()))
    }

    /// Returns the number.
    pub fn get(&self) -> u32 {
        // CAST: A pool hands out numbers up to `i32::MAX`.
        self.0 as u32
    }
}

/// The id in the name of one child.
pub(crate) enum ChildId {
    /// The id of the child's function.
    Shared(u32),
    /// An id of the child's own.
    Own(Id),
}

impl ChildId {
    /// Returns the number.
    pub(crate) fn get(&self) -> u32 {
        match self {
            Self::Shared(id) => *id,
            Self::Own(id) => id.get(),
        }
    }
}

impl Drop for Id {
    fn drop(&mut self) {
        if let Some(pool) = ffi::IDS.lock().as_mut() {
            pool.release_id(self.0);
        }
    }
}
