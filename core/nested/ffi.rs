// SPDX-License-Identifier: GPL-2.0

//! What a part of a function borrows for longer than the compiler can see.

use core::ops::Range;
use kernel::{
    io::{Io, IoBackend, Mmio, MmioBackend, Region},
    sync::Arc, //
};

use crate::function::Interrupt;

/// Returns the bytes `range` of `whole`; none if there are no such bytes or they are not aligned.
pub(crate) fn part<'a>(whole: Mmio<'a, Region>, range: &Range<usize>) -> Mmio<'a, Region> {
    let base = MmioBackend::as_ptr(whole).cast::<u8>();
    let aligned = range.start % 4 == 0 && range.end % 4 == 0;
    let (start, len) = if aligned && range.start <= range.end && range.end <= whole.size() {
        (range.start, range.len())
    } else {
        (0, 0)
    };
    let part = Region::ptr_from_raw_parts_mut(base.wrapping_add(start), len);
    // SAFETY: the part is inside of `whole` and aligned as that.
    unsafe { MmioBackend::project_view(whole, part) }
}

/// Returns a handler of a part as what the function above takes.
///
/// The caller is `core/nested/function.rs` alone: the part disconnects all of its vectors when it
/// is dropped.
pub(crate) fn outlive<'bound>(handler: Arc<dyn Interrupt + 'bound>) -> Arc<dyn Interrupt> {
    // SAFETY: only the lifetime changes. The handler is called and kept until its vector is
    // disconnected, at the latest when the part is dropped. The part is kept by reference counts
    // that all end in the driver core's data of its device, which the driver core drops when the
    // device is unbound, and that is inside `'bound`.
    unsafe { core::mem::transmute::<Arc<dyn Interrupt + 'bound>, Arc<dyn Interrupt>>(handler) }
}
