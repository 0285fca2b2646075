// SPDX-License-Identifier: GPL-2.0
//! The pages the device asked for, was given, and owes.
//!
//! The model needs none of them, but it owns them as hardware would: it puts a mark into each and
//! looks at the mark before it gives the page back, so a host that reuses a page too early is
//! caught.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use crate::memory::Memory;

/// Bytes of a page.
pub const PAGE: u64 = 4096;
const MARK: &[u8; 16] = b"owned by device\0";

/// When a demand for pages arises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before anything else (QUERY_PAGES op_mod 1).
    Boot,
    /// Before INIT_HCA (op_mod 2).
    Init,
    /// While running (op_mod 3).
    Regular,
}

/// Why a given page is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Not a multiple of 4096.
    #[error("page {0:#x} is not aligned")]
    Unaligned(u64),
    /// The device owns it already.
    #[error("page {0:#x} was given before")]
    Twice(u64),
    /// Not writable guest memory.
    #[error("page {0:#x} is not guest memory")]
    NotMemory(u64),
    /// More pages than the device asked for.
    #[error("{0} pages were given but {1} asked for")]
    Unasked(usize, i64),
}

/// The page account of a function.
#[derive(Default)]
pub struct Pages {
    configured: [u32; 2],
    wanted: [i64; 3],
    held: BTreeSet<u64>,
    refused: bool,
    /// How often a resting function that owns pages still answers that it has none to give back.
    pub reluctance: u64,
}

impl Pages {
    /// Sets how many pages the function wants at boot and before INIT_HCA; it counts from the next
    /// reset.
    pub fn configure(&mut self, boot: u32, init: u32) {
        self.configured = [boot, init];
    }

    /// Returns how many pages are wanted at boot and before INIT_HCA.
    pub fn configured(&self) -> [u32; 2] {
        self.configured
    }

    /// Forgets all pages and wants the configured ones again.
    pub fn reset(&mut self) {
        let [boot, init] = self.configured;
        self.wanted = [boot.into(), init.into(), 0];
        self.held.clear();
        self.refused = false;
    }

    /// Returns the demand of a stage; a negative one is an offer to give back.
    pub fn demand(&self, stage: Stage) -> i64 {
        self.wanted.get(stage as usize).copied().unwrap_or(0)
    }

    /// Adds a demand while running; a negative one offers pages back.
    pub fn request(&mut self, count: i64) {
        if let Some(wanted) = self.wanted.get_mut(Stage::Regular as usize) {
            *wanted = wanted.saturating_add(count);
        }
    }

    /// Returns how many pages the device owns.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Returns the pages still missing before INIT_HCA.
    pub fn missing(&self) -> i64 {
        self.demand(Stage::Boot).max(0) + self.demand(Stage::Init).max(0)
    }

    /// Takes pages from the host: all of them or none.
    ///
    /// # Errors
    /// The first page that is wrong, or too many pages.
    pub fn give(&mut self, memory: &dyn Memory, pages: &[u64]) -> Result<(), PageError> {
        let asked: i64 = self.wanted.iter().map(|w| (*w).max(0)).sum();
        if i64::try_from(pages.len()).map_or(true, |n| n > asked) {
            return Err(PageError::Unasked(pages.len(), asked));
        }
        let mut fresh = BTreeSet::new();
        for page in pages {
            if page % PAGE != 0 {
                return Err(PageError::Unaligned(*page));
            }
            if self.held.contains(page) || !fresh.insert(*page) {
                return Err(PageError::Twice(*page));
            }
            if !memory.covers(*page, PAGE) {
                return Err(PageError::NotMemory(*page));
            }
        }
        for page in fresh {
            memory.write(page, MARK);
            self.held.insert(page);
            if let Some(wanted) = self.wanted.iter_mut().find(|w| **w > 0) {
                *wanted -= 1;
            }
        }
        Ok(())
    }

    /// Notes that the host cannot give what was asked for.
    pub fn cannot_give(&mut self) {
        self.refused = true;
        for wanted in &mut self.wanted {
            *wanted = (*wanted).min(0);
        }
    }

    /// Returns whether the host refused a demand since the last reset.
    pub fn was_refused(&self) -> bool {
        self.refused
    }

    /// Gives up to `count` pages back: any if the function rests, otherwise only those it offered.
    ///
    /// The second list names those whose mark changed while the device owned them.
    pub fn take(
        &mut self,
        memory: &dyn Memory,
        count: usize,
        resting: bool,
    ) -> (Vec<u64>, Vec<u64>) {
        if resting && self.reluctance > 0 && !self.held.is_empty() {
            self.reluctance -= 1;
            return (Vec::new(), Vec::new());
        }
        let offered = usize::try_from(-self.demand(Stage::Regular)).unwrap_or(0);
        let count = if resting { count } else { count.min(offered) };
        let pages: Vec<u64> = self.held.iter().rev().take(count).copied().collect();
        let mut touched = Vec::new();
        for page in &pages {
            self.held.remove(page);
            let mut mark = [0; MARK.len()];
            if !memory.read(*page, &mut mark) || mark != *MARK {
                touched.push(*page);
            }
        }
        let regular = self.wanted.get_mut(Stage::Regular as usize);
        if let (Some(wanted), Ok(given)) = (regular, i64::try_from(pages.len())) {
            *wanted = (*wanted + given).min((*wanted).max(0));
        }
        (pages, touched)
    }

    /// Puts a page back among the held ones; only planted faults do that.
    pub fn keep(&mut self, page: u64) {
        self.held.insert(page);
    }
}

#[cfg(test)]
mod tests;
