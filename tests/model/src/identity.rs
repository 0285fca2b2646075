// SPDX-License-Identifier: GPL-2.0
//! Who the device says it is.
#![forbid(unsafe_code)]

/// A firmware version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Major, 8 bits in the version word of MCQI.
    pub major: u8,
    /// Minor, 8 bits in the version word of MCQI.
    pub minor: u8,
    /// Sub-minor.
    pub sub: u16,
}

impl Version {
    /// Reads `MAJ.MIN.SUB`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let version = Self {
            major: parts.next()?.parse().ok()?,
            minor: parts.next()?.parse().ok()?,
            sub: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(version)
    }

    /// Returns the version word of MCQI.
    pub fn word(self) -> u32 {
        (u32::from(self.major) << 24) | (u32::from(self.minor) << 16) | u32::from(self.sub)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{:04}", self.major, self.minor, self.sub)
    }
}

/// The identity of a function.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Running firmware.
    pub fw: Version,
    /// PCI device id.
    pub device_id: u16,
    /// Board id, at most 16 characters.
    pub psid: String,
    /// Node description, at most 64 characters.
    pub node_desc: String,
    /// Node and system image GUID; the MAC address is its first and last three bytes.
    pub guid: u64,
}

impl Identity {
    /// Returns the identity of a device that is told apart by `seed`.
    pub fn new(seed: &str) -> Self {
        // FNV-1a; the upper 40 bits of the GUID are a vendor prefix as real cards have it.
        let hash = seed.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)
        });
        Self {
            fw: Version {
                major: 28,
                minor: 43,
                sub: 1002,
            },
            device_id: 0x1021,
            psid: "MT_AUXCORE_0001".into(),
            node_desc: "auxcore ConnectX model".into(),
            guid: 0xb83f_d2ff_fe00_0000 | (hash ^ (hash >> 24)) & 0xff_ffff,
        }
    }

    /// Returns the number of the chip, by which recovery mode and management programs know the device.
    pub fn hw_id(&self) -> u16 {
        match self.device_id {
            0x1017 | 0x1019 => 0x20d,
            0x101b => 0x20f,
            0x101d => 0x212,
            0x101f => 0x216,
            0x1023 => 0x21e,
            _ => 0x218,
        }
    }

    /// Returns the permanent MAC address.
    pub fn mac(&self) -> u64 {
        (self.guid >> 40 << 24) | self.guid & 0xff_ffff
    }

    /// Returns the board id as the 16 bytes the device reports.
    pub fn psid_bytes(&self) -> [u8; 16] {
        padded(&self.psid)
    }

    /// Returns the node description as the 64 bytes the device reports.
    pub fn node_desc_bytes(&self) -> [u8; 64] {
        padded(&self.node_desc)
    }
}

fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    for (to, from) in bytes.iter_mut().zip(text.bytes()) {
        *to = from;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_three_numbers_that_fit() {
        assert_eq!(
            Version::parse("28.43.1002"),
            Some(Version {
                major: 28,
                minor: 43,
                sub: 1002
            })
        );
        for bad in [
            "",
            "28",
            "28.43",
            "28.43.1002.1",
            "256.1.1",
            "1.1.65536",
            "a.b.c",
            "-1.2.3",
        ] {
            assert_eq!(Version::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn two_seeds_give_two_addresses_of_one_vendor() {
        let (one, two) = (Identity::new("mlx0.sock"), Identity::new("mlx1.sock"));
        assert_ne!(one.guid, two.guid);
        assert_ne!(one.mac(), two.mac());
        assert_eq!(one.mac() >> 24, two.mac() >> 24);
        assert_eq!(
            (one.mac() >> 40) & 1,
            0,
            "the address is not a group address"
        );
    }
}
