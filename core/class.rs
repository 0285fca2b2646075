// SPDX-License-Identifier: GPL-2.0

//! Class contracts: what the generic core and the consumers of one class agree on.
//!
//! A contract is a name on the auxiliary bus, the registration data a child of that class carries,
//! and the trait a vendor implements for it. No class code stands here: that is in the consumers.

#![forbid(unsafe_code)]

pub mod datapath;
pub mod fwctl;

/// The kind of service that a child is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Class {
    /// Network interfaces.
    Netdev,
    /// RDMA devices.
    Rdma,
    /// Firmware commands of user programs.
    Fwctl,
    /// Parts of the function, each with a core device of its own.
    Function,
    /// Another class that uses the device's datapath, by its name.
    Other(&'static str),
}

impl Class {
    /// Returns its name in what people read.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Netdev => "netdev",
            Self::Rdma => "rdma",
            Self::Fwctl => "fwctl",
            Self::Function => "function",
            Self::Other(name) => name,
        }
    }
}
