// SPDX-License-Identifier: GPL-2.0

//! Typed children on the auxiliary bus.
//!
//! A core driver owns one function of a device. For each class of service the function offers
//! (netdev, rdma, fwctl, ...) it creates one child on the kernel's auxiliary bus, and the class's
//! driver, the consumer, binds to the child. This crate owns the children and connects the two
//! sides: what a core driver hands to a consumer is a Rust value whose type both sides name, the
//! [`Contract`].
//!
//! # Layering
//!
//! `kernel <- auxbus <- auxcore <- vendors, consumers`. Nothing in here knows PCI, firmware or a
//! vendor.
//!
//! # Lifetimes
//!
//! - [`Children`] is the only owner of a function's children. They are created and removed by its
//!   reconcile and nowhere else, on one ordered work context, never under a consumer's lock.
//! - A child's registration data may borrow from the core driver (`'a`): it is dropped after the
//!   consumer is unbound and the device is off the bus, and before `Children` is gone.
//! - A consumer borrows the registration data while it is bound (`'bound`). It is attached before
//!   its probe and detached before its unbind, so nothing it registered is still there while the
//!   other side is already gone.
//! - The C device itself lives until its last reference is put. The module's exit waits for that.
//!
//! # Glossary
//!
//! - child: one auxiliary device, `<modname>.<class>.<id>` on the bus.
//! - class: the kind of service, the last part of the name a consumer matches.
//! - contract: the type of the registration data with its attach and detach, shared by both sides.
//! - consumer: an auxiliary driver that binds to the children of a class.
//! - table: what says which children are wanted and makes them; a row of it is a kind of child.
//! - attribute: a read-only file of a child in sysfs, there before the child is announced.
//! - reconcile: make the children that exist equal to the children that are wanted.
//!
//! # Limitations
//!
//! A child does not survive the sleep of the machine: it is removed when its core device suspends,
//! and another one is there after the resume.

mod attributes;
mod children;
mod consumer;
mod ffi;
mod id;
mod lifetime;
mod name;
mod places;
mod queue;
mod reconcile;
mod slot;

pub use children::{
    Children,
    Kind,
    Table, //
};
pub use consumer::{
    Consumer,
    ConsumerAdapter,
    Contract,
    Watcher, //
};
pub use ffi::consumer::ConsumerDriver;
pub use id::Id;
pub use name::Name;
pub use queue::{
    Kicked,
    Queue, //
};
pub use slot::Slot;

kernel::prelude::module! {
    type: lifetime::Module,
    name: "auxbus",
    authors: ["The auxcore developers"],
    description: "Typed children on the auxiliary bus",
    license: "GPL",
}
