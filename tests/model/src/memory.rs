// SPDX-License-Identifier: GPL-2.0
//! What the device sees of its host: memory to read and write, and interrupt vectors to fire.
#![forbid(unsafe_code)]

/// Guest memory by DMA address.
pub trait Memory {
    /// Fills `data` from `address` and returns whether all of it is readable guest memory.
    fn read(&self, address: u64, data: &mut [u8]) -> bool;

    /// Stores `data` at `address` and returns whether all of it is writable guest memory.
    ///
    /// Bytes become visible to the guest in the order of the calls.
    fn write(&self, address: u64, data: &[u8]) -> bool;

    /// Returns whether `length` bytes at `address` are writable guest memory.
    fn covers(&self, address: u64, length: u64) -> bool;
}

/// Interrupt vectors by index of the MSI-X table.
pub trait Interrupts {
    /// Fires a vector.
    fn fire(&mut self, vector: u16);
}

/// Memory and interrupts of a guest that exists only in unit tests.
#[cfg(test)]
pub mod fake {
    use super::{Interrupts, Memory};
    use std::cell::RefCell;

    /// Guest memory from address zero.
    pub struct Ram(pub RefCell<Vec<u8>>);

    impl Ram {
        /// Returns zeroed memory.
        pub fn new(size: usize) -> Self {
            Self(RefCell::new(vec![0; size]))
        }

        /// Returns a copy of a part.
        pub fn bytes(&self, at: usize, length: usize) -> Vec<u8> {
            self.0.borrow()[at..at + length].to_vec()
        }
    }

    fn range(size: usize, address: u64, length: usize) -> Option<std::ops::Range<usize>> {
        let start = usize::try_from(address).ok()?;
        let end = start.checked_add(length)?;
        (end <= size).then_some(start..end)
    }

    impl Memory for Ram {
        fn read(&self, address: u64, data: &mut [u8]) -> bool {
            let ram = self.0.borrow();
            let Some(range) = range(ram.len(), address, data.len()) else {
                return false;
            };
            data.copy_from_slice(&ram[range]);
            true
        }

        fn write(&self, address: u64, data: &[u8]) -> bool {
            let mut ram = self.0.borrow_mut();
            let Some(range) = range(ram.len(), address, data.len()) else {
                return false;
            };
            ram[range].copy_from_slice(data);
            true
        }

        fn covers(&self, address: u64, length: u64) -> bool {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            range(self.0.borrow().len(), address, length).is_some()
        }
    }

    /// Remembers the fired vectors.
    #[derive(Default)]
    pub struct Lines(pub Vec<u16>);

    impl Interrupts for Lines {
        fn fire(&mut self, vector: u16) {
            self.0.push(vector);
        }
    }
}
