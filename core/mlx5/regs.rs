// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The initialisation segment at the start of BAR 0 and the doorbells in the UAR pages behind it.
//!
//! Source: `struct mlx5_init_seg` in `include/linux/mlx5/device.h` and
//! `drivers/net/ethernet/mellanox/mlx5/core/{cmd, health,eq}.c` of Linux 7.3. All words are
//! big-endian.

use kernel::io::{Io, Mmio, Region};

const FW_REV: usize = 0x0;
const CMDIF_REV_FW_SUB: usize = 0x4;
const CMDQ_ADDR_HIGH: usize = 0x10;
const CMDQ_ADDR_LOW_SIZES: usize = 0x14;
const CMD_DOORBELL: usize = 0x18;
const INITIALIZING: usize = 0x1fc;
const HEALTH_FW_VERSION: usize = 0x230;
const HEALTH_RFR_SEVERITY: usize = 0x238;
const HEALTH_SYND: usize = 0x23c;
const HEALTH_COUNTER: usize = 0x1010;

/// Length of the initialisation segment.
const ISEG_LEN: usize = 0x2010;
/// Size of a UAR page in BAR 0.
const UAR_PAGE: usize = 4096;
/// In a UAR page: consumer index of an EQ, and arm.
const EQ_ARM: usize = 0x40;

/// Version of the firmware.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FwVersion {
    pub(crate) major: u16,
    pub(crate) minor: u16,
    pub(crate) sub: u16,
}

/// Who has the function, as firmware states it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Interface {
    /// The driver.
    Full,
    /// Nobody: firmware disabled it.
    Disabled,
    /// Nobody: a software reset was asked for.
    Reset,
    /// Any other state.
    Other,
}

/// Geometry of the command queue, as the device states it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueueShape {
    /// Log2 of the number of slots.
    pub(crate) log_slots: u32,
    /// Log2 of the distance of two slots in bytes.
    pub(crate) log_stride: u32,
}

/// The registers of one function.
#[derive(Clone, Copy)]
pub(crate) struct Registers<'a>(pub(crate) Mmio<'a, Region>);

impl Registers<'_> {
    /// Reads a big-endian register; all ones when the window does not reach it, as from a device
    /// that is gone.
    fn read(self, offset: usize) -> u32 {
        // The window is little-endian, the device is not.
        self.0.try_read32(offset).map_or(u32::MAX, u32::swap_bytes)
    }

    /// Writes a big-endian register. A register beyond the window does not exist, and the write is
    /// lost.
    fn write(self, offset: usize, value: u32) {
        let _ = self.0.try_write32(value.swap_bytes(), offset);
    }

    /// Returns whether the device answers at all: one that is gone reads as all ones.
    pub(crate) fn present(self) -> bool {
        self.read(HEALTH_FW_VERSION) != u32::MAX
    }

    /// Returns whether firmware is still starting.
    pub(crate) fn initializing(self) -> bool {
        self.read(INITIALIZING) >> 31 != 0
    }

    /// Returns whether the registers are those that the cores on the card see, to which function 0 is
    /// the host's.
    pub(crate) fn embedded_cpu(self) -> bool {
        self.read(INITIALIZING) >> 23 & 1 != 0
    }

    /// Returns the state of the driver's interface.
    pub(crate) fn interface(self) -> Interface {
        match self.read(CMDQ_ADDR_LOW_SIZES) >> 8 & 7 {
            0 => Interface::Full,
            1 => Interface::Disabled,
            7 => Interface::Reset,
            _ => Interface::Other,
        }
    }

    /// Returns whether firmware has stopped with a syndrome and asks for a reset.
    pub(crate) fn wants_reset(self) -> bool {
        self.read(HEALTH_RFR_SEVERITY) >> 31 != 0 && self.read(HEALTH_SYND) >> 16 & 0xff != 0
    }

    /// Returns whether firmware can be asked for a software reset.
    pub(crate) fn resets(self) -> bool {
        self.read(INITIALIZING) >> 30 & 1 != 0
    }

    /// Asks for a software reset.
    pub(crate) fn request_reset(self) {
        let address = self.read(CMDQ_ADDR_LOW_SIZES) & !0xfff;
        self.write(CMDQ_ADDR_LOW_SIZES, address | 7 << 8);
    }

    /// Returns the counter that living firmware moves.
    pub(crate) fn health_counter(self) -> u32 {
        self.read(HEALTH_COUNTER) & 0xff_ffff
    }

    /// Returns the version of the firmware.
    pub(crate) fn fw_version(self) -> FwVersion {
        let rev = self.read(FW_REV);
        let sub = self.read(CMDIF_REV_FW_SUB);
        // CAST: each takes one half of a word.
        FwVersion {
            major: rev as u16,
            minor: (rev >> 16) as u16,
            sub: sub as u16,
        }
    }

    /// Returns the revision of the command interface.
    pub(crate) fn cmdif_revision(self) -> u32 {
        self.read(CMDIF_REV_FW_SUB) >> 16
    }

    /// Returns the geometry of the command queue.
    pub(crate) fn queue_shape(self) -> QueueShape {
        let sizes = self.read(CMDQ_ADDR_LOW_SIZES);
        QueueShape {
            log_slots: sizes >> 4 & 0xf,
            log_stride: sizes & 0xf,
        }
    }

    /// Tells the device where the command queue is: a DMA address, page aligned.
    pub(crate) fn set_queue(self, address: u64) {
        // ORDERING: the write of the low half, the second, makes the address take effect.
        self.write(CMDQ_ADDR_HIGH, (address >> 32) as u32); // CAST: the upper half.
        self.write(CMDQ_ADDR_LOW_SIZES, address as u32); // CAST: the lower half.
    }

    /// Tells firmware of the commands in the slots in `mask`.
    pub(crate) fn ring_commands(self, mask: u32) {
        self.write(CMD_DOORBELL, mask);
    }

    /// Returns whether the page `uar` can have doorbells: it is in the window, behind the
    /// initialisation segment.
    pub(crate) fn has_uar(self, uar: u32) -> bool {
        let pages = ISEG_LEN.div_ceil(UAR_PAGE)..self.0.size() / UAR_PAGE;
        pages.contains(&(uar as usize)) // CAST: a UAR index has 24 bits.
    }

    /// Moves the consumer index of EQ `number` to `index` and arms it.
    pub(crate) fn arm_eq(self, uar: u32, number: u8, index: u32) {
        let value = u32::from(number) << 24 | index & 0xff_ffff;
        self.write(uar as usize * UAR_PAGE + EQ_ARM, value); // CAST: a UAR index has 24 bits.
    }
}
