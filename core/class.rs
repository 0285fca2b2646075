// SPDX-License-Identifier: GPL-2.0

//! Class contracts: what the generic core and the consumers of one class agree on.
//!
//! A contract is a name on the auxiliary bus, the registration data a child of that class carries,
//! and the trait a vendor implements for it. No class code stands here: that is in the consumers.

#![forbid(unsafe_code)]

pub mod datapath;
pub mod fwctl;
