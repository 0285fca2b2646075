// SPDX-License-Identifier: GPL-2.0

//! The crate's only unsafe code: the system call.

use crate::fwctl::{self, InfoArgument, Number, RpcArgument};
use crate::raw::{Input, Output, Tail};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// An address in the first page, which no program has mapped.
const UNMAPPED: usize = 8;

/// Calls INFO. See [`crate::raw::info`].
pub(crate) fn info(
    fd: BorrowedFd<'_>,
    argument: &mut InfoArgument,
    mut data: Output<'_>,
    tail: Tail,
) -> io::Result<()> {
    argument.out_device_data = writable(&mut data, argument.device_data_len)?;
    // SAFETY: `out_device_data` is unmapped or the address of at least `device_data_len` bytes that
    // `data` borrows mutably until this function returns.
    unsafe { call(fd, fwctl::INFO, argument, argument.size, tail) }
}

/// Calls RPC. See [`crate::raw::rpc`].
pub(crate) fn rpc(
    fd: BorrowedFd<'_>,
    argument: &mut RpcArgument,
    input: Input<'_>,
    mut output: Output<'_>,
    tail: Tail,
) -> io::Result<()> {
    argument.input = readable(input, argument.in_len)?;
    argument.output = writable(&mut output, argument.out_len)?;
    // SAFETY: `input` is unmapped or the address of at least `in_len` bytes, `output` is unmapped or
    // the address of at least `out_len` bytes borrowed mutably, both until this function returns.
    unsafe { call(fd, fwctl::RPC, argument, argument.size, tail) }
}

/// Calls `number` with an argument of zeroes. See [`crate::raw::zeroes`].
pub(crate) fn zeroes(fd: BorrowedFd<'_>, number: Number, size: u32) -> io::Result<()> {
    let mut argument = RpcArgument {
        size,
        ..RpcArgument::default()
    };
    // SAFETY: nothing is mapped at address zero, and every length is zero.
    unsafe { call(fd, number, &mut argument, size, Tail::NONE) }
}

/// Calls `number` with an unmapped argument.
pub(crate) fn unmapped(fd: BorrowedFd<'_>, number: Number) -> io::Result<()> {
    let argument = std::ptr::without_provenance_mut::<libc::c_void>(UNMAPPED);
    // SAFETY: nothing is mapped at the argument's address, so the kernel can write nothing.
    let result = unsafe { libc::ioctl(fd.as_raw_fd(), number.get().into(), argument) };
    outcome(result)
}

/// Returns the address of memory of at least `len` bytes for the kernel to read.
fn readable(input: Input<'_>, len: u32) -> io::Result<u64> {
    match input {
        Input::Bytes(bytes) => address(bytes.as_ptr(), bytes.len(), len),
        Input::Unmapped => Ok(UNMAPPED as u64),
    }
}

/// Returns the address of memory of at least `len` bytes for the kernel to write.
fn writable(output: &mut Output<'_>, len: u32) -> io::Result<u64> {
    match output {
        Output::Bytes(bytes) => address(bytes.as_mut_ptr(), bytes.len(), len),
        Output::Unmapped => Ok(UNMAPPED as u64),
    }
}

fn address(pointer: *const u8, have: usize, len: u32) -> io::Result<u64> {
    if usize::try_from(len).is_ok_and(|len| len <= have) {
        // CAST: the interface takes addresses as 64-bit numbers.
        Ok(pointer as u64)
    } else {
        Err(io::Error::from_raw_os_error(libc::EOVERFLOW))
    }
}

/// Makes the system call with `argument` followed by `tail`, padded to `size`.
///
/// # Safety
///
/// Each address in `argument` must be unmapped, or that of memory as long as the length field that
/// belongs to it says, exclusively borrowed if the kernel writes there.
unsafe fn call<T: FromBytes + Immutable + IntoBytes + KnownLayout>(
    fd: BorrowedFd<'_>,
    number: Number,
    argument: &mut T,
    size: u32,
    tail: Tail,
) -> io::Result<()> {
    // The kernel reads and writes as many bytes as the argument's first field says.
    let size = usize::try_from(size).map_err(|_| io::Error::from_raw_os_error(libc::EOVERFLOW))?;
    let mut block = argument.as_bytes().to_vec();
    let known = block.len();
    block.resize(known + usize::from(tail.len), tail.byte);
    if block.len() < size {
        block.resize(size, 0);
    }

    // SAFETY: `block` is at least as long as its first field says and as the known structure. The
    // caller answers for the addresses in it; the tail, of one byte repeated, is none that is mapped.
    // `number` is of the subsystem's own type, so no other command of the file can be meant.
    let result = unsafe { libc::ioctl(fd.as_raw_fd(), number.get().into(), block.as_mut_ptr()) };
    outcome(result)?;

    if let Some(written) = block.get(..known).and_then(|b| T::read_from_bytes(b).ok()) {
        *argument = written;
    }
    Ok(())
}

fn outcome(result: libc::c_int) -> io::Result<()> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::AsFd;

    #[test]
    fn a_length_beyond_the_memory_makes_no_call() {
        let null = File::open("/dev/null").unwrap();
        let mut argument = RpcArgument {
            size: 32,
            in_len: 17,
            ..RpcArgument::default()
        };
        let request = [0; 16];
        let error = rpc(
            null.as_fd(),
            &mut argument,
            Input::Bytes(&request),
            Output::Unmapped,
            Tail::NONE,
        )
        .unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EOVERFLOW));
    }

    #[test]
    fn another_device_does_not_know_the_numbers() {
        let null = File::open("/dev/null").unwrap();
        let mut argument = InfoArgument {
            size: 24,
            ..InfoArgument::default()
        };
        let error = info(null.as_fd(), &mut argument, Output::Unmapped, Tail::NONE).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENOTTY));
        let error = unmapped(null.as_fd(), fwctl::RPC).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENOTTY));
    }
}
