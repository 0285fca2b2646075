// SPDX-License-Identifier: GPL-2.0

//! The commands that a user program may execute: data only, grouped by the reason for their scope.
//!
//! The set and its scopes are those of the upstream driver for this device type, so that a program
//! sees one behaviour; the reasons are ours. A group names the lowest scope only: a higher scope can
//! never be allowed less. No command here creates, changes or destroys a firmware object, since
//! nothing would free such an object when the file is closed. None needs the full write scope.
//!
//! `Documentation/userspace-api/fwctl-mlx5-scopes.rst` is made from this file by `make scopes`.
//!
//! Pure: imports nothing from the kernel crate, and is compiled on the host too.

#![forbid(unsafe_code)]

/// The lowest scope that may execute a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scope {
    /// Reads and writes device configuration.
    Configuration,
    /// Reads debug information.
    DebugReadOnly,
    /// Writes debug state; the kernel is tainted.
    DebugWrite,
}

/// Which variants of an opcode a command is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum OpMod {
    Any,
    Is(u16),
    Not(u16),
}

/// What a command can do to the device, for the journal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Effect {
    /// Nothing: it only reads.
    Reads,
    /// It changes something.
    Writes,
    /// It changes the register named in the request.
    WritesRegister,
    /// It reads counters, and resets them if the highest bit of this byte of the request is set
    /// (`clear` in `mlx5_ifc.h`).
    Clears(usize),
}

/// One permitted command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Command {
    pub(crate) opcode: u16,
    /// The name in `mlx5_ifc.h`, or in the upstream driver.
    pub(crate) name: &'static str,
    pub(crate) op_mod: OpMod,
    pub(crate) effect: Effect,
}

/// Commands that stand in one scope for one reason.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) scope: Scope,
    /// Why they stand there and in no lower scope, and why no higher one is needed.
    pub(crate) why: &'static str,
    pub(crate) commands: &'static [Command],
}

/// `op_mod` of a register access that writes; every other value reads.
pub(crate) const REGISTER_WRITE: u16 = 0;

const fn command(opcode: u16, name: &'static str, op_mod: OpMod, effect: Effect) -> Command {
    Command {
        opcode,
        name,
        op_mod,
        effect,
    }
}

const fn reads(opcode: u16, name: &'static str) -> Command {
    command(opcode, name, OpMod::Any, Effect::Reads)
}

const fn writes(opcode: u16, name: &'static str) -> Command {
    command(opcode, name, OpMod::Any, Effect::Writes)
}

const fn clears(opcode: u16, name: &'static str, at: usize) -> Command {
    command(opcode, name, OpMod::Any, Effect::Clears(at))
}

const fn writes_register(opcode: u16, name: &'static str) -> Command {
    command(
        opcode,
        name,
        OpMod::Is(REGISTER_WRITE),
        Effect::WritesRegister,
    )
}

const fn reads_register(opcode: u16, name: &'static str) -> Command {
    command(opcode, name, OpMod::Not(REGISTER_WRITE), Effect::Reads)
}

use Scope::{Configuration, DebugReadOnly, DebugWrite};

/// Every permitted command. Whatever is not here is denied in every scope.
pub(crate) const GROUPS: &[Group] = &[
    Group {
        scope: Configuration,
        why: "a program must know the board, its names and its capabilities before it configures \
              anything",
        commands: &[
            reads(0x0100, "QUERY_HCA_CAP"),
            reads(0x0101, "QUERY_ADAPTER"),
            reads(0x010e, "QUERY_OTHER_HCA_CAP"),
            reads(0x0b22, "QUERY_VUID"),
        ],
    },
    Group {
        scope: Configuration,
        why: "the configuration that a change starts from and is checked against",
        commands: &[
            reads(0x0740, "QUERY_ESW_FUNCTIONS"),
            reads(0x0760, "QUERY_ROCE_ADDRESS"),
            reads(0x0762, "QUERY_HCA_VPORT_CONTEXT"),
        ],
    },
    Group {
        scope: Configuration,
        why:
            "prepares another function before it starts, or hands it to another manager and back; \
              firmware refuses the caller's own function",
        commands: &[
            writes(0x0109, "SET_HCA_CAP"),
            writes(0x0731, "DELEGATE_VHCA_MANAGEMENT"),
        ],
    },
    Group {
        scope: Configuration,
        why: "switches what the device supports both ways, and loses nothing",
        commands: &[
            writes(0x0823, "MODIFY_CONG_STATUS"),
            writes(0x0b2e, "POSTPONE_CONNECTED_QP_TIMEOUT"),
        ],
    },
    Group {
        scope: Configuration,
        why: "a register write sets configuration; firmware limits it to registers that the \
              caller's context may write",
        commands: &[
            writes_register(0x0805, "ACCESS_REG"),
            writes_register(0x0b0c, "ACCESS_REGISTER_USER"),
        ],
    },
    Group {
        scope: DebugReadOnly,
        why: "a register may show any state of the device, traces included",
        commands: &[
            reads_register(0x0805, "ACCESS_REG"),
            reads_register(0x0b0c, "ACCESS_REGISTER_USER"),
        ],
    },
    Group {
        scope: DebugReadOnly,
        why: "whether and how firmware runs: its interface version, the text a driver left there, \
              the memory and the numbers it keeps for itself",
        commands: &[
            reads(0x0107, "QUERY_PAGES"),
            reads(0x010a, "QUERY_ISSI"),
            reads(0x010c, "QUERY_DRIVER_VERSION"),
            reads(0x0203, "QUERY_SPECIAL_CONTEXTS"),
            reads(0x080d, "NOP"),
            reads(0x8000, "QUERY_RSV_RESOURCES"),
        ],
    },
    Group {
        scope: DebugReadOnly,
        why: "which functions there are, who manages them, and what they use",
        commands: &[
            reads(0x0111, "QUERY_SF_PARTITION"),
            reads(0x0730, "QUERY_ADJACENT_FUNCTIONS_ID"),
            reads(0x0732, "QUERY_DELEGATED_VHCA"),
            reads(0x0b03, "QUERY_EMULATED_FUNCTIONS_INFO"),
            reads(0x0b0d, "QUERY_VHCA_STATE"),
            reads(0x0b0f, "QUERY_EMULATION_DEVICE_EQ_MSIX_MAPPING"),
            reads(0x0b2f, "QUERY_EMULATED_RESOURCES_INFO"),
        ],
    },
    Group {
        scope: DebugReadOnly,
        why: "size and progress of a migration, not the state that migrates",
        commands: &[reads(0x0117, "QUERY_VHCA_MIGRATION_STATE")],
    },
    Group {
        scope: DebugReadOnly,
        why: "state, indices and last errors of a queue that looks stuck, not the data it carries",
        commands: &[
            reads(0x0303, "QUERY_EQ"),
            reads(0x0402, "QUERY_CQ"),
            reads(0x050b, "QUERY_QP"),
            reads(0x0512, "QUERY_RDB"),
            reads(0x0702, "QUERY_SRQ"),
            reads(0x0707, "QUERY_XRC_SRQ"),
            reads(0x0713, "QUERY_DCT"),
            reads(0x0716, "QUERY_DC_CNAK_TRACE"),
            reads(0x0719, "QUERY_XRQ"),
            reads(0x0725, "QUERY_XRQ_DC_PARAMS_ENTRY"),
            reads(0x0727, "QUERY_XRQ_ERROR_PARAMS"),
            reads(0x0903, "QUERY_TIR"),
            reads(0x0907, "QUERY_SQ"),
            reads(0x090b, "QUERY_RQ"),
            reads(0x090f, "QUERY_RMP"),
            reads(0x0915, "QUERY_TIS"),
            reads(0x0919, "QUERY_RQT"),
            reads(0x0962, "FPGA_QUERY_QP"),
            reads(0x0b08, "USER_QUERY_XRQ_DC_PARAMS_ENTRY"),
            reads(0x0b0a, "USER_QUERY_XRQ_ERROR_PARAMS"),
            reads(0x8006, "QUERY_SCHED_QUEUE"),
        ],
    },
    Group {
        scope: DebugReadOnly,
        why:
            "attributes of memory the device may use: keys, addresses and signatures, not what is \
              there",
        commands: &[
            reads(0x0201, "QUERY_MKEY"),
            reads(0x0602, "QUERY_PSV"),
            reads(0x0a09, "QUERY_UMEM"),
            reads(0x8001, "QUERY_MTT"),
        ],
    },
    Group {
        scope: DebugReadOnly,
        why: "what a context or another object is and may do; firmware leaves key material out",
        commands: &[
            reads(0x0a02, "QUERY_GENERAL_OBJECT"),
            reads(0x0a05, "QUERY_UCTX"),
            reads(0x0b14, "QUERY_CRYPTO_STATE"),
        ],
    },
    Group {
        scope: DebugReadOnly,
        why: "state, addresses and partitions of ports, which the network sees as well",
        commands: &[
            reads(0x0750, "QUERY_VPORT_STATE"),
            reads(0x0752, "QUERY_ESW_VPORT_CONTEXT"),
            reads(0x0754, "QUERY_NIC_VPORT_CONTEXT"),
            reads(0x0764, "QUERY_HCA_VPORT_GID"),
            reads(0x0765, "QUERY_HCA_VPORT_PKEY"),
            reads(0x080b, "QUERY_MAD_DEMUX"),
            reads(0x082a, "QUERY_L2_TABLE_ENTRY"),
            reads(0x0831, "QUERY_WOL_ROL"),
            reads(0x0842, "QUERY_LAG"),
        ],
    },
    Group {
        scope: DebugReadOnly,
        why: "counters; where the request can reset them it is written to the journal",
        commands: &[
            reads(0x076f, "QUERY_VNIC_ENV"),
            clears(0x0770, "QUERY_VPORT_COUNTER", 24),
            clears(0x0773, "QUERY_Q_COUNTER", 24),
            clears(0x0826, "QUERY_CONG_STATISTICS", 8),
            clears(0x093b, "QUERY_FLOW_COUNTER", 24),
            clears(0x0964, "FPGA_QUERY_QP_COUNTERS", 8),
        ],
    },
    Group {
        scope: DebugReadOnly,
        why: "how traffic is paced, scheduled and kept from congesting",
        commands: &[
            reads(0x0781, "QUERY_RATE_LIMIT"),
            reads(0x0784, "QUERY_SCHEDULING_ELEMENT"),
            reads(0x0813, "QUERY_BURST_SIZE"),
            reads(0x0822, "QUERY_CONG_STATUS"),
            reads(0x0824, "QUERY_CONG_PARAMS"),
            reads(0x0911, "QUERY_DELAY_DROP_PARAMS"),
        ],
    },
    Group {
        scope: DebugReadOnly,
        why: "what steering looks at and does, down to the headers it writes into packets",
        commands: &[
            reads(0x0932, "QUERY_FLOW_TABLE"),
            reads(0x0935, "QUERY_FLOW_GROUP"),
            reads(0x0937, "QUERY_FLOW_TABLE_ENTRY"),
            reads(0x093f, "QUERY_PACKET_REFORMAT_CONTEXT"),
            reads(0x0942, "QUERY_MODIFY_HEADER_CONTEXT"),
            reads(0x0b13, "QUERY_MATCH_SAMPLE_INFO"),
        ],
    },
    Group {
        scope: DebugReadOnly,
        why: "what is being sampled for diagnosis, and the samples",
        commands: &[
            reads(0x0819, "QUERY_DIAGNOSTIC_PARAMS"),
            reads(0x0821, "QUERY_DIAGNOSTIC_COUNTERS"),
        ],
    },
    Group {
        scope: DebugReadOnly,
        why: "set-up, state and counters of an engine beside the network: storage, expressions, \
              accelerators, datapath processor",
        commands: &[
            reads(0x0722, "QUERY_NVMF_BACKEND_CONTROLLER"),
            reads(0x0728, "QUERY_NVMF_NAMESPACE_CONTEXT"),
            reads(0x0971, "QUERY_AFU"),
            reads(0x0981, "QUERY_CAPI_PEC"),
            reads(0x0b02, "QUERY_NVMF_CC_RESPONSE"),
            reads(0x0b05, "QUERY_REGEXP_PARAMS"),
            reads(0x0b07, "QUERY_REGEXP_REGISTER"),
            reads(0x0b28, "QUERY_DPA_PARTITION"),
            reads(0x0b2a, "QUERY_DPA_PARTITIONS"),
        ],
    },
    Group {
        scope: DebugWrite,
        why: "starts sampling, which costs the datapath time",
        commands: &[writes(0x0820, "SET_DIAGNOSTIC_PARAMS")],
    },
];
