// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Executing commands, and moving in parts what is longer than one.

use auxcore::{
    client::{Client, Reservation, Unanswered},
    deadline::Deadline, //
};
use kernel::{prelude::*, time::Delta};

use super::{
    command::{Opcode, SUCCESS},
    feature::{self, Entry, Get, Listed, Set, Transfer},
    limits::MOST_SET,
    log,
    ring::{CxlRing, Message, Unheeded}, //
};

/// What commands go through.
pub(crate) type Port<'bound> = Client<CxlRing<'bound>>;

/// How a command ended that was delivered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// It succeeded and returned this many bytes.
    Done(usize),
    /// The device refused, with this return code.
    Refused(u16),
}

/// Executes a command whose payload is `parts`, one behind the other, and copies what it returned to
/// the start of `to`. Context: process.
///
/// # Errors
///
/// Those of [`Client::exec`] and [`CxlRing::message`].
pub(crate) fn exec(
    port: &Port<'_>,
    opcode: Opcode,
    parts: &[&[u8]],
    to: &mut [u8],
    deadline: Deadline,
) -> Result<End, Unanswered> {
    let message = port
        .ring()
        .message(opcode, parts, to.len())
        .map_err(Unanswered::Unsent)?;
    let done = port.exec(message, deadline)?;
    if done.reply.code != SUCCESS {
        return Ok(End::Refused(done.reply.code));
    }
    let len = done.reply.len.min(to.len());
    done.message().copy(&mut to[..len]);
    Ok(End::Done(len))
}

/// Executes a command of the driver, which the device is expected to accept. Context: process.
/// Returns how many bytes it returned.
///
/// # Errors
///
/// Those of [`exec`], `EREMOTEIO` when the device refuses.
pub(crate) fn accepted(
    port: &Port<'_>,
    opcode: Opcode,
    request: &[u8],
    to: &mut [u8],
    deadline: Deadline,
) -> Result<usize> {
    match exec(port, opcode, &[request], to, deadline)? {
        End::Done(len) => Ok(len),
        End::Refused(code) => {
            // CAST: the enum is `repr(u16)`.
            let opcode = opcode as u16;
            dev_err!(
                port.ring().function().device(),
                "command {opcode:#06x} failed: return code {code:#x}\n"
            );
            Err(EREMOTEIO)
        }
    }
}

/// Returns the bytes from `from`, at most `most`, or `None` if there are none.
fn part(bytes: &mut [u8], from: usize, most: usize) -> Option<&mut [u8]> {
    let end = bytes.len().min(from.saturating_add(most));
    bytes.get_mut(from..end).filter(|part| !part.is_empty())
}

/// Reads the whole command effects log, of which the device says that it has `size` bytes. Context:
/// process.
///
/// # Errors
///
/// Those of [`accepted`], `EIO` for a size that no such log has.
pub(crate) fn effects(port: &Port<'_>, size: u32, deadline: Deadline) -> Result<KVVec<u8>> {
    let size = usize::try_from(size)?;
    if size > log::MOST_EFFECTS {
        return Err(EIO);
    }
    let mut log = KVVec::from_elem(0, size, GFP_KERNEL)?;
    let mut done = 0;
    while let Some(part) = part(&mut log, done, port.ring().payload()) {
        let (from, len) = (u32::try_from(done)?, u32::try_from(part.len())?);
        let request = log::get_log(&log::EFFECTS, from, len);
        let got = accepted(port, Opcode::GetLog, &request, part, deadline)?;
        done += got;
        if got < part.len() {
            // The log is shorter than the device said.
            break;
        }
    }
    log.truncate(done);
    Ok(log)
}

/// Reads the list of features. Context: process.
///
/// # Errors
///
/// Those of [`accepted`], `EIO` when the list is not what it should be.
pub(crate) fn features(port: &Port<'_>, deadline: Deadline) -> Result<KVVec<Entry>> {
    let mut reply = KVec::from_elem(0, port.ring().payload(), GFP_KERNEL)?;
    let mut entries = KVVec::new();
    loop {
        let first = u16::try_from(entries.len())?;
        // What holds whole entries.
        let room = feature::LISTED_LEN
            + (reply.len() - feature::LISTED_LEN) / feature::ENTRY_LEN * feature::ENTRY_LEN;
        let request = feature::list(first, u32::try_from(room)?);
        let len = accepted(
            port,
            Opcode::GetSupportedFeatures,
            &request,
            &mut reply[..room],
            deadline,
        )?;
        let listed = Listed::read(&reply[..len]).ok_or(EIO)?;
        let total = usize::from(listed.total);
        let before = entries.len();
        for entry in listed.entries().take(total.saturating_sub(before)) {
            entries.push(entry, GFP_KERNEL)?;
        }
        if entries.len() >= total {
            return Ok(entries);
        }
        if entries.len() == before {
            // It would never end.
            return Err(EIO);
        }
    }
}

/// Reads a feature into `to`, in as many parts as it takes, up to where the device says that it
/// ends. Context: process.
///
/// # Errors
///
/// Those of [`exec`]; `EINVAL` for bytes that no feature has.
pub(crate) fn get_feature(
    port: &Port<'_>,
    get: &Get,
    to: &mut [u8],
    deadline: Deadline,
) -> Result<End> {
    let mut done = 0;
    while let Some(part) = part(to, done, port.ring().payload()) {
        let request = get.part(done, part.len()).ok_or(EINVAL)?;
        match exec(port, Opcode::GetFeature, &[&request], part, deadline)? {
            End::Done(len) if len == part.len() => done += len,
            End::Done(len) => return Ok(End::Done(done + len)),
            refused => return Ok(refused),
        }
    }
    Ok(End::Done(done))
}

/// How long the device may take to abort a transfer.
const ABORT: Delta = Delta::from_secs(5);

/// What has the device forget the parts of a transfer. It is there before the first of them is sent;
/// what it needs later is room in the queue, if the slot is taken.
struct Abort<'bound> {
    reservation: Reservation<CxlRing<'bound>>,
    message: Message,
}

impl<'bound> Abort<'bound> {
    /// Prepares the abort of a transfer to the feature `entry`. Errors: `ENOMEM`.
    fn prepare(core: &Port<'bound>, entry: &Entry) -> Result<Self> {
        let message = core
            .ring()
            .message(Opcode::SetFeature, &[&entry.abort()], 0)?;
        Ok(Self {
            reservation: Reservation::new()?,
            message,
        })
    }

    /// Sends it, before anything that is sent later. Context: process; does not wait.
    fn send(self, core: &Port<'bound>) {
        let deadline = Deadline::after(ABORT);
        let sent = core.submit_reserved(self.reservation, self.message, deadline, Unheeded);
        if sent == Err(ENOMEM) {
            dev_warn!(
                core.ring().function().device(),
                "no memory to abort the transfer of a feature\n"
            );
        }
    }
}

/// Sets the feature `entry`, in as many parts as it takes. A transfer that does not come to its end
/// is aborted through `core`, since `port` may be revoked. Context: process; the caller sees to it
/// that transfers do not mix.
///
/// # Errors
///
/// Those of [`exec`]; `EINVAL` for bytes that no feature has.
pub(crate) fn set_feature<'bound>(
    port: &Port<'bound>,
    core: &Port<'bound>,
    entry: &Entry,
    set: &Set<'_>,
    deadline: Deadline,
) -> Result<End, Unanswered> {
    let total = set.data.len();
    let most = MOST_SET.min(port.ring().payload() - feature::SET_LEN);
    // Before anything is sent.
    set.part(total - 1, Transfer::Finish)
        .ok_or(Unanswered::Unsent(EINVAL))?;
    let abort = match total > most {
        true => Some(Abort::prepare(core, entry).map_err(Unanswered::Unsent)?),
        false => None,
    };
    let mut done = 0;
    while let Some(data) = set.data.get(done..total.min(done + most)) {
        if data.is_empty() {
            break;
        }
        let transfer = Transfer::of(done, data.len(), total);
        let header = set.part(done, transfer).ok_or(EINVAL)?;
        let end = exec(
            port,
            Opcode::SetFeature,
            &[&header, data],
            &mut [],
            deadline,
        );
        if let Ok(End::Done(_)) = end {
            done += data.len();
            continue;
        }
        // Also when the first part was lost or refused: the device may think that it has begun.
        let begun = done > 0 || !matches!(end, Err(Unanswered::Unsent(_)));
        if let (true, Some(abort)) = (begun, abort) {
            abort.send(core);
        }
        return match end {
            Err(error) if done > 0 => Err(Unanswered::Lost(error.into())),
            end => end,
        };
    }
    Ok(End::Done(0))
}
