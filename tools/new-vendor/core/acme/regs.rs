// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The registers in BAR 0.
//!
//! Source: "EDU device" in QEMU's `docs/specs/edu.rst`.

use kernel::io::{Io, Mmio, Region};

const ID: usize = 0x00;
const LIVENESS: usize = 0x04;
const FACTORIAL: usize = 0x08;
const STATUS: usize = 0x20;
const INTERRUPT_STATUS: usize = 0x24;
const INTERRUPT_RAISE: usize = 0x60;
const INTERRUPT_ACK: usize = 0x64;
const DMA_SOURCE: usize = 0x80;
const DMA_TARGET: usize = 0x88;
const DMA_COUNT: usize = 0x90;
const DMA_COMMAND: usize = 0x98;

/// The constant half of [`ID`]; the upper half is the version.
const ID_EDU: u32 = 0x00ed;
const STATUS_COMPUTING: u32 = 0x01;
const STATUS_INTERRUPT_WHEN_DONE: u32 = 0x80;
const DMA_START: u32 = 0x01;
const DMA_TO_MEMORY: u32 = 0x02;
const DMA_INTERRUPT_WHEN_DONE: u32 = 0x04;
/// An interrupt reason of our own, for what is done at once.
const INTERRUPT_LIVENESS: u32 = 0x01;

/// Where the device's own buffer is, as its DMA engine sees it, and its size in bytes.
const BUFFER: u32 = 0x4_0000;
pub(crate) const BUFFER_LEN: usize = 4096;

/// The registers of one function.
#[derive(Clone, Copy)]
pub(crate) struct Registers<'a>(pub(crate) Mmio<'a, Region>);

impl Registers<'_> {
    /// Reads a register; all ones when the window does not reach it, as from a device that is gone.
    fn read(self, offset: usize) -> u32 {
        self.0.try_read32(offset).unwrap_or(u32::MAX)
    }

    /// Writes a register. One beyond the window does not exist, and the write is lost.
    fn write(self, offset: usize, value: u32) {
        let _ = self.0.try_write32(value, offset);
    }

    /// Returns whether the device answers as what it should be.
    pub(crate) fn present(self) -> bool {
        self.read(ID) & 0xffff == ID_EDU
    }

    /// Returns whether a computation or a DMA is under way.
    pub(crate) fn busy(self) -> bool {
        self.read(STATUS) & STATUS_COMPUTING != 0 || self.read(DMA_COMMAND) & DMA_START != 0
    }

    /// Hands a word to the liveness check, which is done at once, and asks for an interrupt.
    pub(crate) fn check_liveness(self, word: u32) {
        self.write(LIVENESS, word);
        self.write(INTERRUPT_RAISE, INTERRUPT_LIVENESS);
    }

    /// Returns the word that the liveness check left: the inverse of what it was given.
    pub(crate) fn liveness(self) -> u32 {
        self.read(LIVENESS)
    }

    /// Starts a computation that ends with an interrupt.
    pub(crate) fn compute_factorial(self, n: u32) {
        self.write(STATUS, STATUS_INTERRUPT_WHEN_DONE);
        self.write(FACTORIAL, n);
    }

    /// Returns the result of the last computation.
    pub(crate) fn factorial(self) -> u32 {
        self.read(FACTORIAL)
    }

    /// Starts a DMA of `len` bytes from memory to the device's buffer. It ends with an interrupt.
    pub(crate) fn copy_in(self, from: u64, len: usize) {
        self.dma(from as u32, BUFFER, len, 0); // CAST: addresses have 28 bits.
    }

    /// Starts a DMA of `len` bytes from the device's buffer to memory. It ends with an interrupt.
    pub(crate) fn copy_out(self, to: u64, len: usize) {
        self.dma(BUFFER, to as u32, len, DMA_TO_MEMORY); // CAST: addresses have 28 bits.
    }

    fn dma(self, source: u32, target: u32, len: usize, direction: u32) {
        self.write(DMA_SOURCE, source);
        self.write(DMA_TARGET, target);
        self.write(DMA_COUNT, len as u32); // CAST: at most `BUFFER_LEN`.
        let command = DMA_START | direction | DMA_INTERRUPT_WHEN_DONE;
        // ORDERING: the command comes last and starts it.
        self.write(DMA_COMMAND, command);
    }

    /// Takes note of all interrupts that the device has raised.
    pub(crate) fn acknowledge(self) {
        self.write(INTERRUPT_ACK, self.read(INTERRUPT_STATUS));
    }
}
