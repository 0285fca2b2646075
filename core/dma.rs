// SPDX-License-Identifier: GPL-2.0

//! Bytes of DMA memory, with every access checked.

use core::sync::atomic::{AtomicU8, Ordering};

use kernel::{
    device::{Bound, Device},
    dma::{Coherent, DmaAddress},
    prelude::*, //
};

/// Coherent DMA memory, zeroed at the start, accessed by offset.
///
/// The device may write at any time, so nothing here hands out references: bytes are copied in and
/// out, and the byte that carries ownership is accessed by single atomic loads and stores.
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
        let len = data.len().min(self.size().saturating_sub(offset));
        if len == 0 {
            return;
        }
        // SAFETY: `offset + len <= self.size()`, so the destination lies in the allocation, which
        // this type owns and never hands out a reference to; the device's concurrent access is
        // outside of Rust's memory model.
        unsafe { core::ptr::copy_nonoverlapping(data.as_ptr(), self.byte(offset), len) };
    }

    /// Writes `len` zeroes to `offset`. Bytes beyond the end are dropped.
    #[inline]
    pub fn clear(&self, offset: usize, len: usize) {
        let len = len.min(self.size().saturating_sub(offset));
        if len == 0 {
            return;
        }
        // SAFETY: as in `write`.
        unsafe { core::ptr::write_bytes(self.byte(offset), 0, len) };
    }

    /// Copies bytes from `offset` into `data`. Bytes beyond the end read as zero.
    #[inline]
    pub fn read(&self, offset: usize, data: &mut [u8]) {
        let len = data.len().min(self.size().saturating_sub(offset));
        data[len..].fill(0);
        if len == 0 {
            return;
        }
        // SAFETY: as in `write`, with source and destination swapped.
        unsafe {
            core::ptr::copy_nonoverlapping(self.byte(offset).cast_const(), data.as_mut_ptr(), len)
        };
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

    #[inline]
    fn byte(&self, offset: usize) -> *mut u8 {
        // A wrapping step needs no proof here; the callers have checked the bound.
        self.0.as_mut_ptr().cast::<u8>().wrapping_add(offset)
    }
}
