// SPDX-License-Identifier: GPL-2.0
//! The command table.
#![forbid(unsafe_code)]

use super::Length::{AtLeast, Exactly};
use super::{caps, eq, hca, objects, pages, port, reg, uctx, Command, Handler, Length, Phase};

/// A command only the kernel may send.
const fn kernel(
    opcode: u16,
    name: &'static str,
    phase: Phase,
    input: Length,
    output: usize,
    run: Handler,
) -> Command {
    Command {
        opcode,
        name,
        input,
        output,
        phase,
        user: false,
        tools: false,
        shared: false,
        run,
    }
}

/// A command a user context may send too.
const fn open(
    opcode: u16,
    name: &'static str,
    phase: Phase,
    input: Length,
    output: usize,
    run: Handler,
) -> Command {
    Command {
        opcode,
        name,
        input,
        output,
        phase,
        user: true,
        tools: false,
        shared: false,
        run,
    }
}

/// A command a user context may send if it has the tools capability.
const fn tools(
    opcode: u16,
    name: &'static str,
    phase: Phase,
    input: Length,
    output: usize,
    run: Handler,
) -> Command {
    Command {
        opcode,
        name,
        input,
        output,
        phase,
        user: true,
        tools: true,
        shared: false,
        run,
    }
}

/// Every command the firmware executes, by opcode.
#[rustfmt::skip]
pub const COMMANDS: &[Command] = &[
    open(0x100, "QUERY_HCA_CAP", Phase::Enabled, Exactly(16), 4112, caps::query),
    open(0x101, "QUERY_ADAPTER", Phase::Ready, Exactly(16), 272, hca::query_adapter),
    kernel(0x102, "INIT_HCA", Phase::Resting, Exactly(32), 8, hca::init),
    kernel(0x103, "TEARDOWN_HCA", Phase::Ready, Exactly(16), 8, hca::teardown),
    kernel(0x104, "ENABLE_HCA", Phase::Off, Exactly(16), 8, hca::enable),
    kernel(0x105, "DISABLE_HCA", Phase::Resting, Exactly(16), 8, hca::disable),
    tools(0x107, "QUERY_PAGES", Phase::Enabled, Exactly(16), 16, pages::query),
    kernel(0x108, "MANAGE_PAGES", Phase::Enabled, AtLeast(16), 8, pages::manage),
    tools(0x109, "SET_HCA_CAP", Phase::Enabled, Exactly(4112), 8, caps::set),
    tools(0x10a, "QUERY_ISSI", Phase::Enabled, Exactly(16), 112, hca::query_issi),
    kernel(0x10b, "SET_ISSI", Phase::Resting, Exactly(16), 8, hca::set_issi),
    tools(0x10c, "QUERY_DRIVER_VERSION", Phase::Ready, Exactly(16), 80, hca::query_driver_version),
    kernel(0x10d, "SET_DRIVER_VERSION", Phase::Ready, Exactly(80), 8, hca::set_driver_version),
    tools(0x203, "QUERY_SPECIAL_CONTEXTS", Phase::Ready, Exactly(16), 32, objects::special_contexts),
    Command {
        opcode: 0x301,
        name: "CREATE_EQ",
        input: AtLeast(0x118),
        output: 12,
        phase: Phase::Ready,
        user: false,
        tools: false,
        shared: true,
        run: eq::create,
    },
    kernel(0x302, "DESTROY_EQ", Phase::Ready, Exactly(16), 8, eq::destroy),
    tools(0x303, "QUERY_EQ", Phase::Ready, Exactly(16), 0x110, eq::query),
    tools(0x750, "QUERY_VPORT_STATE", Phase::Ready, Exactly(16), 16, port::query_state),
    kernel(0x751, "MODIFY_VPORT_STATE", Phase::Ready, Exactly(16), 8, port::modify_state),
    tools(0x754, "QUERY_NIC_VPORT_CONTEXT", Phase::Ready, Exactly(16), 272, port::query_context),
    kernel(0x755, "MODIFY_NIC_VPORT_CONTEXT", Phase::Ready, AtLeast(512), 8, port::modify_context),
    tools(0x760, "QUERY_ROCE_ADDRESS", Phase::Ready, Exactly(16), 48, port::query_roce_address),
    kernel(0x761, "SET_ROCE_ADDRESS", Phase::Ready, Exactly(48), 8, port::set_roce_address),
    tools(0x76f, "QUERY_VNIC_ENV", Phase::Ready, Exactly(16), 528, port::query_vnic_env),
    tools(0x770, "QUERY_VPORT_COUNTER", Phase::Ready, Exactly(32), 528, port::query_counter),
    kernel(0x800, "ALLOC_PD", Phase::Ready, Exactly(16), 12, objects::alloc_pd),
    kernel(0x801, "DEALLOC_PD", Phase::Ready, Exactly(16), 8, objects::dealloc_pd),
    kernel(0x802, "ALLOC_UAR", Phase::Ready, Exactly(16), 12, objects::alloc_uar),
    kernel(0x803, "DEALLOC_UAR", Phase::Ready, Exactly(16), 8, objects::dealloc_uar),
    tools(0x805, "ACCESS_REG", Phase::Enabled, AtLeast(16), 8, reg::access),
    open(0x80d, "NOP", Phase::Enabled, Exactly(16), 8, hca::nop),
    kernel(0x80e, "ALLOC_XRCD", Phase::Ready, Exactly(16), 12, objects::alloc_xrcd),
    kernel(0x80f, "DEALLOC_XRCD", Phase::Ready, Exactly(16), 8, objects::dealloc_xrcd),
    kernel(0x816, "ALLOC_TRANSPORT_DOMAIN", Phase::Ready, Exactly(16), 12, objects::alloc_td),
    kernel(0x817, "DEALLOC_TRANSPORT_DOMAIN", Phase::Ready, Exactly(16), 8, objects::dealloc_td),
    kernel(0xa04, "CREATE_UCTX", Phase::Ready, Exactly(64), 12, uctx::create),
    tools(0xa05, "QUERY_UCTX", Phase::Ready, Exactly(16), 64, uctx::query),
    kernel(0xa06, "DESTROY_UCTX", Phase::Ready, Exactly(16), 8, uctx::destroy),
    tools(0xb22, "QUERY_VUID", Phase::Ready, Exactly(16), 0x40 + 128, port::query_vuid),
];
