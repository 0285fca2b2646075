// SPDX-License-Identifier: GPL-2.0
//! A ConnectX function as a vfio-user device.
#![forbid(unsafe_code)]
