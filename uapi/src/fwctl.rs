// SPDX-License-Identifier: GPL-2.0

//! The fwctl ioctls: structures, numbers and limits.

#![forbid(unsafe_code)]

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The ioctl type byte of the subsystem.
pub const TYPE: u8 = 0x9a;

/// The longest request, and the longest room for a response, in bytes.
pub const MAX_RPC_LEN: u32 = 2 << 20;

/// An ioctl number of the subsystem's type. No other device of the system answers to it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Number(u32);

impl Number {
    /// Returns the number of command `nr` without a direction or size, as all fwctl commands are.
    pub const fn new(nr: u8) -> Self {
        Self::with_size(nr, 0, 0)
    }

    /// Returns a number with `direction` (two bits) and `size` (14 bits) encoded.
    pub const fn with_size(nr: u8, direction: u8, size: u16) -> Self {
        // CAST: widening only; const functions have no `from`.
        #[allow(clippy::cast_lossless)]
        let fields = (
            (direction & 3) as u32,
            (size & 0x3fff) as u32,
            TYPE as u32,
            nr as u32,
        );
        Self((fields.0 << 30) | (fields.1 << 16) | (fields.2 << 8) | fields.3)
    }

    /// Returns the number as the system call takes it.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// Asks what the device is.
pub const INFO: Number = Number::new(0);

/// Executes a remote procedure call in the device's firmware.
pub const RPC: Number = Number::new(1);

/// The argument of [`INFO`].
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct InfoArgument {
    /// Bytes of this structure.
    pub size: u32,
    /// Must be 0.
    pub flags: u32,
    /// Out: the device type, see [`DeviceType`].
    pub out_device_type: u32,
    /// In: room for the device data. Out: how long it is.
    pub device_data_len: u32,
    /// Address of the room.
    pub out_device_data: u64,
}

/// The argument of [`RPC`].
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct RpcArgument {
    /// Bytes of this structure.
    pub size: u32,
    /// What the request may do, see [`Scope`].
    pub scope: u32,
    /// Bytes of the request.
    pub in_len: u32,
    /// In: room for the response. Out: how long it is.
    pub out_len: u32,
    /// Address of the request.
    pub input: u64,
    /// Address of the room.
    pub output: u64,
}

/// What a request may do.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum Scope {
    /// Read and write device configuration.
    Configuration = 0,
    /// Read debug information.
    DebugReadOnly = 1,
    /// Write debug state; taints the kernel.
    DebugWrite = 2,
    /// Write everything; taints the kernel and needs `CAP_SYS_RAWIO`.
    DebugWriteFull = 3,
}

impl Scope {
    /// Every scope, lowest first.
    pub const ALL: [Self; 4] = [
        Self::Configuration,
        Self::DebugReadOnly,
        Self::DebugWrite,
        Self::DebugWriteFull,
    ];

    /// Returns the scope of a number.
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.number() == number)
    }

    /// Returns the scope's number.
    pub const fn number(self) -> u32 {
        // CAST: the discriminants are the numbers.
        self as u32
    }
}

/// What format the device's requests and data have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DeviceType {
    /// NVIDIA ConnectX.
    Mlx5,
    /// CXL.
    Cxl,
    /// Broadcom NetXtreme.
    Bnxt,
    /// AMD Pensando.
    Pds,
    /// Not known to this crate.
    Unknown(u32),
}

impl DeviceType {
    /// Returns the type of a number.
    pub const fn from_number(number: u32) -> Self {
        match number {
            1 => Self::Mlx5,
            2 => Self::Cxl,
            3 => Self::Bnxt,
            4 => Self::Pds,
            other => Self::Unknown(other),
        }
    }

    /// Returns the type's number.
    pub const fn number(self) -> u32 {
        match self {
            Self::Mlx5 => 1,
            Self::Cxl => 2,
            Self::Bnxt => 3,
            Self::Pds => 4,
            Self::Unknown(number) => number,
        }
    }

    /// Returns the type's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mlx5 => "mlx5",
            Self::Cxl => "cxl",
            Self::Bnxt => "bnxt",
            Self::Pds => "pds",
            Self::Unknown(_) => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{align_of, offset_of, size_of};

    #[test]
    fn info_argument_has_the_layout_of_the_interface() {
        assert_eq!(size_of::<InfoArgument>(), 24);
        assert_eq!(align_of::<InfoArgument>(), 8);
        assert_eq!(offset_of!(InfoArgument, flags), 4);
        assert_eq!(offset_of!(InfoArgument, out_device_type), 8);
        assert_eq!(offset_of!(InfoArgument, device_data_len), 12);
        assert_eq!(offset_of!(InfoArgument, out_device_data), 16);
    }

    #[test]
    fn rpc_argument_has_the_layout_of_the_interface() {
        assert_eq!(size_of::<RpcArgument>(), 32);
        assert_eq!(align_of::<RpcArgument>(), 8);
        assert_eq!(offset_of!(RpcArgument, scope), 4);
        assert_eq!(offset_of!(RpcArgument, in_len), 8);
        assert_eq!(offset_of!(RpcArgument, out_len), 12);
        assert_eq!(offset_of!(RpcArgument, input), 16);
        assert_eq!(offset_of!(RpcArgument, output), 24);
    }

    #[test]
    fn rpc_argument_bytes_are_the_fields_in_order() {
        let argument = RpcArgument {
            size: 0x0403_0201,
            scope: 0x0807_0605,
            in_len: 0x0c0b_0a09,
            out_len: 0x100f_0e0d,
            input: 0x1817_1615_1413_1211,
            output: 0x201f_1e1d_1c1b_1a19,
        };
        let expected: Vec<u8> = (1..=32).collect();
        if cfg!(target_endian = "little") {
            assert_eq!(argument.as_bytes(), expected);
        }
    }

    #[test]
    fn numbers_are_those_of_the_interface() {
        assert_eq!(INFO.get(), 0x9a00);
        assert_eq!(RPC.get(), 0x9a01);
        assert_eq!(Number::with_size(1, 3, 32).get(), 0xc020_9a01);
        assert_eq!(Number::with_size(255, 255, u16::MAX).get(), 0xffff_9aff);
    }

    #[test]
    fn scopes_and_types_round_trip() {
        for (index, scope) in (0..).zip(Scope::ALL) {
            assert_eq!(scope.number(), index);
            assert_eq!(Scope::from_number(index), Some(scope));
        }
        assert_eq!(Scope::from_number(4), None);
        for number in 0..8 {
            assert_eq!(DeviceType::from_number(number).number(), number);
        }
        assert_eq!(DeviceType::from_number(0), DeviceType::Unknown(0));
        assert_eq!(DeviceType::from_number(4), DeviceType::Pds);
    }
}
