// SPDX-License-Identifier: GPL-2.0
//! BAR0: the init segment, and the doorbells in UAR pages.
#![forbid(unsafe_code)]

use super::Device;
use crate::field::low32;
use crate::firmware::{Hca, FIRST_UAR};
use crate::iseg::{IsegWrite, View, ISEG};
use crate::memory::Interrupts;
use crate::mutation::Mutation;
use crate::start::Stage;
use crate::violation::Kind;

/// Offset of the two words with the address of the command queue.
const QUEUE: u64 = 0x10;
/// Bytes of a UAR page.
pub const UAR: u64 = 4096;
/// Offset in a UAR page: consumer index of an event queue, which is also armed.
pub const EQ_ARM: u64 = 0x40;
/// Offset in a UAR page: consumer index of an event queue.
const EQ_UPDATE: u64 = 0x48;

impl Device {
    /// Reads BAR0. UAR pages and what lies behind the init segment read as zero.
    pub fn read(&mut self, offset: u64, data: &mut [u8], now: u64) {
        let stage = self.start.stage(now);
        if stage == Stage::Absent {
            data.fill(0xff);
            return;
        }
        let view = self.view(now, stage == Stage::Starting);
        for (n, byte) in data.iter_mut().enumerate() {
            let at = offset.saturating_add(n as u64);
            let word = if at < ISEG {
                self.iseg.word(at & !3, &view)
            } else {
                0
            };
            *byte = word
                .to_be_bytes()
                .get(crate::field::index(at & 3))
                .copied()
                .unwrap_or(0);
        }
    }

    /// Reads one word of BAR0.
    pub fn read_word(&mut self, offset: u64, now: u64) -> u32 {
        let mut word = [0; 4];
        self.read(offset, &mut word, now);
        u32::from_be_bytes(word)
    }

    fn view(&self, now: u64, starting: bool) -> View {
        let mut fw = self.firmware.identity.fw;
        if self.mutations.has(Mutation::VersionSplit) {
            fw.sub = fw.sub.wrapping_add(1);
        }
        let frozen = self.faults.dead || self.mutations.has(Mutation::HealthFrozen);
        let revision = self.mutations.has(Mutation::CmdifRevision).then_some(4);
        let khz = self.firmware.caps.general("device_frequency_khz");
        View {
            fw,
            revision,
            enabled: self.firmware.hca != Hca::Off,
            starting,
            now: if frozen { 0 } else { now },
            khz,
        }
    }

    /// Writes BAR0; returns whether [`Device::step`] has something to do.
    pub fn write(
        &mut self,
        offset: u64,
        data: &[u8],
        now: u64,
        lines: &mut dyn Interrupts,
    ) -> bool {
        let stage = self.start.stage(now);
        if stage != Stage::Started {
            self.write_early(offset, stage);
            return false;
        }
        let words = data.chunks(4).enumerate();
        let mut kick = false;
        for (n, chunk) in words {
            let at = offset.saturating_add(4 * n as u64);
            let Ok(bytes) = <[u8; 4]>::try_from(chunk) else {
                let what = format!("{} bytes were written to BAR0 at {offset:#x}", data.len());
                self.violations.count(Kind::Mmio, what);
                continue;
            };
            let word = u32::from_be_bytes(bytes);
            kick |= if at % 4 != 0 {
                self.violations.count(
                    Kind::Mmio,
                    format!("BAR0 was written at {at:#x}, which is not aligned"),
                );
                false
            } else if at < u64::from(FIRST_UAR) * UAR {
                self.write_iseg(at, word, now)
            } else {
                self.write_uar(low32(at / UAR), at % UAR, word, lines)
            };
        }
        kick
    }

    /// A write before firmware works is lost. A doorbell may be from before the reset, of which its
    /// driver does not know yet; a queue is not set without a look.
    fn write_early(&mut self, offset: u64, stage: Stage) {
        if offset & !7 == QUEUE {
            let what = format!("The command queue was set while firmware was {stage:?}");
            self.violations.count(Kind::Queue, what);
        }
    }

    fn write_iseg(&mut self, at: u64, word: u32, now: u64) -> bool {
        match self.iseg.write(at, word) {
            IsegWrite::Nothing => false,
            IsegWrite::Doorbell(slots) => {
                self.ring(slots, now);
                true
            }
            IsegWrite::Queue(before, base) => {
                let alive = self.firmware.hca != Hca::Off || self.engine.is_busy();
                if alive && before != Some(base) {
                    let what = format!(
                        "The command queue moved from {before:x?} to {base:#x} while in use"
                    );
                    self.violations.count(Kind::Queue, what);
                }
                false
            }
            IsegWrite::SoftwareReset => {
                self.reset();
                self.iseg.nic_interface = 1;
                false
            }
            IsegWrite::ReadOnly => {
                let what = format!("{word:#x} was written to BAR0 at {at:#x}, which is read-only");
                self.violations.count(Kind::Mmio, what);
                false
            }
        }
    }

    fn ring(&mut self, slots: u32, now: u64) {
        if self.iseg.health.rfr {
            return;
        }
        if slots == 0 {
            self.violations.count(
                Kind::EmptyDoorbell,
                "The doorbell was rung for no slot".into(),
            );
        }
        if self.iseg.queue.is_none() {
            self.violations.count(
                Kind::Queue,
                "The doorbell was rung before a queue was set".into(),
            );
            return;
        }
        if self.released_while_enabled {
            self.left_enabled();
        }
        for busy in self.engine.ring(slots, now) {
            let what = format!("Slot {busy} was rung while its command was executing");
            self.violations.count(Kind::BusySlot, what);
        }
    }

    fn write_uar(&mut self, page: u32, at: u64, word: u32, lines: &mut dyn Interrupts) -> bool {
        if self.iseg.health.rfr {
            // Dead firmware has forgotten its pages, which a driver cannot know at once.
            return false;
        }
        if self.firmware.uars.owner(page).is_none() {
            let what = format!("BAR0 was written in UAR {page} at {at:#x}, which is not allocated");
            self.violations.count(Kind::Mmio, what);
            return false;
        }
        if at == EQ_ARM || at == EQ_UPDATE {
            self.eq_doorbell(page, word, at == EQ_ARM, lines);
        }
        // Queues of work and completion do not exist, so their doorbells ring nothing.
        !self.engine.undelivered_is_empty() || !self.firmware.events.is_empty() || self.storm > 0
    }

    fn eq_doorbell(&mut self, page: u32, word: u32, arm: bool, lines: &mut dyn Interrupts) {
        let number = crate::field::low8(word >> 24);
        let Some(eq) = self
            .firmware
            .eqs
            .get_mut(number)
            .filter(|eq| eq.layout.uar == page)
        else {
            let what = format!(
                "The doorbell of event queue {number} was rung on UAR {page}, where it is not"
            );
            self.violations.count(Kind::EqDoorbell, what);
            return;
        };
        match eq.consume(word & 0xff_ffff, arm) {
            Ok(Some(vector)) => lines.fire(self.vector(vector)),
            Ok(None) => {}
            Err(producer) => {
                let index = word & 0xff_ffff;
                let what =
                    format!("Event queue {number} has {producer} events, {index} were consumed");
                self.violations.count(Kind::EqDoorbell, what);
            }
        }
    }
}
