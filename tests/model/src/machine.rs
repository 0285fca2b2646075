// SPDX-License-Identifier: GPL-2.0
//! The device with everything around it, shared by the threads that serve it.
//!
//! One lock guards all of it. The transport holds it for the microseconds of a register access, the
//! engine while it executes a command; an unmap therefore returns only when the engine is out of
//! the range.
#![forbid(unsafe_code)]

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::device::Device;
use crate::dma::Dma;
use crate::engine::Next;
use crate::identity::Identity;
use crate::msix::Msix;
use crate::pci::{Config, Effect};

/// The exit status of a model that was told to die.
pub const DIED: i32 = 1;

/// Device, configuration space, memory and vectors.
pub struct Machine {
    /// The function.
    pub device: Device,
    /// Configuration space.
    pub config: Config,
    /// Guest memory.
    pub dma: Dma,
    /// Vectors.
    pub msix: Msix,
    start: Instant,
    running: bool,
    closing: bool,
    blind: bool,
}

impl Machine {
    /// Returns the microseconds since start.
    pub fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Returns whether the machine is up for clients.
    pub fn is_running(&self) -> bool {
        self.running
    }

    /// Returns whether the driver switched bus mastering on while no memory was mapped by descriptor.
    pub fn is_blind(&self) -> bool {
        self.blind
    }

    /// Notes that clients may come.
    pub fn run(&mut self) {
        self.running = true;
    }

    /// Resets the function.
    pub fn reset(&mut self) {
        self.device.reset();
        self.config.reset();
    }

    /// Applies a configuration write.
    pub fn write_config(&mut self, offset: u64, data: &[u8]) {
        match self.config.write(offset, data) {
            Some(Effect::FunctionReset) => self.device.reset(),
            Some(Effect::BusMaster(on)) => {
                self.blind |= on && !self.dma.has_memory();
                self.device.bus_master(on);
            }
            None => {}
        }
    }

    /// Writes BAR0; returns whether the engine has something to do.
    pub fn write_bar0(&mut self, offset: u64, data: &[u8]) -> bool {
        let now = self.now();
        self.device.write(offset, data, now, &mut self.msix)
    }

    /// Lets the engine work; without bus mastering the function cannot reach memory and waits.
    fn step(&mut self) -> Next {
        if !self.config.is_bus_master() {
            return Next::Idle;
        }
        let now = self.now();
        self.device.step(now, &self.dma, &mut self.msix)
    }
}

/// The machine and the bell that wakes its engine.
pub struct Shared {
    machine: Mutex<Machine>,
    bell: Condvar,
}

impl Shared {
    /// Returns a machine after power-on.
    pub fn new(identity: Identity) -> Arc<Self> {
        let machine = Machine {
            config: Config::new(identity.device_id),
            device: Device::new(identity),
            dma: Dma::default(),
            msix: Msix::default(),
            start: Instant::now(),
            running: false,
            closing: false,
            blind: false,
        };
        Arc::new(Self {
            machine: Mutex::new(machine),
            bell: Condvar::new(),
        })
    }

    /// Locks the machine. A thread that panicked while holding it leaves state that is odd, not
    /// unsound.
    pub fn lock(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the engine.
    pub fn ring(&self) {
        self.bell.notify_all();
    }

    /// Ends [`Shared::run_engine`].
    pub fn close(&self) {
        self.lock().closing = true;
        self.ring();
    }

    /// Runs the engine until [`Shared::close`]; it sleeps whenever nothing is due.
    pub fn run_engine(&self) {
        let mut machine = self.lock();
        while !machine.closing {
            machine = match machine.step() {
                Next::Die => std::process::exit(DIED),
                Next::Idle => self
                    .bell
                    .wait(machine)
                    .unwrap_or_else(PoisonError::into_inner),
                Next::At(due) => {
                    let wait = Duration::from_micros(due.saturating_sub(machine.now()));
                    self.bell
                        .wait_timeout(machine, wait)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
            };
        }
    }
}
