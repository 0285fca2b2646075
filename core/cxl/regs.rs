// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The registers of the primary mailbox and the status of the memory device.
//!
//! Source: CXL 3.1, "Mailbox Registers" and "Memory Device Status Register". All are little-endian.

use kernel::{
    io::{Io, Mmio, Region},
    sync::atomic::{Atomic, Relaxed}, //
};

use super::layout::{Layout, PAYLOAD};

const CAPABILITIES: usize = 0x00;
const CONTROL: usize = 0x04;
const COMMAND: usize = 0x08;
const STATUS: usize = 0x10;

const CONTROL_DOORBELL: u32 = 1;

const DEVICE_FATAL: u64 = 1 << 0;
const DEVICE_HALTED: u64 = 1 << 1;
const DEVICE_READY: u64 = 1 << 4;

/// What the device says about itself without being asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Condition {
    /// Its mailbox works.
    Ready,
    /// Its mailbox does not work yet.
    Starting,
    /// It does not serve any more; why, for the log.
    Dead(&'static str),
}

/// The registers of one device.
#[derive(Clone, Copy)]
pub(crate) struct Registers<'a> {
    window: Mmio<'a, Region>,
    layout: Layout,
}

impl<'a> Registers<'a> {
    /// Finds the registers in the window. `None` if they are not all there.
    pub(crate) fn find(window: Mmio<'_, Region>) -> Option<Layout> {
        Layout::find(&|at| window.try_read32(at).ok(), window.size())
    }

    pub(crate) fn new(window: Mmio<'a, Region>, layout: Layout) -> Self {
        Self { window, layout }
    }

    /// Reads a register of the mailbox; all ones when there is no such register, as from a device
    /// that is gone.
    fn read32(self, offset: usize) -> u32 {
        self.window
            .try_read32(self.layout.mailbox + offset)
            .unwrap_or(u32::MAX)
    }

    fn read64(self, offset: usize) -> u64 {
        self.window
            .try_read64(self.layout.mailbox + offset)
            .unwrap_or(u64::MAX)
    }

    /// Writes a register of the mailbox. What does not exist is lost.
    fn write64(self, offset: usize, value: u64) {
        let _ = self.window.try_write64(value, self.layout.mailbox + offset);
    }

    /// Returns how the device is.
    pub(crate) fn condition(self) -> Condition {
        let status = self
            .window
            .try_read64(self.layout.memory_device)
            .unwrap_or(u64::MAX);
        if status == u64::MAX {
            Condition::Dead("its registers read as all ones")
        } else if status & DEVICE_FATAL != 0 {
            Condition::Dead("it states a fatal error")
        } else if status & DEVICE_HALTED != 0 {
            Condition::Dead("its firmware has halted")
        } else if status & DEVICE_READY == 0 {
            Condition::Starting
        } else {
            Condition::Ready
        }
    }

    /// Returns how many bytes of payload a command may have. `None` for too few.
    pub(crate) fn payload(self) -> Option<usize> {
        self.layout.payload(self.read32(CAPABILITIES) & 0x1f)
    }

    /// Returns whether the device has the mailbox. One that is gone has it for good.
    pub(crate) fn busy(self) -> bool {
        self.read32(CONTROL) & CONTROL_DOORBELL != 0
    }

    /// Writes a command with `len` bytes of payload into the mailbox.
    pub(crate) fn load(self, opcode: u16, len: usize, payload: &[u64]) {
        for (i, word) in payload.iter().enumerate() {
            self.write64(PAYLOAD + 8 * i, *word);
        }
        // CAST: wider types; a length has 21 bits.
        self.write64(COMMAND, u64::from(opcode) | (len as u64) << 16);
    }

    /// Hands the mailbox to the device.
    pub(crate) fn ring(self) {
        // ORDERING: writes to the window stay in order, so the doorbell is the last.
        let _ = self
            .window
            .try_write32(CONTROL_DOORBELL, self.layout.mailbox + CONTROL);
    }

    /// Returns the return code of the command that the device has handed back.
    pub(crate) fn return_code(self) -> u16 {
        (self.read64(STATUS) >> 32) as u16 // CAST: the bits that hold it.
    }

    /// Returns how many bytes of payload the device states that it returned.
    pub(crate) fn returned_len(self) -> usize {
        (self.read64(COMMAND) >> 16 & 0x1f_ffff) as usize // CAST: 21 bits.
    }

    /// Copies `len` bytes of the returned payload, in whole words.
    pub(crate) fn read_payload(self, len: usize, words: &[Atomic<u64>]) {
        for (i, word) in words.iter().take(len.div_ceil(8)).enumerate() {
            word.store(self.read64(PAYLOAD + 8 * i), Relaxed);
        }
    }
}
