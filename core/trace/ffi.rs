// SPDX-License-Identifier: GPL-2.0

//! The C side of the tracepoints, which `core/trace.h` defines.
//!
//! `kernel::tracepoint::declare_trace!` finds only tracepoints that are in the kernel's bindings,
//! so its expansion stands here.

use kernel::{ffi::c_char, prelude::*};

/// A command, as trace events show it.
pub(crate) struct Command<'a> {
    /// Name of the device.
    pub(crate) device: &'a CStr,
    /// `None` for a command that never had one.
    pub(crate) slot: Option<usize>,
    pub(crate) token: u8,
    pub(crate) opcode: u32,
}

impl Command<'_> {
    /// Returns the slot as C has it: -1 for none.
    fn raw_slot(&self) -> u32 {
        // CAST: below 32.
        self.slot.map_or(u32::MAX, |slot| slot as u32)
    }
}

#[cfg(CONFIG_TRACEPOINTS)]
mod points {
    use kernel::{
        bindings,
        ffi::{c_char, c_int}, //
    };

    #[allow(
        improper_ctypes,
        reason = "only addresses are taken, and parts of it are empty without lockdep"
    )]
    extern "C" {
        pub(super) static __tracepoint_auxcore_command_post: bindings::tracepoint;
        pub(super) static __tracepoint_auxcore_command_done: bindings::tracepoint;
        pub(super) static __tracepoint_auxcore_command_late: bindings::tracepoint;
        pub(super) static __tracepoint_auxcore_channel_dead: bindings::tracepoint;

        pub(super) fn rust_do_trace_auxcore_command_post(
            device: *const c_char,
            slot: u32,
            token: u32,
            opcode: u32,
        );
        pub(super) fn rust_do_trace_auxcore_command_late(
            device: *const c_char,
            slot: u32,
            token: u32,
            opcode: u32,
        );
        pub(super) fn rust_do_trace_auxcore_command_done(
            device: *const c_char,
            slot: u32,
            token: u32,
            opcode: u32,
            status: u32,
            error: c_int,
            latency_us: u32,
        );
        pub(super) fn rust_do_trace_auxcore_channel_dead(device: *const c_char);
    }
}

/// Calls a tracepoint if somebody listens; otherwise this is one branch that is not taken.
macro_rules! trace {
    ($point:ident, $do_trace:ident($($argument:expr),* $(,)?)) => {{
        #[cfg(CONFIG_TRACEPOINTS)]
        {
            // SAFETY: the tracepoint is a static of this module, defined by C.
            let listened = unsafe {
                kernel::jump_label::static_branch_unlikely!(
                    points::$point,
                    kernel::bindings::tracepoint,
                    key
                )
            };
            if listened {
                // SAFETY: the string is valid for the call and ends in a zero; the rest are
                // numbers. May be called from any context.
                unsafe { points::$do_trace($($argument),*) };
            }
        }
        #[cfg(not(CONFIG_TRACEPOINTS))]
        {
            $(let _ = $argument;)*
        }
    }};
}

fn raw(device: &CStr) -> *const c_char {
    device.as_char_ptr()
}

/// Tells that `command` was given to firmware. Context: any.
pub(crate) fn posted(command: &Command<'_>) {
    trace!(
        __tracepoint_auxcore_command_post,
        rust_do_trace_auxcore_command_post(
            raw(command.device),
            command.raw_slot(),
            u32::from(command.token),
            command.opcode,
        )
    );
}

/// Tells that firmware returned `command` after it was done. Context: any.
pub(crate) fn late(command: &Command<'_>) {
    trace!(
        __tracepoint_auxcore_command_late,
        rust_do_trace_auxcore_command_late(
            raw(command.device),
            command.raw_slot(),
            u32::from(command.token),
            command.opcode,
        )
    );
}

/// Tells that `command` is done, with firmware's status or an error; firmware had it for `micros`
/// if it has returned it. Context: any.
pub(crate) fn done(command: &Command<'_>, result: Result<u32>, micros: Option<u32>) {
    trace!(
        __tracepoint_auxcore_command_done,
        rust_do_trace_auxcore_command_done(
            raw(command.device),
            command.raw_slot(),
            u32::from(command.token),
            command.opcode,
            result.unwrap_or(0),
            result.err().map_or(0, Error::to_errno),
            micros.unwrap_or(0),
        )
    );
}

/// Tells that the channel of `device` takes no command any more. Context: any.
pub(crate) fn dead(device: &CStr) {
    trace!(
        __tracepoint_auxcore_channel_dead,
        rust_do_trace_auxcore_channel_dead(raw(device))
    );
}
