// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Which functions the user gave to a driver. Pure.
//!
//! A driver that shares its ids with another one takes only what is named in a parameter of its
//! module, so that installing it takes nothing away from anybody.

/// Returns whether the comma-separated list in `parameter` names the function at `address`
/// (`dddd:bb:dd.f`). The list ends at the first zero. Spaces and the newline of a parameter written
/// by `echo` do not count, nor does the case of hexadecimal digits.
pub fn lists(parameter: &[u8], address: &[u8]) -> bool {
    let list = parameter.split(|&b| b == 0).next().unwrap_or_default();
    list.split(|&b| b == b',')
        .any(|item| item.trim_ascii().eq_ignore_ascii_case(address))
        && !address.is_empty()
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_claim))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    #[test]
    fn only_whole_addresses_match() {
        let list = b"0000:01:00.0, 0000:0A:00.1\n";
        assert!(lists(list, b"0000:01:00.0"));
        assert!(lists(list, b"0000:0a:00.1"));
        assert!(!lists(list, b"0000:01:00"));
        assert!(!lists(list, b"0000:0a:00.10"));
        assert!(!lists(list, b"01:00.0"));
    }

    #[test]
    fn what_stands_behind_the_list_does_not_count() {
        let buffer = b"0000:01:00.0\0,0000:02:00.0,\0";
        assert!(lists(buffer, b"0000:01:00.0"));
        assert!(!lists(buffer, b"0000:02:00.0"));
        assert!(!lists(&[0; 8], b"0000:01:00.0"));
    }

    #[test]
    fn an_empty_list_claims_nothing() {
        assert!(!lists(b"", b"0000:01:00.0"));
        assert!(!lists(b",,", b""));
    }
}
