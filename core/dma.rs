// SPDX-License-Identifier: GPL-2.0

//! Bytes of DMA memory, with every access checked.

use core::sync::atomic::{AtomicU8, Ordering};

use kernel::{
    bindings,
    device::{Bound, Device},
    dma::{Coherent, DmaAddress},
    io::{io_project, Io, IoBase, SysMem},
    prelude::*, //
};

/// Coherent DMA memory, zeroed at the start, accessed by offset.
///
/// The device may access it at any time, and so may everybody who shares it, so nothing here hands
/// out references: bytes are copied in and out by the kernel crate's accessors of [`Coherent`],
/// which are C functions and meant for memory that others write meanwhile. Such a copy has some
/// bytes from before and some from after, no worse. The byte that carries ownership is accessed by
/// single atomic loads and stores.
pub struct DmaBuf(Coherent<[u8]>);

impl DmaBuf {
    /// Allocates `len` bytes, page aligned.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub fn new(dev: &Device<Bound>, len: usize) -> Result<Self> {
        Ok(Self(Coherent::zeroed_slice(dev, len, GFP_KERNEL)?))
    }

    /// Returns the DMA address of the first byte.
    pub fn address(&self) -> DmaAddress {
        self.0.dma_address()
    }

    /// Returns the length in bytes.
    pub fn size(&self) -> usize {
        self.0.size()
    }

    /// Copies `data` to `offset`. Bytes beyond the end are dropped.
    #[inline]
    pub fn write(&self, offset: usize, data: &[u8]) {
        if let Ok(part) = self.part(offset, data.len()) {
            part.copy_from_slice(&data[..part.len()]);
        }
    }

    /// Writes `len` zeroes to `offset`. Bytes beyond the end are dropped.
    #[inline]
    pub fn clear(&self, offset: usize, len: usize) {
        if let Ok(part) = self.part(offset, len) {
            // SAFETY: `part` is valid for writes, and nobody has a reference to it. The write is
            // C's, as those of the kernel crate's accessors, among which there is none that fills.
            unsafe { bindings::memset(part.as_ptr().cast(), 0, part.len()) };
        }
    }

    /// Copies bytes from `offset` into `data`. Bytes beyond the end read as zero.
    #[inline]
    pub fn read(&self, offset: usize, data: &mut [u8]) {
        let mut beyond = data;
        if let Ok(part) = self.part(offset, beyond.len()) {
            let (here, rest) = beyond.split_at_mut(part.len());
            part.copy_to_slice(here);
            beyond = rest;
        }
        beyond.fill(0);
    }

    /// Reads the byte at `offset` before anything that follows (acquire); zero beyond the end.
    #[inline]
    pub fn load(&self, offset: usize) -> u8 {
        if offset >= self.size() {
            return 0;
        }
        // SAFETY: `offset` lies in the allocation; a byte is always aligned.
        unsafe { AtomicU8::from_ptr(self.byte(offset)) }.load(Ordering::Acquire)
    }

    /// Writes the byte at `offset` after everything before it (release); dropped beyond the end.
    #[inline]
    pub fn store(&self, offset: usize, value: u8) {
        if offset < self.size() {
            // SAFETY: `offset` lies in the allocation; a byte is always aligned.
            unsafe { AtomicU8::from_ptr(self.byte(offset)) }.store(value, Ordering::Release);
        }
    }

    /// Returns the part at `offset`: `len` bytes, or what there is. Errors: it is beyond the end.
    #[inline]
    fn part(&self, offset: usize, len: usize) -> Result<SysMem<'_, [u8]>> {
        let end = self.size().min(offset.saturating_add(len));
        let all = self.0.as_view().as_sys_mem();
        Ok(io_project!(all, [try: offset..end]))
    }

    #[inline]
    fn byte(&self, offset: usize) -> *mut u8 {
        // A wrapping step needs no proof here; the callers have checked the bound.
        self.0.as_mut_ptr().cast::<u8>().wrapping_add(offset)
    }
}
