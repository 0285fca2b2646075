// SPDX-License-Identifier: GPL-2.0
//! The vfio-user side: regions and interrupts for the transport, and the dispatch of what comes in.
#![forbid(unsafe_code)]

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use vfio_bindings::bindings::vfio::{
    vfio_region_info, VFIO_IRQ_INFO_EVENTFD, VFIO_PCI_BAR0_REGION_INDEX,
    VFIO_PCI_BAR2_REGION_INDEX, VFIO_PCI_CONFIG_REGION_INDEX, VFIO_PCI_ERR_IRQ_INDEX,
    VFIO_PCI_MSIX_IRQ_INDEX, VFIO_PCI_NUM_IRQS, VFIO_PCI_NUM_REGIONS, VFIO_REGION_INFO_FLAG_READ,
    VFIO_REGION_INFO_FLAG_WRITE,
};
use vfio_user::{DmaMapFlags, DmaUnmapFlags, IrqInfo, ServerBackend, ServerRegion};

use crate::machine::Shared;
use crate::msix::VECTORS;
use crate::pci::{BAR0_BYTES, BAR2_BYTES, CONFIG, PBA};

/// The longest access a client may make; an honest one never exceeds eight bytes.
const MAX_ACCESS: usize = 4096;

/// Returns the regions of the function, all trapped: mapping any would cost the client its posted
/// writes.
pub fn regions() -> Vec<ServerRegion> {
    (0..VFIO_PCI_NUM_REGIONS)
        .map(|index| region(index, size_of_region(index)))
        .collect()
}

fn size_of_region(index: u32) -> u64 {
    match index {
        VFIO_PCI_BAR0_REGION_INDEX => BAR0_BYTES,
        VFIO_PCI_BAR2_REGION_INDEX => BAR2_BYTES,
        VFIO_PCI_CONFIG_REGION_INDEX => CONFIG as u64,
        _ => 0,
    }
}

fn region(index: u32, size: u64) -> ServerRegion {
    let flags = if size == 0 {
        0
    } else {
        VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE
    };
    let argsz = u32::try_from(size_of::<vfio_region_info>()).unwrap_or(0);
    let region_info = vfio_region_info {
        argsz,
        flags,
        index,
        cap_offset: 0,
        size,
        offset: 0,
    };
    ServerRegion {
        region_info,
        sparse_areas: Vec::new(),
        mmap_fd: None,
    }
}

/// Returns the interrupts of the function. MSI-X is not marked NORESIZE: a client that sees that
/// mark disables and enables all vectors for each new one.
pub fn irqs() -> Vec<IrqInfo> {
    let count = |index| match index {
        VFIO_PCI_MSIX_IRQ_INDEX => VECTORS.into(),
        // Never raised, but a client without it warns its user.
        VFIO_PCI_ERR_IRQ_INDEX => 1,
        _ => 0,
    };
    (0..VFIO_PCI_NUM_IRQS)
        .map(|index| IrqInfo {
            index,
            flags: VFIO_IRQ_INFO_EVENTFD,
            count: count(index),
        })
        .collect()
}

/// Dispatches what the client asks to the machine.
pub struct Backend {
    shared: Arc<Shared>,
}

impl Backend {
    /// Returns a backend of the machine.
    pub fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
}

/// Ends the model loudly: a device that cannot reach memory would leave its driver waiting for a minute.
fn fail(text: &str) -> ! {
    // Without a standard error nobody can be told.
    writeln!(io::stderr(), "connectx-model: {text}").unwrap_or(());
    std::process::exit(crate::machine::DIED)
}

fn refused(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

impl ServerBackend for Backend {
    fn region_read(&mut self, region: u32, offset: u64, data: &mut [u8]) -> io::Result<()> {
        if data.len() > MAX_ACCESS {
            return Err(refused("The access is too long"));
        }
        let mut machine = self.shared.lock();
        match region {
            VFIO_PCI_BAR0_REGION_INDEX => {
                let now = machine.now();
                machine.device.read(offset, data, now);
            }
            VFIO_PCI_BAR2_REGION_INDEX => {
                let pending = machine.msix.pending().to_le_bytes();
                for (n, byte) in data.iter_mut().enumerate() {
                    let at = offset
                        .saturating_add(n as u64)
                        .checked_sub(PBA)
                        .map(crate::field::index);
                    *byte = at.and_then(|at| pending.get(at)).copied().unwrap_or(0);
                }
            }
            VFIO_PCI_CONFIG_REGION_INDEX => machine.config.read(offset, data),
            _ => data.fill(0xff),
        }
        Ok(())
    }

    fn region_write(&mut self, region: u32, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut machine = self.shared.lock();
        match region {
            VFIO_PCI_BAR0_REGION_INDEX => {
                if machine.write_bar0(offset, data) {
                    self.shared.ring();
                }
            }
            VFIO_PCI_CONFIG_REGION_INDEX => {
                machine.write_config(offset, data);
                if machine.is_blind() {
                    fail(
                        "Guest memory has no descriptors: it needs memory-backend-memfd, share=on",
                    );
                }
                self.shared.ring();
            }
            // The MSI-X table is the client's own; writes to the rest go nowhere.
            _ => {}
        }
        Ok(())
    }

    fn dma_map(
        &mut self,
        flags: DmaMapFlags,
        offset: u64,
        address: u64,
        size: u64,
        fd: Option<File>,
    ) -> io::Result<()> {
        let writable = flags.contains(DmaMapFlags::WRITE);
        self.shared
            .lock()
            .dma
            .map(address, size, offset, fd, writable)
    }

    fn dma_unmap(&mut self, flags: DmaUnmapFlags, address: u64, size: u64) -> io::Result<()> {
        let mut machine = self.shared.lock();
        if flags.contains(DmaUnmapFlags::UNMAP_ALL) {
            machine.dma.clear();
        } else {
            machine.dma.unmap(address, size);
        }
        Ok(())
    }

    fn reset(&mut self) -> io::Result<()> {
        self.shared.lock().reset();
        Ok(())
    }

    fn set_irqs(
        &mut self,
        index: u32,
        flags: u32,
        start: u32,
        count: u32,
        fds: Vec<File>,
    ) -> io::Result<()> {
        if index != VFIO_PCI_MSIX_IRQ_INDEX {
            // The client hands over descriptors for error interrupts the function never raises.
            return Ok(());
        }
        let sensible = self.shared.lock().msix.configure(flags, start, count, fds);
        sensible
            .then_some(())
            .ok_or_else(|| refused("The vectors do not exist"))
    }
}
