// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! How much one command moves. Data only. Pure.

use super::feature::SET_LEN;

/// The most bytes of payload a command of ours has, in each direction.
pub(crate) const MOST_PAYLOAD: usize = 1024;
/// The most bytes of a feature's value that a command of ours sets.
pub(crate) const MOST_SET: usize = MOST_PAYLOAD - SET_LEN;
