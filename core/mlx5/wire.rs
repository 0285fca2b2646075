// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Commands of the ConnectX firmware interface, as bytes. Pure.
//!
//! Source of opcodes and layouts: `include/linux/mlx5/mlx5_ifc.h` of Linux 7.3, structs named after
//! the functions here.

use super::bits::{be32, put_be32, put_be64, Field};

/// Opcodes used by the core itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u16)]
pub(crate) enum Opcode {
    QueryHcaCap = 0x100,
    QueryAdapter = 0x101,
    InitHca = 0x102,
    TeardownHca = 0x103,
    EnableHca = 0x104,
    DisableHca = 0x105,
    QueryPages = 0x107,
    ManagePages = 0x108,
    SetHcaCap = 0x109,
    QueryIssi = 0x10a,
    SetIssi = 0x10b,
    CreateEq = 0x301,
    DestroyEq = 0x302,
    AllocUar = 0x802,
    DeallocUar = 0x803,
    AccessReg = 0x805,
    CreateUctx = 0xa04,
    DestroyUctx = 0xa06,
}

/// Bytes of a command or reply that travel in the slot itself; also the length of the shortest
/// command and reply.
pub(crate) const INLINE: usize = 16;

/// A command that fits in the slot.
pub(crate) type Short = [u8; INLINE];

/// Returns a command of 16 bytes: the header and the two words behind it.
pub(crate) fn short(opcode: Opcode, op_mod: u16, word8: u32, word12: u32) -> Short {
    let mut command = [0; INLINE];
    header(&mut command, opcode, op_mod);
    put_be32(&mut command, 8, word8);
    put_be32(&mut command, 12, word12);
    command
}

/// Writes the header of a kernel command (uid 0).
pub(crate) fn header(command: &mut [u8], opcode: Opcode, op_mod: u16) {
    put_be32(command, 0, u32::from(opcode as u16) << 16); // CAST: the enum is `repr(u16)`.
    put_be32(command, 4, u32::from(op_mod));
}

/// What QUERY_PAGES and MANAGE_PAGES are about.
pub(crate) mod pages {
    /// QUERY_PAGES: pages needed before the capabilities are set.
    pub(crate) const BOOT: u16 = 1;
    /// QUERY_PAGES: pages needed before INIT_HCA.
    pub(crate) const INIT: u16 = 2;
    /// MANAGE_PAGES: the host has none to give.
    pub(crate) const CANT_GIVE: u16 = 0;
    /// MANAGE_PAGES: the host gives pages.
    pub(crate) const GIVE: u16 = 1;
    /// MANAGE_PAGES: the host takes pages back.
    pub(crate) const TAKE: u16 = 2;
}

/// Writes the fixed part of MANAGE_PAGES.
pub(crate) fn manage_pages(command: &mut [u8], op_mod: u16, function: u16, count: u32) {
    header(command, Opcode::ManagePages, op_mod);
    put_be32(command, 8, u32::from(function));
    put_be32(command, 12, count);
}

/// Bytes before the page list in CREATE_EQ.
pub(crate) const CREATE_EQ_LEN: usize = 0x110;

/// Parameters of CREATE_EQ.
pub(crate) struct EqParams {
    /// Log2 of the number of entries.
    pub(crate) log_size: u32,
    /// UAR page whose doorbell moves the consumer index.
    pub(crate) uar: u32,
    /// MSI-X table index.
    pub(crate) vector: u32,
    /// Events that go to this queue, one bit per type.
    pub(crate) events: u64,
}

/// Writes CREATE_EQ with `pages` as its page list; `command` is [`CREATE_EQ_LEN`] and eight bytes
/// for each page.
pub(crate) fn create_eq(command: &mut [u8], eq: &EqParams, pages: impl Iterator<Item = u64>) {
    const CONTEXT: usize = 0x10;
    header(command, Opcode::CreateEq, 0);
    Field::new(CONTEXT + 0xc, 28, 24).set(command, eq.log_size);
    Field::new(CONTEXT + 0xc, 23, 0).set(command, eq.uar);
    Field::new(CONTEXT + 0x14, 11, 0).set(command, eq.vector);
    put_be64(command, 0x58, eq.events);
    for (i, page) in pages.enumerate() {
        put_be64(command, CREATE_EQ_LEN + 8 * i, page);
    }
}

/// Length of CREATE_UCTX.
pub(crate) const CREATE_UCTX_LEN: usize = 0x40;

/// Returns CREATE_UCTX for a context with the capabilities `caps`.
pub(crate) fn create_uctx(caps: u32) -> [u8; CREATE_UCTX_LEN] {
    let mut command = [0; CREATE_UCTX_LEN];
    header(&mut command, Opcode::CreateUctx, 0);
    put_be32(&mut command, 0x10, caps);
    command
}

/// Bytes before the register data in ACCESS_REG and its reply.
pub(crate) const ACCESS_REG_LEN: usize = 0x10;

/// Writes the fixed part of a write of register `id` through ACCESS_REG.
pub(crate) fn write_register(command: &mut [u8], id: u16) {
    header(command, Opcode::AccessReg, 0);
    put_be32(command, 8, u32::from(id));
}

/// Firmware's verdict on a command: reply byte 0 and the syndrome word behind it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Status {
    /// Zero is success.
    pub(crate) code: u8,
    /// Free diagnostic value.
    pub(crate) syndrome: u32,
}

impl Status {
    /// Reads the status of `reply`.
    pub(crate) fn of(reply: &[u8]) -> Self {
        // A reply without even a status byte is no success.
        Self {
            code: reply.first().copied().unwrap_or(u8::MAX),
            syndrome: be32(reply, 4),
        }
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_mlx5_wire))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    #[test]
    fn a_short_command_has_its_words_in_place() {
        let bytes = short(Opcode::SetIssi, 0, 1, 0);
        assert_eq!(
            bytes,
            [0x01, 0x0b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
        );
    }

    #[test]
    fn create_eq_puts_every_field_where_the_device_reads_it() {
        let mut bytes = [0u8; CREATE_EQ_LEN + 16];
        let eq = EqParams {
            log_size: 8,
            uar: 5,
            vector: 3,
            events: 1 << 0xa,
        };
        create_eq(&mut bytes, &eq, [0x1000, 0x2000].into_iter());
        assert_eq!(bytes[..4], [0x03, 0x01, 0, 0]);
        assert_eq!(be32(&bytes, 0x1c), 8 << 24 | 5);
        assert_eq!(be32(&bytes, 0x24), 3);
        assert_eq!((be32(&bytes, 0x58), be32(&bytes, 0x5c)), (0, 0x400));
        assert_eq!((be32(&bytes, 0x114), be32(&bytes, 0x11c)), (0x1000, 0x2000));
    }

    #[test]
    fn an_empty_reply_is_not_a_success() {
        assert!(Status::of(&[]).code != 0);
        assert_eq!(
            Status::of(&[2, 0, 0, 0, 0, 0, 1, 0]),
            Status {
                code: 2,
                syndrome: 0x100
            }
        );
    }
}
