// SPDX-License-Identifier: GPL-2.0

//! The driver stack of one function, as sysfs shows it.

#![forbid(unsafe_code)]

use crate::ending::{Ending, Health, Look, Seen};
use auxcore_uapi::fwctl::Scope;
use auxcore_uapi::Device;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

const CORE: &str = "/sys/bus/pci/drivers/auxcore_mlx5";
const CONSUMER: &str = "/sys/bus/auxiliary/drivers/auxcore_fwctl.auxcore_fwctl";
const CLASS: &str = "/sys/class/fwctl";

/// The driver's files; a debug kernel has debugfs.
const FILES: &str = "/sys/kernel/debug/auxcore";

/// How long a node in /dev may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the function may take to come back, a second attempt included: a bring-up has a minute.
const RECOVERY: Duration = Duration::from_secs(100);
/// How long a child may be without the consumer that is being bound to it.
const LONELY: Duration = Duration::from_secs(3);

/// QUERY_ADAPTER, which any context may execute.
const REQUEST: [u8; 16] = [0x01, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const REPLY: usize = 256;

/// A PCI function and what stands on it.
#[derive(Clone, Debug)]
pub(crate) struct Stack {
    function: String,
}

impl Stack {
    pub(crate) fn new(function: &str) -> Self {
        Self {
            function: function.to_owned(),
        }
    }

    fn device(&self) -> PathBuf {
        Path::new("/sys/bus/pci/devices").join(&self.function)
    }

    /// Whether the core driver is bound.
    pub(crate) fn is_bound(&self) -> bool {
        self.device().join("driver").exists()
    }

    /// Whether the consumer is bound to the function's fwctl child.
    pub(crate) fn is_consumed(&self) -> bool {
        self.child()
            .is_some_and(|child| self.device().join(child).join("driver").exists())
    }

    /// The name of the function's fwctl child.
    pub(crate) fn child(&self) -> Option<String> {
        entries(&self.device())
            .into_iter()
            .find(|name| name.starts_with("auxcore.fwctl."))
    }

    /// What the driver says of itself.
    pub(crate) fn health(&self) -> Option<Health> {
        let file = Path::new(FILES).join(&self.function).join("health");
        Health::parse(&fs::read_to_string(file).ok()?)
    }

    /// Writes to the `bind` or `unbind` file of the core driver, in one system call after the file is open.
    pub(crate) fn core(&self, file: &str) -> Write {
        Write::new(Path::new(CORE).join(file), self.function.clone())
    }

    /// The same for the consumer.
    pub(crate) fn consumer(&self, file: &str) -> Write {
        Write::new(
            Path::new(CONSUMER).join(file),
            self.child().unwrap_or_default(),
        )
    }

    /// The node of the function's fwctl device.
    pub(crate) fn node(&self) -> Option<PathBuf> {
        let own = fs::canonicalize(self.device()).ok()?;
        entries(Path::new(CLASS)).into_iter().find_map(|name| {
            let parent = fs::canonicalize(Path::new(CLASS).join(&name).join("device")).ok()?;
            (parent == own).then(|| Path::new("/dev/fwctl").join(name))
        })
    }

    /// Whether the device is there without its node. That comes a little later than the device, and is waited for elsewhere.
    pub(crate) fn lacks_node(&self) -> bool {
        self.is_consumed() && self.node().is_some_and(|node| !node.exists())
    }

    /// Has the consumer make the device anew, and all work again.
    pub(crate) fn renew_node(&self) -> Result<(), String> {
        self.consumer("unbind").now("unbinding the consumer")?;
        self.consumer("bind").now("binding the consumer")?;
        self.works()
    }

    /// Waits for the node and opens it.
    pub(crate) fn open(&self) -> Result<Device, String> {
        let limit = Instant::now() + PATIENCE;
        loop {
            let ret = match self.node() {
                Some(node) if node.exists() => {
                    return Device::open(&node).map_err(|e| e.to_string())
                }
                Some(node) => format!("{} does not appear", node.display()),
                None => "the function has no fwctl device".to_owned(),
            };
            if Instant::now() > limit || !self.is_consumed() {
                return Err(ret);
            }
            sleep(Duration::from_millis(10));
        }
    }

    /// Opens a context, executes a command in firmware, closes.
    pub(crate) fn works(&self) -> Result<(), String> {
        execute(&self.open()?)
    }

    /// Waits for the end of what is under way after the generation number `before` has died; 0 if none has. Touches nothing.
    pub(crate) fn settle(&self, before: u64) -> Look {
        let limit = Instant::now() + RECOVERY;
        let mut lonely = Instant::now();
        loop {
            let seen = Seen {
                health: self.health(),
                child: self.child().is_some(),
                // A probe that will fail has its link already, but no device yet.
                consumed: self.is_consumed() && self.node().is_some(),
            };
            let look = seen.look(before);
            if look != Look::Alone {
                lonely = Instant::now();
            }
            let settled = match look {
                Look::Whole | Look::GivenUp => true,
                Look::Alone => lonely.elapsed() > LONELY,
                Look::NotYet => false,
            };
            if settled || Instant::now() > limit {
                return look;
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// Has everything work again after [`Self::settle`], with the repair that is documented for what is seen, or with none.
    pub(crate) fn ending(&self, before: u64) -> Result<Ending, String> {
        let ending = match self.settle(before) {
            Look::Whole => Ending::Itself,
            Look::Alone => {
                self.consumer("bind").now("binding the consumer")?;
                Ending::Consumer
            }
            Look::GivenUp => {
                self.core("unbind").now("unbinding the core")?;
                self.core("bind").now("binding the core")?;
                Ending::GivenUp
            }
            Look::NotYet => return Err(format!("it is not back: {:?}", self.health())),
        };
        self.works().map(|()| ending)
    }

    /// Brings everything up before a round, whatever is missing.
    pub(crate) fn make_whole(&self) -> Result<(), String> {
        if !self.is_bound() {
            self.core("bind").now("binding the core")?;
        }
        if self.child().is_none() {
            self.core("unbind").now("unbinding the core")?;
            self.core("bind").now("binding the core")?;
        }
        if !self.is_consumed() {
            self.consumer("bind").now("binding the consumer")?;
        }
        self.works()
    }
}

/// Executes a command on an open device.
pub(crate) fn execute(device: &Device) -> Result<(), String> {
    match rpc(device) {
        Ok(()) => Ok(()),
        Err(error) => Err(format!("a command fails: {error}")),
    }
}

/// Executes one command.
///
/// # Errors
///
/// The system's errno.
pub(crate) fn rpc(device: &Device) -> io::Result<()> {
    device
        .rpc(Scope::Configuration, &REQUEST, REPLY)
        .map(|_| ())
        .map_err(|error| errno(&error))
}

/// The system's errno of a call.
pub(crate) fn errno(error: &auxcore_uapi::Error) -> io::Error {
    error.errno().map_or_else(
        || io::Error::other(error.to_string()),
        io::Error::from_raw_os_error,
    )
}

/// A text for a file of the kernel's, prepared so that one system call writes it.
#[derive(Debug)]
pub(crate) struct Write {
    path: PathBuf,
    text: String,
    file: Option<fs::File>,
}

impl Write {
    fn new(path: PathBuf, text: String) -> Self {
        Self {
            path,
            text,
            file: None,
        }
    }

    /// Opens the file.
    pub(crate) fn prepare(mut self) -> Result<Self, String> {
        let file = fs::File::options()
            .write(true)
            .open(&self.path)
            .map_err(|error| format!("{}: {error}", self.path.display()))?;
        self.file = Some(file);
        Ok(self)
    }

    /// Writes.
    pub(crate) fn write(&mut self) -> io::Result<()> {
        use std::io::Write as _;
        match &mut self.file {
            Some(file) => file.write_all(self.text.as_bytes()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Opens and writes, and tells in words what failed.
    pub(crate) fn now(self, what: &str) -> Result<(), String> {
        self.prepare()?
            .write()
            .map_err(|error| format!("{what} fails: {error}"))
    }
}

fn entries(dir: &Path) -> Vec<String> {
    fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}
