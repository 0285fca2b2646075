// SPDX-License-Identifier: GPL-2.0

//! What the mlx5 device type adds to the fwctl interface.

#![forbid(unsafe_code)]

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Bytes of the header of every request and every response.
pub const HEADER_LEN: usize = 16;

/// The `uctx_caps` bit of a context that may use what firmware keeps for tools.
pub const CAP_TOOLS_RESOURCES: u32 = 1 << 2;

/// The device data of an mlx5 device.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct Info {
    /// The firmware context of this open file. Every request carries it, whatever was written there.
    pub uid: u32,
    /// What the context may do.
    pub uctx_caps: u32,
}

impl Info {
    /// Reads the device data; a longer one comes from a later kernel and starts the same.
    pub fn parse(data: &[u8]) -> Option<Self> {
        Self::read_from_prefix(data).ok().map(|(info, _)| info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn info_has_the_layout_of_the_interface() {
        assert_eq!(size_of::<Info>(), 8);
        assert_eq!(std::mem::offset_of!(Info, uctx_caps), 4);
    }

    #[test]
    fn info_is_read_in_host_order_and_may_be_longer() {
        let mut data = [0; 12];
        data[..4].copy_from_slice(&7_u32.to_ne_bytes());
        data[4..8].copy_from_slice(&4_u32.to_ne_bytes());
        let expected = Info {
            uid: 7,
            uctx_caps: 4,
        };
        assert_eq!(Info::parse(&data), Some(expected));
        assert_eq!(Info::parse(&data[..7]), None);
    }
}
