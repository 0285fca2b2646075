// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Mailboxes: chains of DMA blocks for what does not fit in a slot.
//!
//! Source: `struct mlx5_cmd_prot_block` in `drivers/net/ethernet/mellanox/mlx5/core/cmd.c` of Linux
//! 7.3.

use auxcore::dma::DmaBuf;
use kernel::{
    device::{Bound, Device},
    prelude::*, //
};

use super::wire::INLINE;

/// Payload of a block.
const DATA: usize = 512;
/// Distance of two blocks; a block must not cross such a boundary.
const STRIDE: usize = 1024;
const NEXT: usize = 0x230;
const NUMBER: usize = 0x238;
const TOKEN: usize = 0x23d;

/// Largest piece of contiguous DMA memory a chain asks for.
const CHUNK: usize = 64 * 1024;
const BLOCKS_PER_CHUNK: usize = CHUNK / STRIDE;

/// The blocks behind the inline part of one message.
pub(crate) struct Chain {
    chunks: KVec<DmaBuf>,
    blocks: usize,
    len: usize,
}

impl Chain {
    /// Allocates a chain for a message of `len` bytes in all, the inline part included, each block
    /// stamped with `token`.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub(crate) fn new(dev: &Device<Bound>, len: usize, token: u8) -> Result<Self> {
        let blocks = len.saturating_sub(INLINE).div_ceil(DATA);
        let mut chunks = KVec::new();
        for first in (0..blocks).step_by(BLOCKS_PER_CHUNK) {
            let here = (blocks - first).min(BLOCKS_PER_CHUNK);
            chunks.push(DmaBuf::new(dev, here * STRIDE)?, GFP_KERNEL)?;
        }
        let chain = Self {
            chunks,
            blocks,
            len,
        };
        for block in 0..blocks {
            let (chunk, at) = chain.place(block).ok_or(EINVAL)?;
            chunk.write(at + NEXT, &chain.address(block + 1).to_be_bytes());
            chunk.write(at + NUMBER, &(block as u32).to_be_bytes()); // CAST: at most 4096 blocks.
            chunk.write(at + TOKEN, &[token]);
        }
        Ok(chain)
    }

    /// Returns the DMA address of the first block, zero for an empty chain.
    pub(crate) fn head(&self) -> u64 {
        self.address(0)
    }

    /// Returns the length of the whole message in bytes.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Copies `message`, without its inline part, into the blocks.
    pub(crate) fn fill(&self, message: &[u8]) {
        let rest = message.get(INLINE..).unwrap_or_default();
        for (block, data) in rest.chunks(DATA).enumerate() {
            if let Some((chunk, at)) = self.place(block) {
                chunk.write(at, data);
            }
        }
    }

    /// Copies the blocks into `message` behind its inline part.
    pub(crate) fn copy_out(&self, message: &mut [u8]) {
        let rest = message.get_mut(INLINE..).unwrap_or_default();
        for (block, data) in rest.chunks_mut(DATA).enumerate() {
            match self.place(block) {
                Some((chunk, at)) => chunk.read(at, data),
                None => data.fill(0),
            }
        }
    }

    /// Returns whether every block still carries `token`.
    pub(crate) fn has_token(&self, token: u8) -> bool {
        (0..self.blocks).all(|block| {
            self.place(block)
                .is_some_and(|(chunk, at)| chunk.load(at + TOKEN) == token)
        })
    }

    fn address(&self, block: usize) -> u64 {
        // CAST: an offset inside a chunk fits any address.
        self.place(block)
            .map_or(0, |(chunk, at)| chunk.address() + at as u64)
    }

    fn place(&self, block: usize) -> Option<(&DmaBuf, usize)> {
        if block >= self.blocks {
            return None;
        }
        let chunk = self.chunks.get(block / BLOCKS_PER_CHUNK)?;
        Some((chunk, block % BLOCKS_PER_CHUNK * STRIDE))
    }
}
