// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Who asked for something.

use core::fmt;
use kernel::{current, task::Kuid};

use crate::{ffi, text::Escaped};

/// The user program that the current task belongs to, as it was at one moment.
#[derive(Clone, Copy)]
pub(crate) struct Who {
    pid: i32,
    comm: [u8; ffi::COMM_LEN],
    uid: Kuid,
}

impl Who {
    /// Returns the current task's program. Context: process.
    pub(crate) fn current() -> Self {
        let task = current!();
        Self {
            pid: task.tgid(),
            comm: ffi::comm(task),
            uid: task.uid(),
        }
    }
}

impl fmt::Display for Who {
    /// The process in the initial pid namespace, the name of the task, and the real uid as the user
    /// namespace of the current task, the reader, shows it: 4294967295 if it has none there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = self.comm.iter().position(|&byte| byte == 0);
        let comm = self.comm.get(..len.unwrap_or(self.comm.len()));
        write!(
            f,
            "pid={} comm={} uid={}",
            self.pid,
            Escaped(comm.unwrap_or_default()),
            self.uid.into_uid_in_current_ns()
        )
    }
}
