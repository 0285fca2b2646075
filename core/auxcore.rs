// SPDX-License-Identifier: GPL-2.0

//! The generic core driver: owns a device and its firmware channel, spawns auxiliary devices for
//! the consumers.
//!
//! A vendor plugin supplies a [`vendor::Vendor`], and with it the command ring ([`ring::Ring`]) and
//! the table of children. This crate supplies the order: claim, map, bring up, children; and the
//! reverse. It also supplies the [`channel`]: slots that own the memory of their commands, tokens,
//! absolute deadlines, one cancel.
//!
//! # Limitations
//!
//! One function per core; no virtual functions.
//!
//! # Layering
//!
//! `kernel <- auxbus <- auxcore <- vendors <- consumers`. Only `pci.rs` names PCI, only `ffi.rs`
//! and `dma.rs` hold `unsafe` code.
//!
//! # Glossary
//!
//! - *command*, *reply*: one exchange with firmware; *request*, *response*: one exchange with user
//!   space.
//! - *slot*: a place in the device's command ring. *Ticket*: a command on its way. *Orphan*: a slot
//!   nobody waits for.
//! - *function*: what a core driver drives, see [`function::Function`].

pub mod channel;
pub mod claim;
pub mod class;
pub mod client;
pub mod deadline;
mod debugfs;
pub mod device;
pub mod dma;
pub mod events;
mod exposure;
mod ffi;
pub mod function;
mod generation;
pub mod handle;
pub mod health;
pub mod journal;
mod lock;
pub mod nested;
pub mod objects;
pub mod owner;
pub mod pci;
pub mod peer;
pub mod place;
mod policy;
pub mod recovery;
pub mod ring;
pub mod slots;
mod stats;
pub mod text;
pub mod textfile;
mod ticket;
pub mod vendor;
mod who;

/// Declares the module of a vendor plugin: a PCI core driver for the [`PciVendor`](pci::PciVendor)
/// given as `type`; with `nested`, it also drives the nested functions of that
/// [`NestedVendor`](nested::NestedVendor).
#[macro_export]
macro_rules! module_vendor {
    (type: $vendor:ty, nested: $nested:ty, $($rest:tt)*) => {
        #[::kernel::prelude::pin_data]
        struct DriverModule {
            #[pin]
            _nested: ::kernel::driver::Registration<
                ::auxbus::ConsumerDriver<$crate::nested::NestedDriver<$nested>>,
            >,
            #[pin]
            _driver: ::kernel::driver::Registration<$crate::pci::PciDriver<$vendor>>,
        }

        impl ::kernel::InPlaceModule for DriverModule {
            fn init(
                module: &'static ::kernel::ThisModule,
            ) -> impl ::pin_init::PinInit<Self, ::kernel::error::Error> {
                let name = <Self as ::kernel::ModuleMetadata>::NAME;
                ::kernel::try_pin_init!(Self {
                    _nested <- ::kernel::driver::Registration::new(name, module),
                    _driver <- ::kernel::driver::Registration::new(name, module),
                })
            }
        }

        ::kernel::prelude::module! { type: DriverModule, $($rest)* }
    };
    (type: $vendor:ty, $($rest:tt)*) => {
        kernel::module_driver!(<T>, $crate::pci::PciDriver<T>, { type: $vendor, $($rest)* });
    };
}

/// The library module: it holds what all core devices share.
struct Library {
    _files: debugfs::Root,
    _peers: ffi::peer::Root,
}

impl kernel::Module for Library {
    fn init(_module: &'static kernel::ThisModule) -> kernel::error::Result<Self> {
        Ok(Self {
            _files: debugfs::Root::new(),
            _peers: ffi::peer::Root::new(),
        })
    }
}

kernel::prelude::module! {
    type: Library,
    name: "auxcore",
    authors: ["auxcore developers"],
    description: "Generic core driver: firmware channel and auxiliary devices",
    license: "GPL",
}
