// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Memory of mailboxes: what one command used, the next one uses again.
//!
//! DMA memory is costly to allocate, and it is zeroed each time, the unused half of every block
//! included. What was not needed for a while is freed by [`Pool::trim`].

use auxcore::dma::DmaBuf;
use kernel::{
    device::{Bound, Device},
    new_spinlock,
    prelude::*,
    sync::{Arc, SpinLock}, //
};

/// Distance of two blocks; a block must not cross such a boundary.
pub(crate) const BLOCK_STRIDE: usize = 1024;
/// Bytes of a run of each size: for messages of up to 4 KiB, and for those that are longer.
const SIZES: [usize; 2] = [8 * BLOCK_STRIDE, 64 * BLOCK_STRIDE];
/// Short runs that stay, however long they are not needed.
const KEEP: [usize; 2] = [2, 0];

/// Contiguous blocks.
pub(crate) struct Run {
    pub(crate) buffer: DmaBuf,
    /// Number of its first block in the chain that had it last; `None` if there was none yet.
    pub(crate) first: Option<usize>,
    /// Where the link of its last block leads: to the next run of that chain, zero is nowhere.
    pub(crate) next: u64,
    /// The payload of all its blocks is zero.
    pub(crate) clean: bool,
}

impl Run {
    /// Returns how many blocks it has.
    pub(crate) fn blocks(&self) -> usize {
        self.buffer.size() / BLOCK_STRIDE
    }
}

/// Runs of one size that nobody uses.
struct Shelf {
    runs: KVec<Run>,
    /// The fewest there were since the last trim: so many were not needed.
    least: usize,
}

impl Shelf {
    /// Takes a run out, one whose blocks are numbered from `number` on if there is one.
    fn take(&mut self, number: usize) -> Option<Run> {
        let numbered = self.runs.iter().rposition(|run| run.first == Some(number));
        match numbered {
            Some(place) => {
                let last = self.runs.len() - 1;
                self.runs.swap(place, last);
                self.runs.pop()
            }
            None => self.runs.pop(),
        }
    }
}

/// The runs of one function that nobody uses.
#[pin_data]
pub(crate) struct Pool {
    #[pin]
    shelves: SpinLock<[Shelf; SIZES.len()]>,
}

impl Pool {
    /// Returns an empty pool. Errors: `ENOMEM`.
    pub(crate) fn new() -> Result<Arc<Self>> {
        let shelf = || Shelf {
            runs: KVec::new(),
            least: 0,
        };
        Arc::pin_init(
            pin_init!(Self {
                shelves <- new_spinlock!([shelf(), shelf()]),
            }),
            GFP_KERNEL,
        )
    }

    /// Returns a run for a chain of `blocks` blocks, the only one or one of several, of which the
    /// first will have the number `number`. Context: process.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub(crate) fn take(&self, dev: &Device<Bound>, blocks: usize, number: usize) -> Result<Run> {
        let size = usize::from(blocks * BLOCK_STRIDE > SIZES[0]);
        {
            let mut shelves = self.shelves.lock();
            let shelf = &mut shelves[size];
            let run = shelf.take(number);
            shelf.least = shelf.least.min(shelf.runs.len());
            if let Some(run) = run {
                return Ok(run);
            }
        }
        Ok(Run {
            buffer: DmaBuf::new(dev, SIZES[size])?,
            first: None,
            next: 0,
            clean: true,
        })
    }

    /// Takes a run back that firmware has no use for any more. Context: process.
    pub(crate) fn put(&self, run: Run) {
        let size = usize::from(run.buffer.size() > SIZES[0]);
        let mut shelves = self.shelves.lock();
        let runs = &mut shelves[size].runs;
        if runs.reserve(1, GFP_ATOMIC).is_ok() {
            // There is room.
            let _ = runs.push_within_capacity(run);
            return;
        }
        // Without the lock: freeing DMA memory may take its time.
        drop(shelves);
        drop(run);
    }

    /// Frees what was not needed since the last call. Context: process.
    pub(crate) fn trim(&self) {
        for size in 0..SIZES.len() {
            while let Some(_run) = self.surplus(size) {}
            let mut shelves = self.shelves.lock();
            shelves[size].least = shelves[size].runs.len();
        }
    }

    /// Takes out a run of this size that was not needed.
    fn surplus(&self, size: usize) -> Option<Run> {
        let mut shelves = self.shelves.lock();
        let shelf = &mut shelves[size];
        if shelf.least <= KEEP[size] {
            return None;
        }
        shelf.least -= 1;
        shelf.runs.pop()
    }
}
