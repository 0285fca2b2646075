// SPDX-License-Identifier: GPL-2.0

//! Where the system describes its devices, and how such files are read: whatever stands in them.

#![forbid(unsafe_code)]

use crate::cli::Cli;
use crate::error::Error;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The longest attribute that is read; sysfs has none longer.
const ATTRIBUTE: u64 = 4096;
/// The longest file of debugfs that is read.
const FILE: u64 = 16 << 20;
/// EIO, which debugfs answers when a file goes between its opening and a read.
const WENT: i32 = 5;

/// What tells a file from a later one with its name: device and inode.
pub(crate) type Identity = (u64, u64);

/// The directories of the system.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    sysfs: PathBuf,
    debugfs: PathBuf,
    dev: PathBuf,
}

impl Places {
    /// Takes the directories from the command line.
    pub(crate) fn new(cli: &Cli) -> Self {
        Self::at(&cli.sysfs, &cli.debugfs, &cli.dev)
    }

    /// Takes these directories.
    pub(crate) fn at(sysfs: &Path, debugfs: &Path, dev: &Path) -> Self {
        Self {
            // Links of sysfs are followed and must not lead out of it.
            sysfs: fs::canonicalize(sysfs).unwrap_or_else(|_| sysfs.to_owned()),
            debugfs: debugfs.join("auxcore"),
            dev: dev.join("fwctl"),
        }
    }

    /// Returns a path of sysfs, links followed, if it is there.
    pub(crate) fn sysfs(&self, path: &str) -> Option<PathBuf> {
        self.follow(&self.sysfs.join(path))
    }

    /// Returns where a link of sysfs leads, if that is in sysfs.
    pub(crate) fn follow(&self, path: &Path) -> Option<PathBuf> {
        let path = fs::canonicalize(path).ok()?;
        path.starts_with(&self.sysfs).then_some(path)
    }

    /// Tells whether a directory is the top of sysfs.
    pub(crate) fn is_top(&self, path: &Path) -> bool {
        path == self.sysfs
    }

    /// Returns the device file of a fwctl device.
    pub(crate) fn node(&self, name: &str) -> PathBuf {
        self.dev.join(name)
    }

    /// Returns the directory of auxcore's files for a device.
    pub(crate) fn debugfs(&self, device: &str) -> PathBuf {
        self.debugfs.join(device)
    }

    /// Returns the names of the devices that drivers of auxcore keep files for, in order.
    ///
    /// # Errors
    ///
    /// The directory is not there or closed to this user.
    pub(crate) fn files_of(&self) -> Result<Vec<String>, Error> {
        let dir = fs::read_dir(&self.debugfs).map_err(|source| self.no_debugfs(source))?;
        let mut names: Vec<_> = dir
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        Ok(names)
    }

    /// Reads one of auxcore's files for a device.
    ///
    /// # Errors
    ///
    /// The directory of all is not there or closed to this user; the device has no such file.
    pub(crate) fn file(&self, device: &str, name: &'static str) -> Result<String, Error> {
        self.identified(device, name).map(|(text, _)| text)
    }

    /// Reads one of auxcore's files for a device, and tells which file it was.
    ///
    /// # Errors
    ///
    /// Those of [`Self::file`].
    pub(crate) fn identified(
        &self,
        device: &str,
        name: &'static str,
    ) -> Result<(String, Identity), Error> {
        let path = self.debugfs(device).join(name);
        match read(&path, FILE) {
            Ok(found) => Ok(found),
            Err(source)
                if source.kind() == io::ErrorKind::NotFound
                    || source.raw_os_error() == Some(WENT) =>
            {
                fs::metadata(&self.debugfs).map_err(|source| self.no_debugfs(source))?;
                Err(Error::NotOffered {
                    device: device.to_owned(),
                    what: name,
                })
            }
            Err(source) if source.kind() == io::ErrorKind::PermissionDenied => {
                Err(Error::NotRoot(path))
            }
            Err(source) => Err(Error::Read { path, source }),
        }
    }

    fn no_debugfs(&self, source: io::Error) -> Error {
        let path = self.debugfs.clone();
        match source.kind() {
            io::ErrorKind::NotFound => Error::NoDebugfs(path),
            io::ErrorKind::PermissionDenied => Error::NotRoot(path),
            _ => Error::Read { path, source },
        }
    }
}

/// Reads an attribute of a directory of sysfs, without the line's end; `None` if it is not there.
pub(crate) fn attribute(dir: &Path, name: &str) -> Option<String> {
    let (text, _) = read(&dir.join(name), ATTRIBUTE).ok()?;
    let line = text.lines().next().unwrap_or_default().trim();
    Some(printable(line))
}

/// Returns the last part of where a link leads: what sysfs calls a driver or a subsystem.
pub(crate) fn link_name(dir: &Path, name: &str) -> Option<String> {
    let target = fs::read_link(dir.join(name)).ok()?;
    file_name(&target)
}

/// Returns the last part of a path.
pub(crate) fn file_name(path: &Path) -> Option<String> {
    let name = path.file_name()?;
    Some(printable(&name.to_string_lossy()))
}

/// Returns the real directories in a directory, links left out, in order.
pub(crate) fn directories(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// Returns a text without the characters that a terminal would act on.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

/// Reads a file of at most `most` bytes; bytes that are no text are replaced.
fn read(path: &Path, most: u64) -> io::Result<(String, Identity)> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    let about = file.metadata()?;
    file.take(most).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok((text, (about.dev(), about.ino())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fake;

    #[test]
    fn what_stands_in_an_attribute_is_one_printable_line() {
        let fake = Fake::new();
        for (bytes, said) in [
            (&b"always\n"[..], "always"),
            (b"", ""),
            (b"a\x1b[2J\nb\n", "a?[2J"),
            (b"\xff\xfe", "\u{fffd}\u{fffd}"),
        ] {
            fake.file("sys/x", bytes);
            assert_eq!(attribute(&fake.path("sys"), "x").as_deref(), Some(said));
        }
        fake.file("sys/long", &[b'a'; 10_000]);
        let long = attribute(&fake.path("sys"), "long").map(|text| text.len());
        assert_eq!(long, Some(4096));
        assert_eq!(attribute(&fake.path("sys"), "none"), None);
    }

    #[test]
    fn a_link_out_of_sysfs_is_not_followed() {
        let fake = Fake::new();
        fake.dir("sys/class");
        fake.dir("etc");
        fake.link("sys/class/out", "etc");
        fake.link("sys/class/round", "sys/class/round");
        assert_eq!(fake.places().sysfs("class/out"), None);
        assert_eq!(fake.places().sysfs("class/round"), None);
        assert!(fake.places().sysfs("class").is_some());
    }

    #[test]
    fn a_missing_debugfs_and_a_missing_file_are_told_apart() {
        let fake = Fake::new();
        let places = fake.places();
        let missing = places.file("0000:01:00.0", "journal");
        assert!(matches!(missing, Err(Error::NoDebugfs(_))));
        assert!(matches!(places.files_of(), Err(Error::NoDebugfs(_))));
        fake.dir("debug/auxcore/0000:01:00.0");
        let missing = places.file("0000:01:00.0", "journal");
        assert!(matches!(missing, Err(Error::NotOffered { .. })));
        assert_eq!(places.files_of().unwrap(), ["0000:01:00.0"]);
    }
}
