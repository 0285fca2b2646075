// SPDX-License-Identifier: GPL-2.0
//! Where things are: what the tools/guest script made ready, and the directory of one run.
#![forbid(unsafe_code)]

use std::env;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::error::RunError;

/// Where the toolchain root shows the whole host.
const HOST: &str = "/host";

/// Where the toolchain root shows the project tree.
const TREE: &str = "/src";

/// Longest path of a Unix socket: `sun_path` has 108 bytes and a closing NUL.
const SOCKET_PATH: usize = 107;

/// The artifacts that the set-up made, as paths inside the toolchain root.
#[derive(Clone, Debug)]
pub struct Places {
    /// The kernel, an ELF file booted by PVH.
    pub kernel: PathBuf,
    /// The guest's root file system.
    pub image: PathBuf,
    /// The disk with the modules.
    pub modules: PathBuf,
    /// The directory of the workspace's programs.
    pub programs: PathBuf,
    /// The project tree.
    pub tree: PathBuf,
    /// The path of the tree on the host, where the guest shall see it too.
    pub host_tree: String,
    /// The caller's working directory on the host.
    pub host_cwd: PathBuf,
    /// Directory where the verdict on KVM is remembered.
    pub kvm_notes: PathBuf,
}

impl Places {
    /// Reads the places from the environment and checks that they exist.
    ///
    /// # Errors
    ///
    /// A variable is not set, or what it names is gone.
    pub fn from_environment() -> Result<Self, RunError> {
        let places = Self {
            kernel: place("AUXCORE_GUEST_KERNEL")?,
            image: place("AUXCORE_GUEST_IMAGE")?,
            modules: place("AUXCORE_GUEST_MODULES")?,
            programs: place("AUXCORE_GUEST_PROGRAMS")?,
            tree: PathBuf::from(TREE),
            host_tree: variable("AUXCORE_HOST_TREE")?,
            host_cwd: PathBuf::from(variable("AUXCORE_HOST_CWD")?),
            kvm_notes: PathBuf::from("/cache/kvm"),
        };
        for path in [
            &places.kernel,
            &places.image,
            &places.modules,
            &places.programs,
        ] {
            if !path.exists() {
                return Err(RunError::Missing(path.clone()));
            }
        }
        Ok(places)
    }

    /// The path inside the toolchain root of a path that the caller gave.
    #[must_use]
    pub fn seen_from_host(&self, path: &Path) -> PathBuf {
        let absolute = self.host_cwd.join(path);
        Path::new(HOST).join(absolute.strip_prefix("/").unwrap_or(&absolute))
    }

    /// The paths on the host of the directories that the guest shall see beside the tree.
    #[must_use]
    pub fn folders(&self, args: &Args) -> Vec<String> {
        args.modules
            .iter()
            .map(|path| self.host_cwd.join(path).display().to_string())
            .collect()
    }
}

fn variable(name: &'static str) -> Result<String, RunError> {
    env::var(name).map_err(|_| RunError::Environment(name))
}

fn place(name: &'static str) -> Result<PathBuf, RunError> {
    variable(name).map(PathBuf::from)
}

/// The directory of one run: sockets, logs, reports and the guest's scratch directory. Removed with the value, but for
/// what the caller wants kept.
#[derive(Debug)]
pub struct RunDir {
    sockets: PathBuf,
    files: PathBuf,
}

impl RunDir {
    /// Makes the directory; the files go to `keep` if that is given.
    ///
    /// # Errors
    ///
    /// A directory cannot be made, or a socket in it would have too long a path.
    pub fn new(keep: Option<PathBuf>) -> Result<Self, RunError> {
        let parent = env::var_os("AUXCORE_TMPDIR").map_or_else(env::temp_dir, PathBuf::from);
        let sockets = parent.join(format!("auxcore.{}", std::process::id()));
        let files = keep.unwrap_or_else(|| sockets.clone());
        let run = Self { sockets, files };
        run.socket("control.00")?;
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&run.sockets)
            .map_err(|source| RunError::File {
                path: run.sockets.clone(),
                source,
            })?;
        let scratch = run.scratch();
        fs::create_dir_all(&scratch).map_err(|source| RunError::File {
            path: scratch,
            source,
        })?;
        Ok(run)
    }

    /// The path of a socket.
    ///
    /// # Errors
    ///
    /// It is longer than a socket address holds.
    pub fn socket(&self, name: &str) -> Result<String, RunError> {
        let path = self.sockets.join(name).display().to_string();
        if path.len() > SOCKET_PATH {
            return Err(RunError::SocketPath {
                length: path.len(),
                path,
                limit: SOCKET_PATH,
            });
        }
        Ok(path)
    }

    /// The path of a log or report.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.files.join(name)
    }

    /// The directory that the guest may write.
    #[must_use]
    pub fn scratch(&self) -> PathBuf {
        self.files.join("scratch")
    }
}

impl Drop for RunDir {
    fn drop(&mut self) {
        // Nothing hangs on it: the directory lies in a file system that ends with this process.
        let _ = fs::remove_dir_all(&self.sockets);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_address_that_does_not_fit_is_refused() {
        let run = |length: usize| RunDir {
            sockets: PathBuf::from(format!("/{}", "x".repeat(length))),
            files: PathBuf::new(),
        };
        assert!(run(100).socket("agent").is_ok());
        let error = run(101)
            .socket("agent")
            .err()
            .map(|error| error.to_string());
        assert!(
            error.is_some_and(|text| text.contains("108 bytes") && text.contains("AUXCORE_TMPDIR"))
        );
    }
}
