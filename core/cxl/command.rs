// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The commands of the mailbox that the driver sends. Pure.
//!
//! Source: CXL 3.1, "Component Command Interface".

/// A command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u16)]
pub(crate) enum Opcode {
    GetSupportedLogs = 0x0400,
    GetLog = 0x0401,
    GetSupportedFeatures = 0x0500,
    GetFeature = 0x0501,
    SetFeature = 0x0502,
    Identify = 0x4000,
}

impl Opcode {
    /// Returns the command that user programs may ask for by this number, if there is one.
    pub(crate) fn of_programs(number: u32) -> Option<Self> {
        [
            Self::GetSupportedFeatures,
            Self::GetFeature,
            Self::SetFeature,
        ]
        .into_iter()
        .find(|opcode| *opcode as u32 == number) // CAST: a wider type.
    }
}

/// Bytes of the reply to Identify Memory Device.
pub(crate) const IDENTIFY_LEN: usize = 0x43;

/// Return code of a command that succeeded; all others are refusals, the begin of a background
/// operation among them: no command that the driver sends may begin one.
pub(crate) const SUCCESS: u16 = 0;

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_cxl_command))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    #[test]
    fn programs_may_ask_for_features_and_nothing_else() {
        for number in (0..=0xffff).chain([0x1_0500, 0x1_0502, u32::MAX]) {
            let known = matches!(number, 0x500..=0x502);
            assert_eq!(Opcode::of_programs(number).is_some(), known);
        }
    }
}
