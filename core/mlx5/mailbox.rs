// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Mailboxes: chains of DMA blocks for what does not fit in a slot.
//!
//! Source: `struct mlx5_cmd_prot_block` in `drivers/net/ethernet/mellanox/mlx5/core/cmd.c` of Linux
//! 7.3. Firmware walks a chain by the length in the slot, so the last block it uses may point on,
//! but not out of the chain.

use kernel::{
    device::{Bound, Device},
    prelude::*,
    sync::Arc, //
};

use super::{
    pool::{Pool, Run, BLOCK_STRIDE},
    wire::INLINE, //
};

/// Payload of a block.
const DATA: usize = 512;
const NEXT: usize = 0x230;
const NUMBER: usize = 0x238;
const TOKEN: usize = 0x23d;

/// The blocks behind the inline part of one message.
///
/// They come from a pool and go back to it when this is dropped, which is when firmware has no use
/// for them any more. Context of the drop: process.
pub(crate) struct Chain {
    pool: Arc<Pool>,
    /// Most chains have one run, and no memory for a list.
    first: Option<Run>,
    more: KVec<Run>,
    blocks: usize,
    len: usize,
}

impl Chain {
    /// Returns a chain that carries `message` to firmware, its inline part excepted, each block
    /// stamped with `token`. Context: process.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub(crate) fn with(
        pool: &Arc<Pool>,
        dev: &Device<Bound>,
        message: &[u8],
        token: u8,
    ) -> Result<Self> {
        let mut chain = Self::new(pool, dev, message.len())?;
        let rest = message.get(INLINE..).unwrap_or_default();
        let mut data = rest.chunks(DATA);
        for (run, used) in chain.parts() {
            for (at, data) in run.offsets().take(used).zip(&mut data) {
                run.buffer.write(at, data);
                run.buffer.store(at + TOKEN, token);
            }
        }
        chain.soil();
        Ok(chain)
    }

    /// Returns a chain for a message of at most `len` bytes from firmware, the inline part included,
    /// that reads as zero, each block stamped with `token`. Context: process.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub(crate) fn room(
        pool: &Arc<Pool>,
        dev: &Device<Bound>,
        len: usize,
        token: u8,
    ) -> Result<Self> {
        let mut chain = Self::new(pool, dev, len)?;
        for (run, used) in chain.parts() {
            for at in run.offsets().take(used) {
                if !run.clean {
                    run.buffer.clear(at, DATA);
                }
                run.buffer.store(at + TOKEN, token);
            }
        }
        chain.soil();
        Ok(chain)
    }

    fn new(pool: &Arc<Pool>, dev: &Device<Bound>, len: usize) -> Result<Self> {
        let blocks = len.saturating_sub(INLINE).div_ceil(DATA);
        let mut chain = Self {
            pool: pool.clone(),
            first: None,
            more: KVec::new(),
            blocks,
            len,
        };
        let mut number = 0;
        while number < blocks {
            let mut run = pool.take(dev, blocks, number)?;
            run.number(number);
            number += run.blocks();
            match chain.first {
                None => chain.first = Some(run),
                Some(_) => chain.more.push(run, GFP_KERNEL)?,
            }
        }
        // The link of each run's last block leads to the next run, and from the last run nowhere.
        let mut next = 0;
        for run in Iterator::chain(chain.more.iter_mut().rev(), chain.first.iter_mut()) {
            run.link(next);
            next = run.buffer.address();
        }
        Ok(chain)
    }

    /// Returns the DMA address of the first block, zero for an empty chain.
    pub(crate) fn head(&self) -> u64 {
        self.first.as_ref().map_or(0, |run| run.buffer.address())
    }

    /// Returns the length of the whole message in bytes.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Copies the blocks into `message` behind its inline part.
    pub(crate) fn copy_out(&self, message: &mut [u8]) {
        let rest = message.get_mut(INLINE..).unwrap_or_default();
        let have = rest.len().min(self.blocks * DATA);
        let (here, beyond) = rest.split_at_mut(have);
        let mut data = here.chunks_mut(DATA);
        for (run, used) in self.parts() {
            for (at, data) in run.offsets().take(used).zip(&mut data) {
                run.buffer.read(at, data);
            }
        }
        beyond.fill(0);
    }

    /// Returns whether every block still carries `token`.
    pub(crate) fn has_token(&self, token: u8) -> bool {
        // Loops, as the name of a closure in one long iterator has more bytes than the kernel's
        // backtraces have room for.
        for (run, used) in self.parts() {
            for at in run.offsets().take(used) {
                if run.buffer.load(at + TOKEN) != token {
                    return false;
                }
            }
        }
        true
    }

    fn runs(&self) -> impl Iterator<Item = &Run> {
        Iterator::chain(self.first.iter(), self.more.iter())
    }

    /// Returns each run, and how many of its blocks the message has.
    fn parts(&self) -> impl Iterator<Item = (&Run, usize)> {
        self.runs().scan(self.blocks, |left, run| {
            let used = run.blocks().min(*left);
            *left -= used;
            Some((run, used))
        })
    }

    /// Remembers that there is something in the blocks.
    fn soil(&mut self) {
        for run in Iterator::chain(self.first.iter_mut(), self.more.iter_mut()) {
            run.clean = false;
        }
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        for run in Iterator::chain(self.first.take().into_iter(), self.more.drain_all()) {
            self.pool.put(run);
        }
    }
}

impl Run {
    /// Returns where its blocks are.
    fn offsets(&self) -> impl Iterator<Item = usize> {
        (0..self.buffer.size()).step_by(BLOCK_STRIDE)
    }

    /// Gives its blocks their numbers in a chain, `first` and those that follow.
    fn number(&mut self, first: usize) {
        if self.first == Some(first) {
            return;
        }
        let fresh = self.first.is_none();
        for (i, at) in self.offsets().enumerate() {
            let number = (first + i) as u32; // CAST: at most 4096 blocks.
            self.buffer.write(at + NUMBER, &number.to_be_bytes());
            if fresh && i + 1 < self.blocks() {
                // CAST: an offset inside a run fits any address.
                let next = self.buffer.address() + (at + BLOCK_STRIDE) as u64;
                self.buffer.write(at + NEXT, &next.to_be_bytes());
            }
        }
        self.first = Some(first);
    }

    /// Has its last block lead to the block at `next`.
    fn link(&mut self, next: u64) {
        if self.next != next {
            let last = self.buffer.size() - BLOCK_STRIDE;
            self.buffer.write(last + NEXT, &next.to_be_bytes());
            self.next = next;
        }
    }
}
