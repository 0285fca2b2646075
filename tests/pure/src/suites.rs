// SPDX-License-Identifier: GPL-2.0

//! Every pure file with tests: a file in this list is tested in the kernel and on the host.

#![forbid(unsafe_code)]

#[path = "../../../aux/reconcile.rs"]
mod reconcile;

#[path = "../../../core/claim.rs"]
mod claim;

#[path = "../../../core/slots.rs"]
mod slots;

#[path = "../../../core/policy.rs"]
mod exposure;

#[path = "journal.rs"]
mod journal;

#[path = "../../../core/text.rs"]
mod text;

#[path = "../../../core/stats.rs"]
mod stats;

#[path = "cxl.rs"]
mod cxl;

#[path = "mlx5.rs"]
mod mlx5;

#[path = "../../null/order.rs"]
mod null_order;

#[path = "../../../fwctl/policy.rs"]
mod policy;

#[path = "../../../core/health.rs"]
mod health;

#[path = "../../../core/events/pending.rs"]
mod pending;
