// SPDX-License-Identifier: GPL-2.0

//! An open fwctl device.

#![forbid(unsafe_code)]

use crate::fwctl::{DeviceType, InfoArgument, RpcArgument, Scope};
use crate::raw::{Input, Output, Tail};
use crate::{ffi, Error};
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

/// What a device says about itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Info {
    /// The format of its requests.
    pub device_type: DeviceType,
    /// Its data, in the format of the type.
    pub data: Vec<u8>,
}

/// An open fwctl device. Each open file is a context of its own in firmware.
#[derive(Debug)]
pub struct Device {
    file: File,
    path: PathBuf,
}

impl Device {
    /// Opens a device file and with it a context in firmware.
    ///
    /// # Errors
    ///
    /// - [`Error::NotFwctl`]: the file is something else.
    /// - [`Error::Open`]: the system or the firmware refused; `ENODEV` if the device went meanwhile.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let open_error = |source| Error::Open {
            path: path.to_owned(),
            source,
        };
        let file = File::options()
            .read(true)
            .write(true)
            .open(path)
            .map_err(open_error)?;
        let metadata = file.metadata().map_err(open_error)?;
        if !metadata.file_type().is_char_device() {
            return Err(Error::NotFwctl(path.to_owned()));
        }
        match described(metadata.rdev(), "subsystem") {
            Some(class) if class.ends_with("class/fwctl") => {}
            Some(_) => return Err(Error::NotFwctl(path.to_owned())),
            // The device went after its file was opened.
            None => return Err(open_error(io::Error::from_raw_os_error(libc::ENODEV))),
        }
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    /// Returns the path the device was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the directory in sysfs of the device that it belongs to, if that is still there.
    pub fn parent(&self) -> Option<PathBuf> {
        described(self.file.metadata().ok()?.rdev(), "device")
    }

    /// Asks what the device is, with room for `room` bytes of its data.
    ///
    /// # Errors
    ///
    /// [`Error::Info`] with the system's errno.
    pub fn info(&self, room: u16) -> Result<Info, Error> {
        let mut data = vec![0; usize::from(room)];
        let mut argument = InfoArgument {
            size: fwctl_size::<InfoArgument>(),
            device_data_len: u32::from(room),
            ..InfoArgument::default()
        };
        let room = Output::Bytes(&mut data);
        ffi::info(self.as_fd(), &mut argument, room, Tail::NONE).map_err(Error::Info)?;

        // More than the room is possible and means that only a part was copied.
        let len = usize::try_from(argument.device_data_len).unwrap_or(usize::MAX);
        data.truncate(len);
        Ok(Info {
            device_type: DeviceType::from_number(argument.out_device_type),
            data,
        })
    }

    /// Executes `request` in firmware, with room for `room` bytes of response.
    ///
    /// Returns the bytes of the response that fit.
    ///
    /// # Errors
    ///
    /// - [`Error::TooLong`]: a length does not fit the interface's fields.
    /// - [`Error::Rpc`]: the system's errno; nothing or everything may have executed.
    pub fn rpc(&self, scope: Scope, request: &[u8], room: usize) -> Result<Vec<u8>, Error> {
        let length = |len: usize| u32::try_from(len).map_err(|_| Error::TooLong(len));
        let mut response = vec![0; room];
        let mut argument = RpcArgument {
            size: fwctl_size::<RpcArgument>(),
            scope: scope.number(),
            in_len: length(request.len())?,
            out_len: length(room)?,
            ..RpcArgument::default()
        };
        ffi::rpc(
            self.as_fd(),
            &mut argument,
            Input::Bytes(request),
            Output::Bytes(&mut response),
            Tail::NONE,
        )
        .map_err(Error::Rpc)?;

        let len = usize::try_from(argument.out_len).unwrap_or(usize::MAX);
        response.truncate(len);
        Ok(response)
    }
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// Returns the size of an argument structure, as its first field wants it.
fn fwctl_size<T>() -> u32 {
    u32::try_from(size_of::<T>()).unwrap_or(u32::MAX)
}

/// Returns where the link `name` of the character device with number `rdev` leads in sysfs, if the
/// device is there.
fn described(rdev: u64, name: &str) -> Option<PathBuf> {
    let (major, minor) = (libc::major(rdev), libc::minor(rdev));
    fs::canonicalize(format!("/sys/dev/char/{major}:{minor}/{name}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_class_is_refused() {
        let refused = Device::open(Path::new("/dev/null"));
        assert!(matches!(refused, Err(Error::NotFwctl(_))));
    }

    #[test]
    fn a_device_that_went_has_no_class() {
        let null = fs::metadata("/dev/null").unwrap().rdev();
        assert!(described(null, "subsystem").is_some_and(|class| class.ends_with("class/mem")));
        assert_eq!(described(libc::makedev(511, 0xf_ffff), "subsystem"), None);
    }

    #[test]
    fn a_missing_file_keeps_its_errno_and_path() {
        let missing = Device::open(Path::new("/nonexistent/fwctl0"));
        let error = missing.map(|_| ()).unwrap_err();
        assert_eq!(error.errno(), Some(libc::ENOENT));
        assert!(error
            .to_string()
            .starts_with("Cannot open /nonexistent/fwctl0:"));
    }

    #[test]
    fn sizes_are_those_of_the_structures() {
        assert_eq!(fwctl_size::<InfoArgument>(), 24);
        assert_eq!(fwctl_size::<RpcArgument>(), 32);
    }
}
