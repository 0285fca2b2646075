// SPDX-License-Identifier: GPL-2.0
//! The two results of a command: was it delivered, and what did firmware say.
#![forbid(unsafe_code)]

/// Delivery status, bits 7:1 of the last byte of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs, reason = "The names are the hardware's own")]
pub enum Delivery {
    Ok = 0x0,
    Signature = 0x1,
    Token = 0x2,
    BlockNumber = 0x3,
    OutputPointer = 0x4,
    InputPointer = 0x5,
    Internal = 0x6,
    InputLength = 0x7,
    OutputLength = 0x8,
    ReservedNotZero = 0x9,
    CommandType = 0x10,
}

impl Delivery {
    /// Returns the code as it stands in a slot's last byte, ownership given back to software.
    pub fn code(self) -> u8 {
        (self as u8) << 1
    }
}

/// Command status, the first byte of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs, reason = "The names are the hardware's own")]
pub enum Status {
    Ok = 0x0,
    InternalErr = 0x1,
    BadOp = 0x2,
    BadParam = 0x3,
    BadSysState = 0x4,
    BadResource = 0x5,
    ResourceBusy = 0x6,
    NotReady = 0x7,
    ExceedLim = 0x8,
    BadResState = 0x9,
    BadIndex = 0xa,
    NoResources = 0xf,
    BadInputLen = 0x50,
    BadOutputLen = 0x51,
}

/// Returns the name of a status byte.
pub fn status_name(code: u8) -> &'static str {
    match code {
        0x00 => "OK",
        0x01 => "INTERNAL_ERR",
        0x02 => "BAD_OP",
        0x03 => "BAD_PARAM",
        0x04 => "BAD_SYS_STATE",
        0x05 => "BAD_RESOURCE",
        0x06 => "RESOURCE_BUSY",
        0x07 => "NOT_READY",
        0x08 => "EXCEED_LIM",
        0x09 => "BAD_RES_STATE",
        0x0a => "BAD_INDEX",
        0x0f => "NO_RESOURCES",
        0x10 => "BAD_QP_STATE",
        0x30 => "BAD_PKT",
        0x40 => "BAD_SIZE_OUTS_CQES",
        0x50 => "BAD_INPUT_LEN",
        0x51 => "BAD_OUTPUT_LEN",
        _ => "unknown status",
    }
}
