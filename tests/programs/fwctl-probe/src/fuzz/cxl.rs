// SPDX-License-Identifier: GPL-2.0

//! Requests for a CXL memory device.

#![forbid(unsafe_code)]

use super::random::Random;
use super::vendor::Vendor;
use crate::error::Error;
use auxcore_uapi::cxl::{self, Entry, GetRequest, ListRequest, SetRequest};
use auxcore_uapi::Device;
use std::fs;
use std::path::Path;
use zerocopy::{FromBytes, IntoBytes};

/// Subsystem vendor and number of what QEMU emulates after existing hardware (QEMU's
/// `docs/specs/pci-ids.rst`). Hardware has its maker's, also where it is handed to a guest.
const EMULATED: [&str; 2] = ["0x1af4", "0x1100"];

/// A memory device that QEMU emulates, and its features.
#[derive(Debug)]
pub(crate) struct Cxl {
    features: Vec<Entry>,
}

impl Cxl {
    /// Makes sure that a device is emulated, by the subsystem of the PCI function it belongs to: a
    /// real one could be damaged.
    pub(crate) fn of(device: Device) -> Result<Self, Error> {
        let subsystem = device.parent().and_then(|parent| subsystem(&parent));
        match subsystem {
            Some(ids) if ids == EMULATED => Ok(Self {
                features: crate::cxl::features_of(device)?,
            }),
            other => Err(Error::RealDevice(
                other.map_or_else(String::new, |ids| ids.join(":")),
            )),
        }
    }

    /// Returns one of the features; one without a name if there is none.
    fn feature(&self, random: &mut Random) -> Entry {
        let count = u16::try_from(self.features.len()).unwrap_or(u16::MAX);
        let index = usize::from(random.below(count));
        let mut entry = self.features.get(index).copied().unwrap_or_default();
        if random.below(12) == 0 {
            random.fill(&mut entry.uuid.0);
        }
        entry
    }

    fn list(&self, random: &mut Random) -> Vec<u8> {
        let count = u16::try_from(self.features.len()).unwrap_or(u16::MAX);
        let request = ListRequest {
            count: match random.below(8) {
                0 => u32::from(random.word()) << 16,
                _ => u32::from(random.below(600)),
            }
            .into(),
            start: random.below(count.saturating_add(2)).into(),
            ..ListRequest::default()
        };
        request.as_bytes().to_vec()
    }

    fn get(&self, random: &mut Random) -> Vec<u8> {
        let feature = self.feature(random);
        let request = GetRequest {
            uuid: feature.uuid,
            offset: match random.below(16) {
                0 => random.word(),
                1..=4 => random.below(32),
                _ => 0,
            }
            .into(),
            count: match random.below(16) {
                0 => random.word(),
                1..=3 => random.below(64),
                _ => feature.get_size.get(),
            }
            .into(),
            selection: match random.below(8) {
                0 => random.byte(),
                1 => 1,
                2 => 2,
                _ => 0,
            },
        };
        request.as_bytes().to_vec()
    }

    fn set(&self, random: &mut Random) -> Vec<u8> {
        let feature = self.feature(random);
        let header = SetRequest {
            uuid: feature.uuid,
            flags: match random.below(4) {
                0 => u32::from(random.word()),
                _ => 0,
            }
            .into(),
            offset: match random.below(4) {
                0 => random.below(32),
                _ => 0,
            }
            .into(),
            version: match random.below(4) {
                0 => random.byte(),
                _ => feature.set_version,
            },
            ..SetRequest::default()
        };
        let mut value = vec![0; usize::from(random.below(64))];
        random.fill(&mut value);
        [header.as_bytes(), &value].concat()
    }
}

impl Vendor for Cxl {
    fn results(&self) -> &'static [&'static str] {
        &[
            "OK",
            "EMSGSIZE",
            "EFAULT",
            "EINVAL",
            "E2BIG",
            "EOPNOTSUPP",
            "ENOTTY",
            // What is the kernel's alone, in the scope that would do for another feature.
            "EPERM",
        ]
    }

    fn request(&self, random: &mut Random) -> Vec<u8> {
        let (opcode, mut payload) = match random.below(32) {
            0 => (random.word(), self.get(random)),
            1 => (0x0500 | random.below(16), self.set(random)),
            2..=4 => (cxl::GET_SUPPORTED_FEATURES, self.list(random)),
            5..=26 => (cxl::GET_FEATURE, self.get(random)),
            _ => (cxl::SET_FEATURE, self.set(random)),
        };
        match random.below(32) {
            0 => payload.truncate(usize::from(random.below(40))),
            1 => payload.resize(payload.len() + usize::from(random.below(2000)), 0xee),
            _ => {}
        }
        let mut header = cxl::RequestHeader::new(opcode, &payload).unwrap_or_default();
        match random.below(64) {
            0 => header.op_size = header.op_size.wrapping_sub(1),
            1 => header.op_size += 1,
            2 => header.op_size = u32::from(random.word()) << random.below(17),
            3 => header.opcode |= u32::from(random.word()) << 16,
            4 => header.flags = u32::from(random.word()),
            5 => header.reserved = u32::from(random.word()),
            _ => {}
        }
        let mut request = [header.as_bytes(), &payload].concat();
        if random.below(64) == 0 {
            request.truncate(usize::from(random.below(20)));
        }
        request
    }

    /// The list of features the driver has from bring-up.
    fn is_for_firmware(&self, request: &[u8]) -> bool {
        cxl::RequestHeader::read_from_prefix(request)
            .is_ok_and(|(header, _)| header.opcode != u32::from(cxl::GET_SUPPORTED_FEATURES))
    }
}

/// Returns subsystem vendor and number of the PCI function at `dir`, or nearest above it.
fn subsystem(dir: &Path) -> Option<[String; 2]> {
    let read = |dir: &Path, name| Some(fs::read_to_string(dir.join(name)).ok()?.trim().to_owned());
    let read = |dir| {
        Some([
            read(dir, "subsystem_vendor")?,
            read(dir, "subsystem_device")?,
        ])
    };
    dir.ancestors().find_map(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use auxcore_uapi::cxl::Uuid;

    fn device() -> Cxl {
        let feature = |byte| Entry {
            uuid: Uuid([byte; 16]),
            get_size: 4.into(),
            ..Entry::default()
        };
        Cxl {
            features: (1..=8).map(feature).collect(),
        }
    }

    fn opcode(request: &[u8]) -> Option<u32> {
        let (header, _) = cxl::RequestHeader::read_from_prefix(request).ok()?;
        Some(header.opcode)
    }

    #[test]
    fn requests_are_of_every_kind_and_mostly_whole() {
        let (device, mut random) = (device(), Random::new(1));
        let requests: Vec<_> = (0..4000).map(|_| device.request(&mut random)).collect();
        for wanted in [0x500, 0x501, 0x502] {
            assert!(requests.iter().any(|r| opcode(r) == Some(wanted)));
        }
        assert!(requests.iter().any(|r| opcode(r).is_none()));
        assert!(requests.iter().any(|r| opcode(r) > Some(0xffff)));
        let whole = |request: &&Vec<u8>| {
            let header = cxl::RequestHeader::read_from_prefix(request.as_slice());
            header.is_ok_and(|(header, rest)| usize::try_from(header.op_size) == Ok(rest.len()))
        };
        assert!(requests.iter().filter(whole).count() * 10 > requests.len() * 9);
    }

    #[test]
    fn what_the_driver_lists_is_not_from_firmware() {
        let of = |opcode| {
            let header = cxl::RequestHeader::new(opcode, &[]).unwrap_or_default();
            device().is_for_firmware(header.as_bytes())
        };
        assert!(of(cxl::GET_FEATURE) && of(cxl::SET_FEATURE));
        assert!(!of(cxl::GET_SUPPORTED_FEATURES));
        assert!(!device().is_for_firmware(&[]));
    }

    #[test]
    fn a_directory_that_belongs_to_no_function_has_no_subsystem() {
        assert_eq!(subsystem(Path::new("/proc/self")), None);
    }
}
