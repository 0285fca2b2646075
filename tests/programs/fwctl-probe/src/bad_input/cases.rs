// SPDX-License-Identifier: GPL-2.0

//! The cases.

#![forbid(unsafe_code)]

use super::{case, result_name, tainting, Case, Check, InfoCall, RpcCall};
use crate::mlx5::wire::{ACCESS_REG, NOP, QUERY_HCA_CAP};
use crate::session::Session;
use auxcore_uapi::fwctl::{Number, INFO as INFO_NUMBER, MAX_RPC_LEN, RPC as RPC_NUMBER};
use auxcore_uapi::raw::{self, Tail};

/// A variant of QUERY_HCA_CAP that asks for a group no device has.
const NO_SUCH_GROUP: u16 = 0x7f << 1;

/// SET_DIAGNOSTIC_PARAMS, the one command that needs scope 2.
const SET_DIAGNOSTIC_PARAMS: u16 = 0x820;

/// Cases of INFO.
pub(super) const INFO: &[Case<InfoCall>] = &[
    case("info_good", "OK", |_| {}),
    case("info_size_zero", "EINVAL", |c| c.argument.size = 0),
    case("info_size_one_short", "EINVAL", |c| c.argument.size = 23),
    case("info_longer_and_zero", "OK", |c| {
        c.argument.size = 32;
        c.tail = Tail::zeroes(8);
    }),
    case("info_longer_and_not_zero", "E2BIG", |c| {
        c.argument.size = 32;
        c.tail = Tail::ones(8);
    }),
    case("info_flags", "EOPNOTSUPP", |c| c.argument.flags = 1),
    case("info_flags_high_bit", "EOPNOTSUPP", |c| {
        c.argument.flags = 1 << 31;
    }),
    case("info_data_unmapped", "EFAULT", |c| c.unmapped = true),
    case("info_no_room_is_enough", "OK", |c| {
        c.unmapped = true;
        c.argument.device_data_len = 0;
    }),
];

/// Cases of RPC.
pub(super) const RPC: &[Case<RpcCall>] = &[
    case("rpc_good", "OK", |_| {}),
    case("rpc_size_zero", "EINVAL", |c| c.argument.size = 0),
    case("rpc_size_one_short", "EINVAL", |c| c.argument.size = 31),
    case("rpc_longer_and_zero", "OK", |c| {
        c.argument.size = 40;
        c.tail = Tail::zeroes(8);
    }),
    case("rpc_longer_and_not_zero", "E2BIG", |c| {
        c.argument.size = 40;
        c.tail = Tail::ones(8);
    }),
    case("request_empty", "EMSGSIZE", |c| c.request_len(0)),
    case("request_one_below_header", "EMSGSIZE", |c| {
        c.request_len(15);
    }),
    case("request_just_a_header", "OK", |c| c.request_len(16)),
    case("request_longest", "OK", |c| c.request_len(MAX_RPC_LEN)),
    case("request_one_above_longest", "EMSGSIZE", |c| {
        c.request_len(MAX_RPC_LEN + 1);
    }),
    case("room_empty", "EMSGSIZE", |c| c.room(0)),
    case("room_one_below_header", "EMSGSIZE", |c| c.room(15)),
    case("room_just_a_header", "OK", |c| c.room(16)),
    case("room_longest", "OK", |c| c.room(MAX_RPC_LEN)),
    case("room_one_above_longest", "EMSGSIZE", |c| {
        c.room(MAX_RPC_LEN + 1);
    }),
    case("request_unmapped", "EFAULT", |c| c.request_unmapped = true),
    case("room_unmapped", "EFAULT", |c| c.reply_unmapped = true),
    case("scope_unknown", "EOPNOTSUPP", |c| c.argument.scope = 4),
    case("scope_highest_number", "EOPNOTSUPP", |c| {
        c.argument.scope = u32::MAX;
    }),
    case("scope_3_without_capability", "EPERM", |c| {
        c.argument.scope = 3;
        c.without_rawio = true;
    }),
    case("scope_1_without_capability", "OK", |c| {
        c.argument.scope = 1;
        c.without_rawio = true;
    }),
    case("length_is_checked_before_scope", "EMSGSIZE", |c| {
        c.argument.scope = 4;
        c.request_len(MAX_RPC_LEN + 1);
    }),
    case("header_is_checked_before_command", "EMSGSIZE", |c| {
        c.command(0xffff, 0);
        c.request_len(15);
    }),
    case("command_zero", "EBADMSG", |c| c.command(0, 0)),
    case("command_unknown", "EBADMSG", |c| c.command(0xffff, 0)),
    case("command_not_permitted_0x902", "EBADMSG", |c| {
        c.command(0x902, 0);
    }),
    case("command_bytes_swapped", "EBADMSG", |c| {
        c.command(QUERY_HCA_CAP.swap_bytes(), 0);
    }),
    case("create_uctx_scope_1", "EBADMSG", |c| {
        c.command(0xa04, 0);
        c.argument.scope = 1;
    }),
    tainting("create_uctx_scope_3", "EBADMSG", |c| {
        c.command(0xa04, 0);
        c.argument.scope = 3;
    }),
    tainting("destroy_uctx_scope_3", "EBADMSG", |c| {
        c.command(0xa06, 0);
        c.argument.scope = 3;
    }),
    tainting("teardown_hca_scope_3", "EBADMSG", |c| {
        c.command(0x103, 0);
        c.argument.scope = 3;
    }),
    tainting("manage_pages_scope_3", "EBADMSG", |c| {
        c.command(0x108, 0);
        c.argument.scope = 3;
    }),
    case("nop_scope_0", "EBADMSG", |c| c.command(NOP, 0)),
    case("nop_scope_1", "OK", |c| {
        c.command(NOP, 0);
        c.argument.scope = 1;
    }),
    case("register_read_scope_0", "EBADMSG", |c| {
        c.command(ACCESS_REG, 1);
    }),
    case("register_read_scope_1", "OK", |c| {
        c.command(ACCESS_REG, 1);
        c.argument.scope = 1;
    }),
    case("register_odd_variant_scope_0", "EBADMSG", |c| {
        c.command(ACCESS_REG, 0x100);
    }),
    case("register_write_scope_0", "OK", |c| c.command(ACCESS_REG, 0)),
    case("set_diagnostic_params_scope_0", "EBADMSG", |c| {
        c.command(SET_DIAGNOSTIC_PARAMS, 0);
    }),
    case("set_diagnostic_params_scope_1", "EBADMSG", |c| {
        c.command(SET_DIAGNOSTIC_PARAMS, 0);
        c.argument.scope = 1;
    }),
    tainting("set_diagnostic_params_scope_2", "OK", |c| {
        c.command(SET_DIAGNOSTIC_PARAMS, 0);
        c.argument.scope = 2;
    }),
    tainting("good_scope_2", "OK", |c| c.argument.scope = 2),
    tainting("good_scope_3", "OK", |c| c.argument.scope = 3),
];

/// Cases that are not one changed call.
pub(super) const CHECKS: &[Check] = &[
    ("ioctl_unknown_number", "ENOTTY", |s| {
        result_name(&raw::zeroes(s.device(), Number::new(2), 32))
    }),
    ("ioctl_highest_number", "ENOTTY", |s| {
        result_name(&raw::zeroes(s.device(), Number::new(255), 32))
    }),
    ("ioctl_with_a_size_encoded", "ENOTTY", |s| {
        result_name(&raw::zeroes(s.device(), Number::with_size(1, 3, 32), 32))
    }),
    ("ioctl_all_zero_rpc", "EMSGSIZE", |s| {
        result_name(&raw::zeroes(s.device(), RPC_NUMBER, 32))
    }),
    ("info_argument_unmapped", "EFAULT", |s| {
        result_name(&raw::unmapped(s.device(), INFO_NUMBER))
    }),
    ("rpc_argument_unmapped", "EFAULT", |s| {
        result_name(&raw::unmapped(s.device(), RPC_NUMBER))
    }),
    (
        "info_fills_longer_room_with_zeroes",
        "8 bytes",
        info_padding,
    ),
    (
        "a_refusal_by_firmware_is_a_response",
        "refused, 4112 bytes",
        |s| {
            status_of(s, |c| {
                c.command(QUERY_HCA_CAP, NO_SUCH_GROUP);
                c.room(4112);
            })
        },
    ),
    ("a_foreign_uid_is_replaced", "accepted, 272 bytes", |s| {
        status_of(s, |c| {
            if let Some([hi, lo]) = c.request.get_mut(2..4) {
                (*hi, *lo) = (0xff, 0xfe);
            }
        })
    }),
    (
        "a_reply_into_the_request_s_memory",
        "accepted, 272 bytes",
        |s| status_of(s, |c| c.request_len(272)),
    ),
    ("the_device_still_answers", "accepted, 272 bytes", |s| {
        status_of(s, |_| {})
    }),
];

/// Asks INFO for more data than there is.
fn info_padding(session: &Session) -> String {
    let mut call = InfoCall::good();
    call.data = vec![0xff; 64];
    call.argument.device_data_len = 64;
    if let Err(error) = call.run(session.device()) {
        return error.to_string();
    }
    if call.data.iter().skip(8).any(|byte| *byte != 0) {
        return "bytes of the room are left as they were".to_owned();
    }
    format!("{} bytes", call.argument.device_data_len)
}

/// Makes a good call with a change, and tells what firmware said and how long the reply is.
fn status_of(session: &Session, change: fn(&mut RpcCall)) -> String {
    let mut call = RpcCall::good();
    change(&mut call);
    if let Err(error) = call.run(session.device()) {
        return error.to_string();
    }
    let said = match call.reply.first() {
        Some(0) => "accepted",
        Some(_) => "refused",
        None => "nothing",
    };
    format!("{said}, {} bytes", call.argument.out_len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_case_has_a_name_of_its_own() {
        let names: Vec<_> = INFO
            .iter()
            .map(|case| case.name)
            .chain(RPC.iter().map(|case| case.name))
            .chain(CHECKS.iter().map(|check| check.0))
            .collect();
        let unique: BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
    }

    #[test]
    fn a_case_changes_the_good_call() {
        for case in RPC.iter().filter(|case| case.name != "rpc_good") {
            let mut call = RpcCall::good();
            (case.change)(&mut call);
            let good = RpcCall::good();
            let same = call.request == good.request
                && call.argument.in_len == good.argument.in_len
                && call.argument.out_len == good.argument.out_len
                && call.argument.size == good.argument.size
                && call.argument.scope == good.argument.scope
                && call.request_unmapped == good.request_unmapped
                && call.reply_unmapped == good.reply_unmapped;
            assert!(
                !same || case.name == "request_just_a_header",
                "{}",
                case.name
            );
        }
    }

    #[test]
    fn lengths_name_no_more_memory_than_there_is() {
        for case in RPC {
            let mut call = RpcCall::good();
            (case.change)(&mut call);
            assert!(call.request.len() >= usize::try_from(call.argument.in_len).unwrap());
            assert!(call.reply.len() >= usize::try_from(call.argument.out_len).unwrap());
        }
    }
}
