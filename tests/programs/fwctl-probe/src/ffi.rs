// SPDX-License-Identifier: GPL-2.0

//! The crate's only unsafe code: giving up a capability.

use std::io;

/// Number of `CAP_SYS_RAWIO`.
const CAP_SYS_RAWIO: u32 = 17;

/// Version of the capability calls with 64 bits.
const VERSION_3: u32 = 0x2008_0522;

#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Data {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// Gives up `CAP_SYS_RAWIO` for the calling thread, for good.
///
/// # Errors
///
/// The system's errno.
pub(crate) fn drop_sys_rawio() -> io::Result<()> {
    let mut header = Header {
        version: VERSION_3,
        pid: 0,
    };
    let mut data = [Data::default(); 2];
    // SAFETY: the call reads `header`, and writes two `Data`, as this version's callers pass.
    let got = unsafe { libc::syscall(libc::SYS_capget, &raw mut header, data.as_mut_ptr()) };
    if got < 0 {
        return Err(io::Error::last_os_error());
    }

    if let Some(low) = data.first_mut() {
        low.effective &= !(1 << CAP_SYS_RAWIO);
        low.permitted &= !(1 << CAP_SYS_RAWIO);
        low.inheritable &= !(1 << CAP_SYS_RAWIO);
    }
    // SAFETY: the call reads `header` and two `Data`.
    let set = unsafe { libc::syscall(libc::SYS_capset, &raw mut header, data.as_ptr()) };
    if set < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_twice_is_dropping_once() {
        std::thread::spawn(|| {
            drop_sys_rawio().unwrap();
            drop_sys_rawio().unwrap();
            let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
            for set in ["CapEff", "CapPrm", "CapInh"] {
                let line = status.lines().find(|line| line.starts_with(set)).unwrap();
                let bits = line.split_whitespace().nth(1).unwrap();
                let bits = u64::from_str_radix(bits, 16).unwrap();
                assert_eq!(bits >> CAP_SYS_RAWIO & 1, 0, "{line}");
            }
        })
        .join()
        .unwrap();
    }
}
