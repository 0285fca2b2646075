// SPDX-License-Identifier: GPL-2.0
//! PCI configuration space: an Ethernet endpoint with power management, PCI Express, MSI-X and error reporting.
#![forbid(unsafe_code)]

use crate::msix::VECTORS;

/// Bytes of configuration space.
pub const CONFIG: usize = 4096;
/// Bytes of BAR0: the init segment and the UAR pages.
pub const BAR0_BYTES: u64 = 32 << 20;
/// Bytes of BAR2: the MSI-X table, and the pending bits at [`PBA`].
pub const BAR2_BYTES: u64 = 8192;
/// Where in BAR2 the pending bits lie.
pub const PBA: u64 = 4096;

const PM: u8 = 0x40;
const PCIE: u8 = 0x60;
const MSIX: u8 = 0xb0;
/// Advanced error reporting, the first of the extended capabilities.
const AER: usize = 0x100;
const COMMAND: usize = 0x04;
const BUS_MASTER: u8 = 1 << 2;
const DEVICE_CONTROL: usize = PCIE as usize + 0x08;
const FUNCTION_RESET: u8 = 1 << 7;

/// What a configuration write brings about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Function level reset.
    FunctionReset,
    /// Bus mastering was switched.
    BusMaster(bool),
}

/// The configuration space of one function.
pub struct Config {
    bytes: Vec<u8>,
    writable: Vec<u8>,
}

impl Config {
    /// Returns the space of a function with this device id.
    pub fn new(device_id: u16) -> Self {
        let mut config = Self {
            bytes: vec![0; CONFIG],
            writable: vec![0; CONFIG],
        };
        let id = device_id.to_le_bytes();
        config.put(0x00, &[0xb3, 0x15, id[0], id[1]], &[]);
        config.put(COMMAND, &[0, 0, 0x10, 0], &[0x46, 0x05]);
        // Class: Ethernet controller. Revision 0.
        config.put(0x08, &[0, 0, 0, 2], &[]);
        config.put(0x0c, &[0], &[0xff]);
        // BAR0: 64-bit prefetchable. BAR2: 32-bit. Sizes are the client's to answer.
        config.put(
            0x10,
            &[0x0c, 0, 0, 0, 0, 0, 0, 0],
            &[0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff],
        );
        config.put(0x18, &[0; 4], &[0, 0xe0, 0xff, 0xff]);
        config.put(0x2c, &[0xb3, 0x15, 0x08, 0x00], &[]);
        config.put(0x34, &[PM], &[]);
        config.put(0x3c, &[0, 0], &[0xff, 0]);
        config.capabilities();
        config.error_reporting();
        config
    }

    /// Errors that are never there: what the kernel injects, it shows itself. Masks and severity hold what is written, and
    /// begin as the PCI Express specification says.
    fn error_reporting(&mut self) {
        self.put(AER, &[0x01, 0x00, 0x02, 0x00], &[]);
        let uncorrectable = [0x30, 0xf0, 0xff, 0x07];
        self.put(AER + 0x08, &[0; 4], &uncorrectable);
        self.put(AER + 0x0c, &[0x30, 0x20, 0x46, 0x00], &uncorrectable);
        self.put(AER + 0x14, &[0x00, 0x20, 0, 0], &[0xc1, 0xf1, 0, 0]);
    }

    fn capabilities(&mut self) {
        self.put(
            PM.into(),
            &[0x01, PCIE, 0x03, 0x00, 0x08, 0],
            &[0, 0, 0, 0, 0x03, 0],
        );
        // Version 2 endpoint; 512 bytes payload, FLR; 8 GT/s x16.
        self.put(
            PCIE.into(),
            &[0x10, MSIX, 0x02, 0x00, 0x02, 0x80, 0x00, 0x10],
            &[],
        );
        self.put(DEVICE_CONTROL, &[0x10, 0x28, 0, 0], &[0xff, 0x7f, 0, 0]);
        self.put(
            usize::from(PCIE) + 0x0c,
            &[0x03, 0x01, 0, 0, 0, 0, 0x03, 0x11],
            &[0, 0, 0, 0, 0xfb, 0x03, 0, 0],
        );
        self.put(
            usize::from(PCIE) + 0x24,
            &[0x10, 0, 0, 0, 0, 0, 0, 0],
            &[0, 0, 0, 0, 0xff, 0x03, 0, 0],
        );
        self.put(
            usize::from(PCIE) + 0x2c,
            &[0x0e, 0, 0, 0, 0x03, 0, 0, 0],
            &[0, 0, 0, 0, 0x0f, 0, 0, 0],
        );
        let size = (VECTORS - 1).to_le_bytes();
        let pba = (2 | crate::field::low32(PBA)).to_le_bytes();
        self.put(
            MSIX.into(),
            &[0x11, 0x00, size[0], size[1], 2, 0, 0, 0],
            &[0, 0, 0, 0xc0],
        );
        self.put(usize::from(MSIX) + 8, &pba, &[]);
    }

    fn put(&mut self, at: usize, bytes: &[u8], writable: &[u8]) {
        for (to, from) in self.bytes.iter_mut().skip(at).zip(bytes) {
            *to = *from;
        }
        for (to, from) in self.writable.iter_mut().skip(at).zip(writable) {
            *to = *from;
        }
    }

    /// Fills `data` from `offset`; beyond the end it reads as ones.
    pub fn read(&self, offset: u64, data: &mut [u8]) {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        for (n, byte) in data.iter_mut().enumerate() {
            *byte = start
                .checked_add(n)
                .and_then(|at| self.bytes.get(at))
                .copied()
                .unwrap_or(0xff);
        }
    }

    /// Stores the writable bits of `data` and returns what that brings about.
    pub fn write(&mut self, offset: u64, data: &[u8]) -> Option<Effect> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let was = self.is_bus_master();
        let mut reset = false;
        for (n, new) in data.iter().enumerate() {
            let at = start.saturating_add(n);
            if let (Some(byte), Some(mask)) = (self.bytes.get_mut(at), self.writable.get(at)) {
                *byte = *byte & !mask | new & mask;
                reset |= at == DEVICE_CONTROL + 1 && new & FUNCTION_RESET != 0;
            }
        }
        if reset {
            self.reset();
            return Some(Effect::FunctionReset);
        }
        (self.is_bus_master() != was).then_some(Effect::BusMaster(!was))
    }

    /// Returns whether the function may access memory.
    pub fn is_bus_master(&self) -> bool {
        self.bytes
            .get(COMMAND)
            .is_some_and(|byte| byte & BUS_MASTER != 0)
    }

    /// Clears what a reset clears: everything but the identity.
    pub fn reset(&mut self) {
        let mut id = [0; 2];
        self.read(2, &mut id);
        *self = Self::new(u16::from_le_bytes(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(config: &Config, at: u64) -> u16 {
        let mut data = [0; 2];
        config.read(at, &mut data);
        u16::from_le_bytes(data)
    }

    #[test]
    fn identity_cannot_be_written() {
        let mut config = Config::new(0x1021);
        config.write(0, &[0; 4]);
        config.write(8, &[0xff; 4]);
        assert_eq!(
            (word(&config, 0), word(&config, 2), word(&config, 0xa)),
            (0x15b3, 0x1021, 0x0200)
        );
    }

    #[test]
    fn the_capability_list_is_finite_and_holds_three() {
        let config = Config::new(0x1021);
        let mut at = word(&config, 0x34) & 0xff;
        let mut ids = Vec::new();
        while at != 0 && ids.len() < 10 {
            ids.push(word(&config, at.into()) & 0xff);
            at = word(&config, at.into()) >> 8;
        }
        assert_eq!(ids, [0x01, 0x10, 0x11]);
        assert_eq!(word(&config, u64::from(MSIX) + 2) & 0x7ff, VECTORS - 1);
    }

    #[test]
    fn errors_are_reported_with_the_severity_of_the_specification_and_none_is_there() {
        let mut config = Config::new(0x1021);
        let at = |offset: usize| (AER + offset) as u64;
        assert_eq!((word(&config, at(0)), word(&config, at(2))), (1, 2));
        assert_eq!(
            (word(&config, at(0xc)), word(&config, at(0xe))),
            (0x2030, 0x0046)
        );
        config.write(at(4), &[0xff; 4]);
        config.write(at(0x14), &[0xff; 4]);
        assert_eq!((word(&config, at(4)), word(&config, at(6))), (0, 0));
        assert_eq!(word(&config, at(0x14)), 0xf1c1);
    }

    #[test]
    fn a_function_reset_clears_what_was_written() {
        let mut config = Config::new(0x1021);
        assert_eq!(
            config.write(4, &[0x06, 0x04]),
            Some(Effect::BusMaster(true))
        );
        assert_eq!(
            config.write(DEVICE_CONTROL as u64, &[0x10, 0xa8]),
            Some(Effect::FunctionReset)
        );
        assert!(!config.is_bus_master());
        assert_eq!(word(&config, DEVICE_CONTROL as u64) >> 15, 0);
    }

    #[test]
    fn accesses_beyond_the_end_do_nothing() {
        let mut config = Config::new(0x1021);
        let mut data = [0; 4];
        config.read(CONFIG as u64 - 2, &mut data);
        assert_eq!(data, [0, 0, 0xff, 0xff]);
        assert_eq!(config.write(u64::MAX, &[0xff; 8]), None);
    }
}
