// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The function a core driver drives: a bound device with a register window, DMA and interrupt
//! vectors.
//!
//! Vendors see this trait only. `core/pci.rs` implements it for a PCI function, and nothing else in
//! the tree names PCI; `core/nested.rs` implements it for a part of another function.

use kernel::{
    device::{Bound, Device},
    io::{Mmio, Region},
    prelude::*,
    sync::Arc, //
};

use crate::nested::Grant;

/// The interrupt vectors a function needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Vectors {
    /// None: the device does not interrupt.
    None,
    /// This many message-signalled interrupts of the MSI capability, a power of two.
    Msi(u32),
    /// This many message-signalled interrupts of the MSI-X capability.
    MsiX(u32),
}

/// An interrupt handler.
pub trait Interrupt: Send + Sync {
    /// Called in hard interrupt context; may not sleep. Returns whether [`Interrupt::deferred`]
    /// shall run.
    fn interrupt(&self) -> bool;

    /// Called in process context, by one thread per vector, after [`Interrupt::interrupt`] asked
    /// for it.
    fn deferred(&self) {}
}

/// A function of a device, for the time it is bound.
pub trait Function<'bound>: Send + Sync {
    /// Returns the bound device: parent of all children, prefix of log lines.
    fn device(&self) -> &'bound Device<Bound>;

    /// Returns the bound device that does the function's DMA: all DMA memory is mapped for it. A
    /// nested function's is the one above it that is on a bus of its own.
    fn dma(&self) -> &'bound Device<Bound>;

    /// Returns the register window.
    fn window(&self) -> Mmio<'_, Region>;

    /// Returns the number of interrupt vectors.
    fn vectors(&self) -> usize;

    /// Connects `handler` to vector `index`, in place of the one before. Context: process.
    ///
    /// # Errors
    ///
    /// `EINVAL` for a vector that does not exist, `ENOMEM`, or the errno of the kernel's interrupt
    /// layer.
    fn connect(&self, index: usize, handler: Arc<dyn Interrupt + 'bound>) -> Result;

    /// Disconnects vector `index`: its handler does not run any more when this returns, and is
    /// dropped. The device may still do DMA: memory of the handler's that it can write needs
    /// another owner, who lives until [`Function::quiesce`]. Context: process.
    fn disconnect(&self, index: usize);

    /// Lets the device do DMA. Context: process.
    fn activate(&self);

    /// Stops the device from doing DMA, which interrupts are too, and then disconnects all vectors:
    /// what only a handler owns is freed when the device cannot write it any more. No handler runs
    /// any more when this returns. Idempotent. Context: process.
    fn quiesce(&self);

    /// Returns whether the function is on its bus. Context: process.
    fn present(&self) -> bool;

    /// Brings the function back to its first state, whatever it does. It is quiesced and present.
    /// Context: process; never waits for the device lock.
    ///
    /// # Errors
    ///
    /// `EAGAIN` when somebody holds the device lock, `ENOTTY` when the function has no reset of its
    /// own, or the errno of the bus.
    fn reset(&self) -> Result;

    /// As [`Function::reset`], for a caller that holds the device lock.
    fn reset_held(&self) -> Result;

    /// Returns what the function above does for this one, `None` if there is none above.
    fn grant(&self) -> Option<&dyn Grant>;
}
