// SPDX-License-Identifier: GPL-2.0

//! A system made of files, for tests.

#![forbid(unsafe_code)]

use crate::places::Places;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A directory with sysfs, debugfs and device files, which goes with the value.
#[derive(Debug)]
pub(crate) struct Fake {
    root: PathBuf,
}

impl Fake {
    /// Makes a system without devices.
    pub(crate) fn new() -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("auxctl-{}-{number}", std::process::id());
        let root = std::env::temp_dir().join(name);
        fs::create_dir_all(root.join("sys")).unwrap();
        Self {
            root: fs::canonicalize(root).unwrap(),
        }
    }

    /// Returns the places of this system.
    pub(crate) fn places(&self) -> Places {
        Places::at(&self.path("sys"), &self.path("debug"), &self.path("dev"))
    }

    /// Returns the real path of a file.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Makes a directory.
    pub(crate) fn dir(&self, path: &str) {
        fs::create_dir_all(self.path(path)).unwrap();
    }

    /// Makes a file, and its directory.
    pub(crate) fn file(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Makes a link to a path of this system, and its directory.
    pub(crate) fn link(&self, path: &str, target: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(self.path(target), path).unwrap();
    }

    /// Makes a device of a bus, bound to a driver unless that is empty. Returns its directory.
    pub(crate) fn device(&self, parent: &str, bus: &str, name: &str, driver: &str) -> String {
        let dir = format!("{parent}/{name}");
        self.dir(&dir);
        self.dir(&format!("sys/bus/{bus}/drivers/{driver}"));
        self.link(&format!("{dir}/subsystem"), &format!("sys/bus/{bus}"));
        self.link(&format!("sys/bus/{bus}/devices/{name}"), &dir);
        if !driver.is_empty() {
            let driver = format!("sys/bus/{bus}/drivers/{driver}");
            self.link(&format!("{dir}/driver"), &driver);
        }
        dir
    }

    /// Makes a device of a class below a device.
    pub(crate) fn class(&self, parent: &str, class: &str, name: &str) {
        let dir = format!("{parent}/{class}/{name}");
        self.dir(&dir);
        self.dir(&format!("sys/class/{class}"));
        self.link(&format!("{dir}/subsystem"), &format!("sys/class/{class}"));
        self.link(&format!("{dir}/device"), parent);
        self.link(&format!("sys/class/{class}/{name}"), &dir);
    }

    /// Makes a function of ours with a fwctl device, and one of the stock driver with two children.
    pub(crate) fn two_functions() -> Self {
        let fake = Self::new();
        let one = fake.device("sys/devices/pci0", "pci", "0000:01:00.0", "auxcore_mlx5");
        fake.file(&format!("{one}/vendor"), b"0x15b3\n");
        fake.file(&format!("{one}/device"), b"0x1021\n");
        fake.file(&format!("{one}/auxcore/fwctl_policy"), b"always\n");
        fake.file(
            "debug/auxcore/0000:01:00.0/health",
            b"state up\nrecoveries 0\n",
        );
        fake.device(&one, "auxiliary", "auxcore.fwctl.0", "auxcore_fwctl");
        fake.class(&one, "fwctl", "fwctl0");
        let two = fake.device("sys/devices/pci0", "pci", "0000:02:00.0", "mlx5_core");
        fake.device(&two, "auxiliary", "mlx5_core.eth.0", "mlx5_core.eth");
        fake.device(&two, "auxiliary", "mlx5_core.rdma.0", "");
        let part = fake.device(&two, "auxiliary", "mlx5_core.sf.4", "mlx5_core");
        fake.device(&part, "auxiliary", "mlx5_core.eth.1", "");
        fake.class(&two, "net", "eth0");
        fake.class(&two, "infiniband", "mlx5_0");
        fake.device("sys/devices/pci0", "pci", "0000:03:00.0", "e1000");
        fake
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}
