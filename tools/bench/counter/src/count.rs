// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The counts.
//!
//! One processor executes, so plain loads and stores of atomics are enough.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::Mutex;

use crate::mark::Mark;

/// One translated block of the guest.
pub(crate) struct Block {
    address: u64,
    instructions: u64,
    /// How often it was executed in this series.
    runs: AtomicU64,
}

/// What was counted between one pair of marks.
#[derive(Clone, Copy, Default)]
struct Interval {
    total: u64,
    /// Of them, in a function to look into and what it called.
    inner: u64,
}

#[derive(Default)]
struct Series {
    intervals: Vec<Interval>,
    /// Instructions by the address of their block.
    blocks: BTreeMap<u64, u64>,
}

/// What only marks and translation touch.
#[derive(Default)]
struct Slow {
    blocks: Vec<&'static Block>,
    series: Vec<Series>,
    number: u64,
    inner: Vec<u64>,
}

/// The counts of the run.
pub(crate) struct Counter {
    on: AtomicBool,
    inside: AtomicBool,
    total: AtomicU64,
    within: AtomicU64,
    outer: [AtomicU64; 2],
    inner: [AtomicU64; INNER],
    slow: Mutex<Slow>,
}

/// Most functions to look into.
const INNER: usize = 8;

impl Counter {
    pub(crate) const fn new() -> Self {
        Self {
            on: AtomicBool::new(false),
            inside: AtomicBool::new(false),
            total: AtomicU64::new(0),
            within: AtomicU64::new(0),
            outer: [const { AtomicU64::new(0) }; 2],
            inner: [const { AtomicU64::new(0) }; INNER],
            slow: Mutex::new(Slow {
                blocks: Vec::new(),
                series: Vec::new(),
                number: 0,
                inner: Vec::new(),
            }),
        }
    }

    /// Enters a block that was translated.
    pub(crate) fn block(&self, address: u64, instructions: u64) -> &'static Block {
        // As long as the process: QEMU may execute it until its end.
        let block: &'static Block = Box::leak(Box::new(Block {
            address,
            instructions,
            runs: AtomicU64::new(0),
        }));
        if let Ok(mut slow) = self.slow.lock() {
            slow.blocks.push(block);
        }
        block
    }

    /// Counts one run of a block.
    pub(crate) fn run(&self, block: &Block) {
        if !self.on.load(Relaxed) {
            return;
        }
        add(&block.runs, 1);
        add(&self.total, block.instructions);
        let [begin, end] = &self.outer;
        if (begin.load(Relaxed)..end.load(Relaxed)).contains(&block.address) {
            self.inside.store(false, Relaxed);
        } else if self.inner.iter().any(|f| f.load(Relaxed) == block.address) {
            self.inside.store(true, Relaxed);
        }
        if self.inside.load(Relaxed) {
            add(&self.within, block.instructions);
        }
    }

    /// Does what a mark says.
    pub(crate) fn mark(&self, mark: Mark) {
        let Ok(mut slow) = self.slow.lock() else {
            return;
        };
        match mark {
            Mark::Series => {
                slow.gather();
                slow.series.push(Series::default());
            }
            Mark::Begin => {
                self.total.store(0, Relaxed);
                self.within.store(0, Relaxed);
                self.inside.store(false, Relaxed);
                self.on.store(true, Relaxed);
            }
            Mark::End => {
                self.on.store(false, Relaxed);
                let interval = Interval {
                    total: self.total.load(Relaxed),
                    inner: self.within.load(Relaxed),
                };
                if let Some(series) = slow.series.last_mut() {
                    series.intervals.push(interval);
                }
            }
            Mark::Bit(bit) => slow.number = (slow.number << 1) | u64::from(bit),
            Mark::Inner => {
                let number = slow.number;
                if let Some(place) = self.inner.iter().find(|f| f.load(Relaxed) == 0) {
                    place.store(number, Relaxed);
                }
                slow.inner.push(number);
            }
            Mark::OuterBegin => self.outer[0].store(slow.number, Relaxed),
            Mark::OuterEnd => self.outer[1].store(slow.number, Relaxed),
        }
    }

    /// Returns all counts as lines: `series`, then its intervals as `interval TOTAL INNER`, then its
    /// blocks as `block ADDRESS INSTRUCTIONS`, the address hexadecimal.
    pub(crate) fn text(&self) -> String {
        let Ok(mut slow) = self.slow.lock() else {
            return String::new();
        };
        slow.gather();
        let mut text = String::new();
        // Writing to a string cannot fail.
        for series in &slow.series {
            let _ = writeln!(text, "series");
            for Interval { total, inner } in &series.intervals {
                let _ = writeln!(text, "interval {total} {inner}");
            }
            for (address, instructions) in &series.blocks {
                let _ = writeln!(text, "block {address:x} {instructions}");
            }
        }
        text
    }
}

impl Slow {
    /// Moves the runs of all blocks to the series that they belong to, the last.
    fn gather(&mut self) {
        let mut none = Series::default();
        let series = self.series.last_mut().unwrap_or(&mut none);
        for block in &self.blocks {
            let runs = block.runs.swap(0, Relaxed);
            if runs > 0 {
                *series.blocks.entry(block.address).or_default() += runs * block.instructions;
            }
        }
    }
}

/// Not `fetch_add`, which is slower and which one processor does not need.
fn add(counter: &AtomicU64, n: u64) {
    counter.store(counter.load(Relaxed).wrapping_add(n), Relaxed);
}
