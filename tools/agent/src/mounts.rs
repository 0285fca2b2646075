// SPDX-License-Identifier: GPL-2.0
//! The guest's file systems: a writable overlay over the read-only image, the kernel's own, and the host's folders.
#![forbid(unsafe_code)]

use std::ffi::{CString, NulError};
use std::fs::create_dir_all;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use auxcore_wire::{folder_tag, PROGRAMS_DIR, PROGRAMS_TAG, SCRATCH_DIR, SCRATCH_TAG, TREE_TAG};
use rustix::io::Errno;
use rustix::mount::{mount, mount_move, unmount, MountFlags, UnmountFlags};
use rustix::process::{chdir, pivot_root};
use thiserror::Error;

/// The disk with the modules of the kernel, ours among them.
const MODULES_DISK: &str = "/dev/vdb";

/// Why a file system is missing.
#[derive(Debug, Error)]
pub enum MountError {
    /// The kernel refused the mount.
    #[error("{what} cannot be mounted: {errno}")]
    Mount {
        /// What was to be mounted.
        what: String,
        /// The kernel's reason.
        errno: Errno,
    },
    /// A mount point could not be made.
    #[error("The directory {path} cannot be made: {source}")]
    Directory {
        /// The mount point.
        path: String,
        /// The reason.
        source: io::Error,
    },
    /// A link could not be made.
    #[error("The link {path} cannot be made: {source}")]
    Link {
        /// The link.
        path: String,
        /// The reason.
        source: io::Error,
    },
    /// An option holds a NUL byte.
    #[error("A mount option holds a NUL byte")]
    Nul(#[from] NulError),
}

/// Makes `/` a writable overlay with the kernel's file systems in it. The changes live in memory and end with the guest.
///
/// # Errors
///
/// Any mount that the rest of the guest stands on failed.
pub fn make_root() -> Result<(), MountError> {
    mount_at(
        "tmpfs",
        "/overlay",
        "tmpfs",
        MountFlags::empty(),
        "mode=755",
    )?;
    for dir in ["/overlay/upper", "/overlay/work", "/overlay/root"] {
        directory(dir)?;
    }
    let layers = "lowerdir=/,upperdir=/overlay/upper,workdir=/overlay/work";
    mount_at(
        "overlay",
        "/overlay/root",
        "overlay",
        MountFlags::empty(),
        layers,
    )?;
    // The kernel has mounted devtmpfs already; the node of the modules' disk is in it.
    wrap("/dev", mount_move("/dev", "/overlay/root/dev"))?;
    wrap("/", chdir("/overlay/root"))?;
    wrap("/", pivot_root(".", "."))?;
    wrap("/", unmount(".", UnmountFlags::DETACH))?;
    wrap("/", chdir("/"))?;

    let plain = MountFlags::NOSUID | MountFlags::NODEV;
    mount_at("proc", "/proc", "proc", plain, "")?;
    mount_at("sysfs", "/sys", "sysfs", plain, "")?;
    mount_at("tmpfs", "/run", "tmpfs", plain, "mode=755")?;
    mount_at("tmpfs", "/tmp", "tmpfs", plain, "mode=1777")?;
    mount_at(
        "devpts",
        "/dev/pts",
        "devpts",
        MountFlags::NOSUID,
        "mode=620,ptmxmode=666",
    )?;
    mount_at("tmpfs", "/dev/shm", "tmpfs", plain, "mode=1777")?;
    stream_links()?;
    mount_at("debugfs", "/sys/kernel/debug", "debugfs", plain, "")?;
    mount_at(
        MODULES_DISK,
        "/lib/modules",
        "erofs",
        MountFlags::RDONLY,
        "",
    )
}

/// Makes the names of a process's own streams, which shells rely on and devtmpfs does not have.
fn stream_links() -> Result<(), MountError> {
    for (link, target) in [
        ("/dev/fd", "/proc/self/fd"),
        ("/dev/stdin", "/proc/self/fd/0"),
        ("/dev/stdout", "/proc/self/fd/1"),
        ("/dev/stderr", "/proc/self/fd/2"),
    ] {
        symlink(target, link).map_err(|source| MountError::Link {
            path: link.into(),
            source,
        })?;
    }
    Ok(())
}

/// Mounts the host's folders: the tree and `folders` at the paths they have on the host, the programs, and the scratch
/// directory.
///
/// # Errors
///
/// A folder is not offered by the runner, or the guest's kernel cannot mount it.
pub fn host_folders(tree: &str, folders: &[String]) -> Result<(), MountError> {
    let shared = "trans=virtio,version=9p2000.L,msize=512000";
    // The host's tree does not change under a run often enough to be asked for every read.
    let cached = format!("{shared},cache=loose");
    mount_at(TREE_TAG, tree, "9p", MountFlags::RDONLY, &cached)?;
    mount_at(
        PROGRAMS_TAG,
        PROGRAMS_DIR,
        "9p",
        MountFlags::RDONLY,
        &cached,
    )?;
    for (index, path) in folders.iter().enumerate() {
        mount_at(&folder_tag(index), path, "9p", MountFlags::RDONLY, &cached)?;
    }
    mount_at(SCRATCH_TAG, SCRATCH_DIR, "9p", MountFlags::empty(), shared)
}

fn mount_at(
    source: &str,
    target: &str,
    kind: &str,
    flags: MountFlags,
    options: &str,
) -> Result<(), MountError> {
    directory(target)?;
    let options = CString::new(options)?;
    wrap(
        target,
        mount(source, target, kind, flags, options.as_c_str()),
    )
}

fn directory(path: &str) -> Result<(), MountError> {
    if Path::new(path).is_dir() {
        return Ok(());
    }
    create_dir_all(path).map_err(|source| MountError::Directory {
        path: path.into(),
        source,
    })
}

fn wrap(what: &str, result: Result<(), Errno>) -> Result<(), MountError> {
    result.map_err(|errno| MountError::Mount {
        what: what.into(),
        errno,
    })
}
