// SPDX-License-Identifier: GPL-2.0

//! What a user program's request looks like, and whose it is.
//!
//! Request and reply start with 16 bytes, big-endian (`mbox_in_hdr` and `mbox_out_hdr`). Firmware
//! tells contexts apart by the uid in the request, so a request leaves this driver only with the
//! uid of the file it came through.
//!
//! Pure: imports nothing from the kernel crate, and is tested on the host and in the guest.

#![forbid(unsafe_code)]

/// Bytes of the header of a request, and of a reply.
pub(crate) const HEADER_LEN: usize = 16;

/// The `uctx_cap` bit of a context that may use what firmware keeps for tools.
pub(crate) const CAP_TOOLS_RESOURCES: u32 = 1 << 2;

/// The part of a request's header that decides whether it may execute.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Request {
    /// The command.
    pub(crate) opcode: u16,
    /// The command's variant.
    pub(crate) op_mod: u16,
}

impl Request {
    /// Reads the header, or returns `None` if `bytes` is shorter than one.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        match bytes.first_chunk::<HEADER_LEN>()? {
            &[op_hi, op_lo, _, _, _, _, mod_hi, mod_lo, ..] => Some(Self {
                opcode: u16::from_be_bytes([op_hi, op_lo]),
                op_mod: u16::from_be_bytes([mod_hi, mod_lo]),
            }),
        }
    }
}

/// Makes `bytes` a request of context `uid`, whatever uid stood there. Nothing else changes.
///
/// Returns `None`, with nothing changed, if `bytes` is shorter than a header: such a request has no
/// owner and must not execute.
#[must_use = "a request that was not stamped must not execute"]
pub(crate) fn stamp_uid(bytes: &mut [u8], uid: u16) -> Option<()> {
    let [_, _, hi, lo, ..] = bytes.first_chunk_mut::<HEADER_LEN>()?;
    [*hi, *lo] = uid.to_be_bytes();
    Some(())
}

/// Returns the capabilities to ask for a file's context, given those the device offers.
pub(crate) const fn context_caps(offered: u32) -> u32 {
    offered & CAP_TOOLS_RESOURCES
}

/// Returns what a program is told about its context: uid and capabilities, in host byte order.
pub(crate) fn info(uid: u16, caps: u32) -> [u8; 8] {
    let [u0, u1, u2, u3] = u32::from(uid).to_ne_bytes();
    let [c0, c1, c2, c3] = caps.to_ne_bytes();
    [u0, u1, u2, u3, c0, c1, c2, c3]
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_mlx5_rpc))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    /// ACCESS_REG, read, register id 0x9020, with a uid the program made up.
    const GOLDEN: [u8; 20] = [
        0x08, 0x05, 0xbe, 0xef, 0xaa, 0xbb, 0x00, 0x01, 0x00, 0x00, 0x90, 0x20, 0x00, 0x00, 0x00,
        0x00, 0x11, 0x22, 0x33, 0x44,
    ];

    #[test]
    fn opcode_and_variant_are_read_where_they_stand() {
        let expected = Request {
            opcode: 0x0805,
            op_mod: 1,
        };
        assert_eq!(Request::parse(&GOLDEN), Some(expected));
    }

    #[test]
    fn a_request_shorter_than_its_header_is_none() {
        for len in 0..HEADER_LEN {
            assert!(Request::parse(GOLDEN.get(..len).unwrap_or(&GOLDEN)).is_none());
        }
        assert!(Request::parse(GOLDEN.get(..HEADER_LEN).unwrap_or(&[])).is_some());
    }

    #[test]
    fn stamping_replaces_the_uid_and_nothing_else() {
        for uid in [0, 1, 0x1234, u16::MAX] {
            let mut bytes = GOLDEN;
            assert!(stamp_uid(&mut bytes, uid).is_some());
            assert_eq!(u16::from_be_bytes([bytes[2], bytes[3]]), uid);
            assert_eq!(bytes[..2], GOLDEN[..2]);
            assert_eq!(bytes[4..], GOLDEN[4..]);
        }
    }

    #[test]
    fn a_short_request_is_neither_stamped_nor_changed() {
        for len in 0..HEADER_LEN {
            let mut bytes = GOLDEN;
            assert!(stamp_uid(&mut bytes[..len], 7).is_none());
            assert_eq!(bytes, GOLDEN);
        }
    }

    #[test]
    fn only_the_tools_capability_is_asked_for() {
        assert_eq!(context_caps(0), 0);
        assert_eq!(context_caps(0x4), 0x4);
        assert_eq!(context_caps(0xffff_fffb), 0);
        assert_eq!(context_caps(0xffff_ffff), 0x4);
    }

    #[test]
    fn info_is_two_words_in_host_order() {
        let [u0, u1, u2, u3, c0, c1, c2, c3] = info(0xfffe, 4);
        assert_eq!(u32::from_ne_bytes([u0, u1, u2, u3]), 0xfffe);
        assert_eq!(u32::from_ne_bytes([c0, c1, c2, c3]), 4);
    }
}
