// SPDX-License-Identifier: GPL-2.0
//! The init segment: the first page or two of BAR0.
#![forbid(unsafe_code)]

use crate::identity::Version;

/// Bytes of the init segment.
pub const ISEG: u64 = 0x2010;

const CMDIF_REV: u32 = 5;
/// log_cmdq_size 5, log_cmdq_stride 6.
const QUEUE_SHAPE: u32 = 0x56;

/// In the word of `initializing`: firmware is starting.
const STARTING: u32 = 1 << 31;
/// In the same word: the driver may ask for a software reset.
const RESET_SUPPORTED: u32 = 1 << 30;
/// In the same word: these are the registers that the cores on the card see.
const EMBEDDED_CPU: u32 = 1 << 23;
/// The driver's interface state: disabled.
const DISABLED: u8 = 1;

/// What the health buffer says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Health {
    /// The syndrome; zero is healthy.
    pub synd: u8,
    /// A reset is required: firmware is dead until it gets one.
    pub rfr: bool,
    /// The counter stands still at this value: firmware hangs, and no command is taken, until a reset.
    pub frozen: Option<u32>,
}

/// The registers of the init segment that hold state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Iseg {
    high: u32,
    /// The command queue, once the driver has set it.
    pub queue: Option<u64>,
    /// The driver's interface state: 0 full driver, 1 disabled, 2 no DRAM, 7 software reset.
    pub nic_interface: u8,
    /// The state is shown as disabled while the function is not enabled.
    pub disabled_at_rest: bool,
    /// The registers say that they are those of the cores on the card.
    pub embedded_cpu: bool,
    /// Health.
    pub health: Health,
}

/// What a write to the init segment brings about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsegWrite {
    /// Nothing but state in the segment itself.
    Nothing,
    /// The command queue was set: the previous one, and the new one.
    Queue(Option<u64>, u64),
    /// Slots were rung.
    Doorbell(u32),
    /// The driver asked for a software reset.
    SoftwareReset,
    /// The word cannot be written.
    ReadOnly,
}

/// What a read needs to know beside the segment.
pub struct View {
    /// Firmware version to show.
    pub fw: Version,
    /// Command interface revision to show, if not the true one.
    pub revision: Option<u32>,
    /// The function is enabled.
    pub enabled: bool,
    /// Firmware is starting.
    pub starting: bool,
    /// Microseconds since start.
    pub now: u64,
    /// Frequency of the internal timer.
    pub khz: u64,
}

fn half(value: u64, high: bool) -> u32 {
    crate::field::low32(if high { value >> 32 } else { value })
}

impl Iseg {
    /// Returns the 32-bit word at an offset that is a multiple of four.
    pub fn word(&self, offset: u64, view: &View) -> u32 {
        let timer = view.now.wrapping_mul(view.khz) / 1000;
        match offset {
            0x0 => (u32::from(view.fw.minor) << 16) | u32::from(view.fw.major),
            0x4 => (view.revision.unwrap_or(CMDIF_REV) << 16) | u32::from(view.fw.sub),
            0x10 => self.high,
            0x14 => {
                let low = half(self.queue.unwrap_or(0), false) & 0xffff_f000;
                low | (u32::from(self.shown_interface(view.enabled)) << 8) | QUEUE_SHAPE
            }
            0x1fc => {
                let flag = |set, bit| if set { bit } else { 0 };
                RESET_SUPPORTED
                    | flag(self.embedded_cpu, EMBEDDED_CPU)
                    | flag(view.starting, STARTING)
            }
            0x22c => half(view.now / 1_000_000, false),
            0x230 => view.fw.word(),
            0x234 => 0x21e,
            0x238 => (u32::from(self.health.rfr) << 31) | (u32::from(self.health.synd != 0) << 27),
            0x23c => u32::from(self.health.synd) << 16,
            0x1000 => half(timer, true),
            0x1004 => half(timer, false),
            0x1010 => (u32::from(self.health.synd) << 24) | self.counter(view.now),
            _ => 0,
        }
    }

    fn shown_interface(&self, enabled: bool) -> u8 {
        if self.disabled_at_rest && !enabled && self.nic_interface == 0 {
            DISABLED
        } else {
            self.nic_interface
        }
    }

    /// Returns the health counter: tenths of a second, never zero.
    pub fn counter(&self, now: u64) -> u32 {
        let running = half(now / 100_000 + 1, false) & 0xff_ffff;
        self.health.frozen.unwrap_or(running.max(1))
    }

    /// Takes a write of the word at an offset that is a multiple of four.
    pub fn write(&mut self, offset: u64, value: u32) -> IsegWrite {
        match offset {
            0x10 => {
                self.high = value;
                IsegWrite::Nothing
            }
            0x14 => {
                let before = self.queue;
                let base = (u64::from(self.high) << 32) | u64::from(value & 0xffff_f000);
                // The size bits are the device's; drivers write zero there.
                self.nic_interface = crate::field::low8((value >> 8) & 7);
                if self.nic_interface == 7 {
                    return IsegWrite::SoftwareReset;
                }
                self.queue = Some(base).filter(|base| *base != 0);
                IsegWrite::Queue(before, base)
            }
            0x18 => IsegWrite::Doorbell(value),
            0x100c => IsegWrite::Nothing,
            _ => IsegWrite::ReadOnly,
        }
    }

    /// Function reset: the queue and the interface state are gone, and with them what a reset mends.
    pub fn reset(&mut self) {
        let synd = if self.health.rfr { 0 } else { self.health.synd };
        *self = Self {
            disabled_at_rest: self.disabled_at_rest,
            embedded_cpu: self.embedded_cpu,
            health: Health {
                synd,
                rfr: false,
                frozen: None,
            },
            ..Self::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(now: u64) -> View {
        View {
            fw: Version {
                major: 28,
                minor: 43,
                sub: 1002,
            },
            revision: None,
            enabled: true,
            starting: false,
            now,
            khz: 156_250,
        }
    }

    #[test]
    fn a_function_at_rest_shows_a_disabled_interface_if_told_to() {
        let mut iseg = Iseg::default();
        let resting = View {
            enabled: false,
            ..view(0)
        };
        assert_eq!(iseg.word(0x14, &resting), QUEUE_SHAPE);
        iseg.disabled_at_rest = true;
        assert_eq!(iseg.word(0x14, &resting), QUEUE_SHAPE | 0x100);
        assert_eq!(iseg.word(0x14, &view(0)), QUEUE_SHAPE);
        iseg.reset();
        assert_eq!(iseg.word(0x14, &resting), QUEUE_SHAPE | 0x100);
    }

    #[test]
    fn the_queue_address_is_taken_with_its_low_half_and_the_shape_stays() {
        let mut iseg = Iseg::default();
        assert_eq!(iseg.write(0x10, 0x1), IsegWrite::Nothing);
        assert_eq!(iseg.queue, None);
        assert_eq!(
            iseg.write(0x14, 0x2345_6000),
            IsegWrite::Queue(None, 0x1_2345_6000)
        );
        assert_eq!(iseg.queue, Some(0x1_2345_6000));
        assert_eq!(iseg.word(0x14, &view(0)), 0x2345_6056);
        assert_eq!(iseg.word(0x10, &view(0)), 1);
    }

    #[test]
    fn the_interface_state_is_written_without_moving_the_queue() {
        let mut iseg = Iseg::default();
        iseg.write(0x14, 0x5000);
        assert_eq!(
            iseg.write(0x14, 0x5100),
            IsegWrite::Queue(Some(0x5000), 0x5000)
        );
        assert_eq!(iseg.word(0x14, &view(0)), 0x5156);
        assert_eq!(iseg.write(0x14, 0x5700), IsegWrite::SoftwareReset);
    }

    #[test]
    fn the_health_counter_moves_between_polls_and_is_never_zero() {
        let iseg = Iseg::default();
        let one = iseg.word(0x1010, &view(0));
        assert!(one != 0 && iseg.word(0x1010, &view(2_000_000)) != one);
        let frozen = Iseg {
            health: Health {
                frozen: Some(9),
                ..Health::default()
            },
            ..iseg
        };
        assert_eq!(frozen.word(0x1010, &view(5_000_000)), 9);
    }

    #[test]
    fn versions_and_revision_are_where_drivers_look() {
        let iseg = Iseg::default();
        assert_eq!(iseg.word(0, &view(0)), (43 << 16) | 28);
        assert_eq!(iseg.word(4, &view(0)), (5 << 16) | 1002);
        assert_eq!(iseg.word(0x230, &view(0)), (28 << 24) | (43 << 16) | 1002);
    }

    #[test]
    fn initialisation_is_over_unless_firmware_is_starting() {
        let iseg = Iseg::default();
        assert_eq!(iseg.word(0x1fc, &view(0)), RESET_SUPPORTED);
        let starting = View {
            starting: true,
            ..view(0)
        };
        assert_eq!(iseg.word(0x1fc, &starting), RESET_SUPPORTED | STARTING);
    }

    #[test]
    fn other_words_are_read_only() {
        let mut iseg = Iseg::default();
        for offset in [0, 4, 0x1fc, 0x200, 0x1000, 0x1010] {
            assert_eq!(iseg.write(offset, 1), IsegWrite::ReadOnly, "{offset:#x}");
        }
    }
}
