// SPDX-License-Identifier: GPL-2.0

//! What is done with a failing allocation in it.

#![forbid(unsafe_code)]

use crate::ending::{Ending, Look};
use crate::fault::Where;
use crate::model;
use crate::stack::{self, Stack, Write};
use auxcore_uapi::Device;
use clap::ValueEnum;
use std::fs::File;
use std::io;
use std::path::PathBuf;

/// The system's numbers for "no memory", "busy" and "no such device".
pub(crate) const ENOMEM: i32 = 12;
const EBUSY: i32 = 16;
const ENODEV: i32 = 19;

/// The operations by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Name {
    /// Bind the core driver to the function
    CoreBind,
    /// Unbind it
    CoreUnbind,
    /// Bind the fwctl consumer to the child
    ConsumerBind,
    /// Unbind it
    ConsumerUnbind,
    /// Open the fwctl device
    Open,
    /// Close it
    Close,
    /// Ask what it is
    Info,
    /// Execute a command
    Rpc,
    /// Let firmware die and the core driver recover
    Recover,
}

impl Name {
    /// Returns the function of the kernel whose allocations are no points, as it tells nobody when it has no memory. The
    /// kernel takes one: that of the two which the operation has in it at the place. A recovery may have both, since one
    /// thread may serve several queues; a lost node is an ending of it ([`Ending::Node`]).
    pub(crate) fn spared(self, place: &Where) -> &'static str {
        match (self, place) {
            // It makes the files of an interrupt; the kernel warns when it removes those that are missing.
            (Self::CoreBind | Self::CoreUnbind, Where::Own) => "register_irq_proc",
            (_, Where::Worker(module)) if module != "auxbus" => "register_irq_proc",
            // It makes the node in /dev; the device is there without one.
            _ => "devtmpfs_create_node",
        }
    }
}

/// One operation. What it returns of a failure is a sentence.
pub(crate) trait Operation {
    /// Brings the stack to where the operation starts, without faults.
    fn start(&mut self) -> Result<(), String>;

    /// The operation, as few system calls as it takes.
    fn act(&mut self) -> io::Result<()>;

    /// The errnos with which it may fail for want of memory.
    fn errnos(&self) -> &'static [i32] {
        &[ENOMEM]
    }

    /// Whether what the operation returned is true, and how everything came to work again, now that no fault is left.
    fn judge(&mut self, returned: &io::Result<()>) -> Result<Ending, String>;
}

/// Returns the operation of a name.
pub(crate) fn new(name: Name, stack: Stack) -> Box<dyn Operation> {
    match name {
        Name::CoreBind | Name::CoreUnbind | Name::ConsumerBind | Name::ConsumerUnbind => {
            Box::new(Binding {
                core: matches!(name, Name::CoreBind | Name::CoreUnbind),
                up: matches!(name, Name::CoreBind | Name::ConsumerBind),
                write: None,
                stack,
            })
        }
        Name::Open => Box::new(Open {
            stack,
            node: PathBuf::new(),
            file: None,
        }),
        Name::Close => Box::new(Close { stack, file: None }),
        Name::Info | Name::Rpc => Box::new(Call {
            stack,
            rpc: name == Name::Rpc,
            device: None,
        }),
        Name::Recover => Box::new(Recover { stack, before: 0 }),
    }
}

/// Binding or unbinding the core or the consumer.
struct Binding {
    stack: Stack,
    core: bool,
    up: bool,
    write: Option<Write>,
}

impl Binding {
    fn write_to(&self, file: &str) -> Write {
        if self.core {
            self.stack.core(file)
        } else {
            self.stack.consumer(file)
        }
    }

    fn is_up(&self) -> bool {
        if self.core {
            self.stack.is_bound()
        } else {
            self.stack.is_consumed()
        }
    }
}

impl Operation for Binding {
    fn start(&mut self) -> Result<(), String> {
        self.stack.make_whole()?;
        if self.up {
            self.write_to("unbind").now("unbinding")?;
        }
        let file = if self.up { "bind" } else { "unbind" };
        self.write = Some(self.write_to(file).prepare()?);
        Ok(())
    }

    fn act(&mut self) -> io::Result<()> {
        match &mut self.write {
            Some(write) => write.write(),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn errnos(&self) -> &'static [i32] {
        match (self.core, self.up) {
            // The kernel says so if it has no memory for a device's BAR, `pci_request_region()`, and for its interrupts,
            // `__pci_enable_msix_range()`.
            (true, true) => &[ENOMEM, EBUSY, ENODEV],
            _ => &[ENOMEM],
        }
    }

    fn judge(&mut self, returned: &io::Result<()>) -> Result<Ending, String> {
        self.write = None;
        let expected = if returned.is_ok() { self.up } else { !self.up };
        if self.is_up() != expected {
            return Err(format!(
                "it is {}bound afterwards",
                if expected { "not " } else { "" }
            ));
        }
        if !expected {
            self.write_to("bind").now("binding again")?;
        }
        self.stack.ending(0)
    }
}

/// Opening the device.
struct Open {
    stack: Stack,
    node: PathBuf,
    file: Option<File>,
}

impl Operation for Open {
    fn start(&mut self) -> Result<(), String> {
        self.stack.works()?;
        self.node = self.stack.node().ok_or("there is no node")?;
        Ok(())
    }

    fn act(&mut self) -> io::Result<()> {
        self.file = Some(File::options().read(true).write(true).open(&self.node)?);
        Ok(())
    }

    fn judge(&mut self, _: &io::Result<()>) -> Result<Ending, String> {
        self.file = None;
        self.stack.works().map(|()| Ending::Itself)
    }
}

/// Closing the device.
struct Close {
    stack: Stack,
    file: Option<Device>,
}

impl Operation for Close {
    fn start(&mut self) -> Result<(), String> {
        self.file = Some(self.stack.open()?);
        Ok(())
    }

    fn act(&mut self) -> io::Result<()> {
        self.file = None;
        Ok(())
    }

    fn judge(&mut self, _: &io::Result<()>) -> Result<Ending, String> {
        self.stack.works().map(|()| Ending::Itself)
    }
}

/// An ioctl on an open device.
struct Call {
    stack: Stack,
    rpc: bool,
    device: Option<Device>,
}

impl Operation for Call {
    fn start(&mut self) -> Result<(), String> {
        if self.device.is_none() {
            self.device = Some(self.stack.open()?);
        }
        Ok(())
    }

    fn act(&mut self) -> io::Result<()> {
        let device = self.device.as_ref().ok_or(io::ErrorKind::NotFound)?;
        if self.rpc {
            stack::rpc(device)
        } else {
            device
                .info(64)
                .map(|_| ())
                .map_err(|error| stack::errno(&error))
        }
    }

    fn judge(&mut self, _: &io::Result<()>) -> Result<Ending, String> {
        let works = self.device.as_ref().map_or(Ok(()), stack::execute);
        works.map(|()| Ending::Itself)
    }
}

/// The death of firmware, and the recovery from it.
struct Recover {
    stack: Stack,
    /// Number of the generation that dies.
    before: u64,
}

impl Operation for Recover {
    fn start(&mut self) -> Result<(), String> {
        self.stack.make_whole()?;
        // The driver counts recoveries from its bind, and gives up after a few.
        self.stack.core("unbind").now("unbinding the core")?;
        self.stack.make_whole()?;
        let health = self
            .stack
            .health()
            .ok_or("the driver does not say how it is")?;
        self.before = health.generation;
        Ok(())
    }

    fn act(&mut self) -> io::Result<()> {
        model::tell("health fatal")?;
        // Nobody is told of a recovery that fails: what became of it is judged.
        let _: Look = self.stack.settle(self.before);
        Ok(())
    }

    fn judge(&mut self, _: &io::Result<()>) -> Result<Ending, String> {
        let ending = self.stack.ending(self.before);
        match ending {
            Err(_) if self.stack.lacks_node() => self.stack.renew_node().map(|()| Ending::Node),
            ending => ending,
        }
    }
}
