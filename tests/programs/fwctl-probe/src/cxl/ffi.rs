// SPDX-License-Identifier: GPL-2.0

//! The call of the in-tree driver's file, and the unsafe code for it.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

/// Number of the command that executes any mailbox command.
const ID_RAW: u32 = 2;

/// The argument of the call, as the kernel's `cxl_mem.h` has it.
#[repr(C)]
#[derive(Default)]
struct SendCommand {
    id: u32,
    flags: u32,
    raw_opcode: u16,
    raw_reserved: u16,
    retval: u32,
    in_size: u32,
    in_reserved: u32,
    in_payload: u64,
    out_size: u32,
    out_reserved: u32,
    out_payload: u64,
}

/// `CXL_MEM_SEND_COMMAND`: both directions, type 0xce, number 2.
fn number() -> libc::c_ulong {
    // CAST: a wider type.
    let size = std::mem::size_of::<SendCommand>() as libc::c_ulong;
    (3 << 30) | (size << 16) | (0xce << 8) | 2
}

/// Has the device execute `opcode`. Returns its return code, and what it returned: at most `room`
/// bytes.
///
/// # Errors
///
/// The system's errno.
pub(crate) fn send(
    file: &File,
    opcode: u16,
    payload: &[u8],
    room: usize,
) -> io::Result<(u32, Vec<u8>)> {
    let length =
        |len: usize| u32::try_from(len).map_err(|_| io::Error::from_raw_os_error(libc::EOVERFLOW));
    let mut returned = vec![0; room];
    let mut command = SendCommand {
        id: ID_RAW,
        raw_opcode: opcode,
        in_size: length(payload.len())?,
        // CAST: the interface takes addresses as 64-bit numbers.
        in_payload: payload.as_ptr() as u64,
        out_size: length(room)?,
        // CAST: as above.
        out_payload: returned.as_mut_ptr() as u64,
        ..SendCommand::default()
    };
    // SAFETY: the call reads and writes `command`, reads `in_size` bytes of `payload` and writes at
    // most `out_size` bytes of `returned`, all of which live until it returns. The number is of the
    // driver's own type, so no other device's call can be meant.
    let result = unsafe { libc::ioctl(file.as_raw_fd(), number(), &raw mut command) };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    // With a refusal nothing is returned, whatever the driver leaves in the length.
    let len = if command.retval == 0 {
        command.out_size
    } else {
        0
    };
    returned.truncate(usize::try_from(len).unwrap_or(0));
    Ok((command.retval, returned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_that_of_the_interface() {
        assert_eq!(std::mem::size_of::<SendCommand>(), 48);
        assert_eq!(number(), 0xc030_ce02);
    }

    #[test]
    fn another_device_does_not_know_the_call() {
        let null = File::open("/dev/null").unwrap();
        let error = send(&null, 0x4000, &[], 0x43).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENOTTY));
    }
}
