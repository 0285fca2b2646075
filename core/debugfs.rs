// SPDX-License-Identifier: GPL-2.0

//! Files for people: `/sys/kernel/debug/auxcore/<core device>/`.
//!
//! Every file is read-only, of mode 0444, and rendered anew by each program that opens it, at the
//! first read: a program that reads on sees one moment. Nothing depends on these files: where
//! debugfs is not built in, not mounted or full, they are missing and all else works. Their format
//! is in `Documentation/ABI/testing/debugfs-auxcore` and is no stable interface.

#![forbid(unsafe_code)]

pub(crate) use crate::ffi::debugfs::{directory, Directory, Root};
