// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! What a user program may have a device do: data only, with the reason for each row.
//!
//! The rule is upstream's for this device type (`cxlctl_validate_set_features()` in
//! `drivers/cxl/core/features.c` of Linux 7.3), so that a program sees one behaviour; the reasons
//! are ours. The effects are those of `include/uapi/cxl/features.h` and CXL 3.1, "Command Effects".
//!
//! `Documentation/userspace-api/fwctl-cxl-scopes.rst` is made from this file and `exclusive.rs` by
//! `make scopes`.
//!
//! Pure: imports nothing from the kernel crate, and is compiled on the host too.

use super::bytes::Uuid;

/// The lowest scope that may have something done, from the lowest one up.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Scope {
    /// Reads and writes device configuration.
    Configuration,
    /// Writes debug state; the kernel is tainted.
    DebugWrite,
    /// The same without a limit.
    DebugWriteFull,
}

/// A command that every scope may have executed, since it only reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Read {
    pub(crate) opcode: u16,
    /// What it does.
    pub(crate) why: &'static str,
}

/// The commands that only read.
pub(crate) const READS: &[Read] = &[
    Read {
        opcode: 0x0500,
        why: "lists the features that the device told in its bring-up",
    },
    Read {
        opcode: 0x0501,
        why: "reads a feature, which changes nothing",
    },
];

/// What an effect means for setting the feature that has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// The feature can be set from this scope on.
    Needs(Scope),
    /// The feature cannot be set, whatever other effects it has.
    Denied,
    /// Nothing: its other effects decide.
    Nothing,
}

/// Effects that a device may state of setting a feature, as bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effect {
    pub(crate) bits: u16,
    pub(crate) verdict: Verdict,
    /// Why.
    pub(crate) why: &'static str,
}

const fn effect(bits: u16, verdict: Verdict, why: &'static str) -> Effect {
    Effect { bits, verdict, why }
}

use Scope::{DebugWrite, DebugWriteFull};
use Verdict::{Denied, Needs, Nothing};

/// Every effect. Of those that a feature has, the one that needs the highest scope decides; a
/// feature with none that needs a scope cannot be set, as its device is wrong about itself.
#[rustfmt::skip]
pub(crate) const EFFECTS: &[Effect] = &[
    effect(1 << 1, Needs(DebugWriteFull), "configuration changes at once, under who uses the memory"),
    effect(1 << 2, Needs(DebugWriteFull), "data changes at once, under who uses the memory"),
    effect(1 << 3, Needs(DebugWriteFull), "a policy changes at once, under who uses the memory"),
    effect(1 << 4, Needs(DebugWriteFull), "a log changes at once, and what it told is gone"),
    effect(1 << 0, Needs(DebugWrite), "configuration changes with a cold reset, not before"),
    effect(1 << 10, Needs(DebugWrite), "configuration changes with a conventional reset, not before"),
    effect(1 << 11, Needs(DebugWrite), "configuration changes with a CXL reset, not before"),
    effect(1 << 6, Denied, "goes on in the background, where nobody waits for its end"),
    effect(0xf000, Denied, "reserved: nobody knows what changes"),
    effect(1 << 5, Nothing, "the security state changes: does not say whether at once"),
    effect(1 << 7 | 1 << 8, Nothing, "about commands in the background and the second mailbox"),
    effect(1 << 9, Nothing, "bits 10 and 11 are valid"),
];

/// A feature that is the kernel's alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exclusive {
    pub(crate) uuid: Uuid,
    /// What it is, and the interface that the kernel has for it.
    pub(crate) why: &'static str,
}
