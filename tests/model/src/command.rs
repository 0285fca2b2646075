// SPDX-License-Identifier: GPL-2.0
//! The commands the firmware executes, as a table, and their handlers by topic.
#![forbid(unsafe_code)]

mod caps;
mod eq;
mod hca;
mod names;
mod objects;
mod pages;
mod planted;
mod port;
mod reg;
mod table;
mod uctx;

pub use planted::COMMAND as PLANTED;
pub use table::COMMANDS;

use crate::field::{get32, put32};
use crate::firmware::{Answer, Context, Firmware, Refusal, Request};
use crate::status::Status;
use crate::violation::Kind;

/// When a command is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Before ENABLE_HCA.
    Off,
    /// After ENABLE_HCA.
    Enabled,
    /// After ENABLE_HCA and not between INIT_HCA and TEARDOWN_HCA.
    Resting,
    /// After INIT_HCA.
    Ready,
}

/// The input a command has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// This many bytes; a user may send more.
    Exactly(usize),
    /// At least this many bytes; the handler knows the rest.
    AtLeast(usize),
}

/// The function that executes a command.
pub type Handler = fn(&mut Firmware, &Request<'_>, &mut Context<'_>) -> Answer;

/// One command.
pub struct Command {
    /// The opcode.
    pub opcode: u16,
    /// The name in traces and reports.
    pub name: &'static str,
    /// The input length.
    pub input: Length,
    /// The smallest output buffer.
    pub output: usize,
    /// When it is allowed.
    pub phase: Phase,
    /// Whether user contexts may send it.
    pub user: bool,
    /// Whether a user context needs the tools capability for it.
    pub tools: bool,
    /// Whether it may carry the uid of shared resources.
    pub shared: bool,
    /// The handler.
    pub run: Handler,
}

/// Returns the command with this opcode.
pub fn find(opcode: u16) -> Option<&'static Command> {
    COMMANDS.iter().find(|c| c.opcode == opcode)
}

/// Returns the name of an opcode, executed or not.
pub fn name(opcode: u16) -> &'static str {
    let known = names::NAMES.binary_search_by_key(&opcode, |(code, _)| *code);
    known
        .ok()
        .and_then(|at| names::NAMES.get(at))
        .map_or("unknown", |(_, name)| name)
}

/// Returns an output of `length` bytes with status OK.
fn output(length: usize) -> Vec<u8> {
    vec![0; length.max(16)]
}

/// Refuses a parameter of the kernel: a violation, or plain BAD_PARAM for a user.
fn bad_parameter(syndrome: u32, what: String) -> Refusal {
    Refusal::new(Status::BadParam, syndrome).because(Kind::Parameter, what)
}

/// Checks the function_id in the low half of dword 8 and the flags above it: only the own function
/// exists.
fn own_function(request: &Request<'_>, syndrome: u32) -> Result<(), Refusal> {
    let word = get32(request.input, 8);
    if word == 0 {
        return Ok(());
    }
    let what = format!(
        "{} names function {word:#x}, only 0 exists",
        name(request.opcode())
    );
    Err(bad_parameter(syndrome, what))
}

/// Returns the 24-bit object number in dword 8 of an input.
fn object_number(request: &Request<'_>) -> u32 {
    get32(request.input, 8) & 0xff_ffff
}

/// Returns an output that carries an object number in dword 8.
fn with_number(number: u32) -> Answer {
    let mut output = output(16);
    put32(&mut output, 8, number);
    Ok(output)
}

#[cfg(test)]
mod tests;
