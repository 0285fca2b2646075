// SPDX-License-Identifier: GPL-2.0

//! The pure files of the ConnectX plugin, which use each other.

#![forbid(unsafe_code)]

#[path = "../../../core/mlx5/bits.rs"]
mod bits;

#[path = "../../../core/mlx5/change.rs"]
mod change;

#[path = "../../../core/mlx5/noise.rs"]
mod noise;

#[path = "../../../core/mlx5/permitted.rs"]
mod permitted;

#[path = "../../../core/mlx5/rpc.rs"]
mod rpc;

#[path = "../../../core/mlx5/scope.rs"]
mod scope;

#[path = "../../../core/mlx5/wire.rs"]
mod wire;
