// SPDX-License-Identifier: GPL-2.0

//! Names of the system's error numbers.

#![forbid(unsafe_code)]

const NAMES: &[(i32, &str)] = &[
    (libc::EPERM, "EPERM"),
    (libc::ENOENT, "ENOENT"),
    (libc::EINTR, "EINTR"),
    (libc::EIO, "EIO"),
    (libc::ENXIO, "ENXIO"),
    (libc::E2BIG, "E2BIG"),
    (libc::EBADF, "EBADF"),
    (libc::EAGAIN, "EAGAIN"),
    (libc::ENOMEM, "ENOMEM"),
    (libc::EACCES, "EACCES"),
    (libc::EFAULT, "EFAULT"),
    (libc::EBUSY, "EBUSY"),
    (libc::ENODEV, "ENODEV"),
    (libc::EINVAL, "EINVAL"),
    (libc::EMFILE, "EMFILE"),
    (libc::ENOTTY, "ENOTTY"),
    (libc::ENOSPC, "ENOSPC"),
    (libc::EDEADLK, "EDEADLK"),
    (libc::ENOLINK, "ENOLINK"),
    (libc::EPROTO, "EPROTO"),
    (libc::EBADMSG, "EBADMSG"),
    (libc::EOVERFLOW, "EOVERFLOW"),
    (libc::EREMOTEIO, "EREMOTEIO"),
    (libc::EMSGSIZE, "EMSGSIZE"),
    (libc::EOPNOTSUPP, "EOPNOTSUPP"),
    (libc::ESHUTDOWN, "ESHUTDOWN"),
    (libc::ETIMEDOUT, "ETIMEDOUT"),
    (libc::ECANCELED, "ECANCELED"),
];

/// Returns the name of an error number, and `OK` for none.
pub fn name(errno: Option<i32>) -> String {
    let Some(errno) = errno else {
        return "OK".to_owned();
    };
    NAMES
        .iter()
        .find(|(number, _)| *number == errno)
        .map_or_else(|| format!("errno {errno}"), |(_, name)| (*name).to_owned())
}

/// Returns the name in brackets to end a message with, if there is an error number.
pub fn suffix(errno: Option<i32>) -> String {
    errno.map_or_else(String::new, |errno| format!(" [{}]", name(Some(errno))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_given_where_known() {
        assert_eq!(name(Some(libc::EBADMSG)), "EBADMSG");
        assert_eq!(name(Some(9999)), "errno 9999");
        assert_eq!(name(None), "OK");
        assert_eq!(suffix(Some(libc::EIO)), " [EIO]");
        assert_eq!(suffix(None), "");
    }
}
