// SPDX-License-Identifier: GPL-2.0

//! Vendor plugin for NVIDIA ConnectX (mlx5) functions.
//!
//! Brings a function up far enough for firmware commands, events and page supply, and offers it to
//! consumers: `fwctl`, `netdev` and `rdma` children as the capabilities say. It drives only
//! functions it was told to claim, by `driver_override` or the parameter `claim`, so it never takes
//! a network card away from mlx5_core.
//!
//! # Limitations
//!
//! - Physical functions of the host only: no SR-IOV, no subfunctions, and none that is for the cores
//!   on a card.
//! - Children of the classes `netdev` and `rdma` have no service yet.
//!
//! # Glossary
//!
//! - *HCA*: the function, as firmware calls it. *UAR*: a page of doorbells in BAR 0. *EQ*: event
//!   queue.
//! - *Mailbox*: a DMA block that carries the part of a command which does not fit in its slot.
//! - *uctx*, *uid*: a user context of firmware and its number. *ISSI*: revision of the software
//!   interface.
//!
//! # Layering
//!
//! `auxcore <- auxcore_mlx5 <- consumers`; knows no consumer.

mod bits;
mod caps;
mod change;
mod children;
mod cmd;
mod down;
mod eq;
mod ffi;
mod fwctl;
mod hca;
mod health;
mod mailbox;
mod noise;
mod pages;
mod peer;
mod permitted;
mod pool;
mod regs;
mod ring;
mod rpc;
mod scope;
mod uctx;
mod wire;

auxcore::module_vendor! {
    type: children::Mlx5,
    name: "auxcore_mlx5",
    authors: ["auxcore developers"],
    description: "Core driver of ConnectX functions",
    license: "GPL",
}
