// SPDX-License-Identifier: GPL-2.0
//! Guest memory as the client maps it: file-backed ranges of DMA addresses.
//!
//! Ranges without a file descriptor are accepted and hold no memory: asking the client to read them
//! would need a lock the client holds while it waits for us. Read-only ranges are mapped read-only
//! and refuse writes.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::sync::atomic::{fence, Ordering};

use vm_memory::bitmap::BitmapSlice;
use vm_memory::{Bytes, FileOffset, MmapRegion, VolatileMemory, VolatileSlice};

use crate::field::index;
use crate::memory::Memory;

/// Ranges a client may map at one time.
const MAX_RANGES: usize = 4096;

struct Range {
    size: u64,
    writable: bool,
    region: Option<MmapRegion<()>>,
}

/// The DMA address space.
#[derive(Default)]
pub struct Dma {
    ranges: BTreeMap<u64, Range>,
}

impl Dma {
    /// Maps a range.
    ///
    /// # Errors
    /// The range wraps, overlaps another one, cannot be mapped, or is one too many.
    pub fn map(
        &mut self,
        address: u64,
        size: u64,
        offset: u64,
        file: Option<File>,
        writable: bool,
    ) -> io::Result<()> {
        let end = address.checked_add(size).filter(|_| size != 0);
        let end = end.ok_or_else(|| invalid("The range wraps or is empty"))?;
        let clash = self
            .ranges
            .range(..end)
            .next_back()
            .is_some_and(|(start, r)| start + r.size > address);
        if clash || self.ranges.len() >= MAX_RANGES {
            return Err(invalid(
                "The range overlaps another one, or is one too many",
            ));
        }
        let protection = libc::PROT_READ | if writable { libc::PROT_WRITE } else { 0 };
        let region = file.map(|file| {
            let length = file.metadata()?.len();
            // Beyond the end of the file the mapping would be a trap for the engine.
            if offset.checked_add(size).is_none_or(|end| end > length) {
                return Err(invalid("The range is longer than its file"));
            }
            let place = Some(FileOffset::new(file, offset));
            MmapRegion::build(place, index(size), protection, libc::MAP_SHARED)
                .map_err(io::Error::other)
        });
        self.ranges.insert(
            address,
            Range {
                size,
                writable,
                region: region.transpose()?,
            },
        );
        Ok(())
    }

    /// Unmaps every range that lies within `size` bytes at `address`.
    pub fn unmap(&mut self, address: u64, size: u64) {
        let last = address.saturating_add(size.saturating_sub(1));
        self.ranges
            .retain(|start, range| *start < address || start.saturating_add(range.size - 1) > last);
    }

    /// Unmaps everything.
    pub fn clear(&mut self) {
        self.ranges.clear();
    }

    /// Returns whether some writable memory is mapped at all.
    pub fn has_memory(&self) -> bool {
        self.ranges
            .values()
            .any(|range| range.writable && range.region.is_some())
    }

    fn piece(
        &self,
        address: u64,
        length: u64,
        write: bool,
    ) -> Option<VolatileSlice<'_, impl BitmapSlice + use<'_>>> {
        let (start, range) = self.ranges.range(..=address).next_back()?;
        let offset = address - start;
        if offset.checked_add(length)? > range.size || (write && !range.writable) {
            return None;
        }
        range
            .region
            .as_ref()?
            .get_slice(index(offset), index(length))
            .ok()
    }
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

impl Memory for Dma {
    fn read(&self, address: u64, data: &mut [u8]) -> bool {
        let piece = self.piece(address, data.len() as u64, false);
        piece.is_some_and(|piece| piece.copy_to(data) == data.len())
    }

    fn write(&self, address: u64, data: &[u8]) -> bool {
        let Some(piece) = self.piece(address, data.len() as u64, true) else {
            return false;
        };
        // ORDERING: what was written before is visible before this; the guest polls single bytes of
        // it.
        fence(Ordering::Release);
        piece.write_slice(data, 0).is_ok()
    }

    fn covers(&self, address: u64, length: u64) -> bool {
        self.piece(address, length, true).is_some()
    }
}

#[cfg(test)]
mod tests;
