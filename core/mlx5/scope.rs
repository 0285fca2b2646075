// SPDX-License-Identifier: GPL-2.0

//! Which commands a user program may execute, and from which scope on.
//!
//! The set and its scopes are those of the upstream driver for this device type, so that a program
//! sees one behaviour; the reasons are ours. Whatever is not listed is denied in every scope. A row
//! names the lowest scope only: a higher scope can never be allowed less.
//!
//! No row creates, changes or destroys a firmware object, since nothing would free such an object
//! when the file is closed. No row needs the full write scope.
//!
//! Pure: imports nothing from the kernel crate, and is tested on the host and in the guest.

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

/// Which variants of an opcode a row speaks of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum OpMod {
    Any,
    Is(u16),
    Not(u16),
}

impl OpMod {
    const fn matches(self, op_mod: u16) -> bool {
        match self {
            Self::Any => true,
            Self::Is(value) => op_mod == value,
            Self::Not(value) => op_mod != value,
        }
    }
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
pub(crate) struct Entry {
    opcode: u16,
    op_mod: OpMod,
    /// The lowest scope that may execute it.
    pub(crate) scope: Scope,
    /// The command's name, and why it stands in this scope.
    pub(crate) why: &'static str,
    /// The command's name.
    pub(crate) name: &'static str,
    /// What it can do to the device.
    pub(crate) effect: Effect,
}

/// Returns the row of a command, or `None` if no scope may execute it.
pub(crate) fn lookup(opcode: u16, op_mod: u16) -> Option<Entry> {
    TABLE
        .iter()
        .find(|row| row.opcode == opcode && row.op_mod.matches(op_mod))
        .copied()
}

/// `op_mod` of a register access that writes; every other value reads.
const REGISTER_WRITE: u16 = 0;

macro_rules! table {
    ($($opcode:literal $name:ident $op_mod:expr, $scope:ident, $effect:expr, $why:literal;)*) => {
        &[$(Entry {
            opcode: $opcode,
            op_mod: $op_mod,
            scope: Scope::$scope,
            why: concat!(stringify!($name), ": ", $why),
            name: stringify!($name),
            effect: $effect,
        }),*]
    };
}

use Effect::{Clears, Reads, Writes, WritesRegister};
use OpMod::{Any, Is, Not};

#[rustfmt::skip]
const TABLE: &[Entry] = table! {
    0x0100 QUERY_HCA_CAP Any, Configuration, Reads, "a program must know the capabilities before it configures anything";
    0x0101 QUERY_ADAPTER Any, Configuration, Reads, "identifies the board, nothing that a label would not tell";
    0x0107 QUERY_PAGES Any, DebugReadOnly, Reads, "how much host memory firmware asks for, a number about this driver's work";
    0x0109 SET_HCA_CAP Any, Configuration, Writes, "prepares another function before it starts; firmware refuses the caller's own";
    0x010a QUERY_ISSI Any, DebugReadOnly, Reads, "the interface version in use, of interest when bring-up went wrong";
    0x010c QUERY_DRIVER_VERSION Any, DebugReadOnly, Reads, "the version text a driver left with firmware";
    0x010e QUERY_OTHER_HCA_CAP Any, Configuration, Reads, "reads what SET_HCA_CAP prepares";
    0x0111 QUERY_SF_PARTITION Any, DebugReadOnly, Reads, "how subfunction space is divided";
    0x0117 QUERY_VHCA_MIGRATION_STATE Any, DebugReadOnly, Reads, "size and progress of a migration, not the migrated state";
    0x0201 QUERY_MKEY Any, DebugReadOnly, Reads, "a memory key's attributes, not the memory behind it";
    0x0203 QUERY_SPECIAL_CONTEXTS Any, DebugReadOnly, Reads, "numbers of reserved keys, the same for every driver";
    0x0303 QUERY_EQ Any, DebugReadOnly, Reads, "state and indices of an event queue that looks stuck";
    0x0402 QUERY_CQ Any, DebugReadOnly, Reads, "state and indices of a completion queue that looks stuck";
    0x050b QUERY_QP Any, DebugReadOnly, Reads, "state of a queue pair that looks stuck";
    0x0512 QUERY_RDB Any, DebugReadOnly, Reads, "outstanding reads of a queue pair that looks stuck";
    0x0602 QUERY_PSV Any, DebugReadOnly, Reads, "signature values a data integrity error is traced with";
    0x0702 QUERY_SRQ Any, DebugReadOnly, Reads, "state of a shared receive queue";
    0x0707 QUERY_XRC_SRQ Any, DebugReadOnly, Reads, "state of an XRC shared receive queue";
    0x0713 QUERY_DCT Any, DebugReadOnly, Reads, "state of a dynamically connected target";
    0x0716 QUERY_DC_CNAK_TRACE Any, DebugReadOnly, Reads, "recorded connect refusals of dynamically connected transport";
    0x0719 QUERY_XRQ Any, DebugReadOnly, Reads, "state of an offloading receive queue";
    0x0722 QUERY_NVMF_BACKEND_CONTROLLER Any, DebugReadOnly, Reads, "counters of an offloaded storage controller";
    0x0725 QUERY_XRQ_DC_PARAMS_ENTRY Any, DebugReadOnly, Reads, "connection parameters an offloading receive queue uses";
    0x0727 QUERY_XRQ_ERROR_PARAMS Any, DebugReadOnly, Reads, "the last error of an offloading receive queue";
    0x0728 QUERY_NVMF_NAMESPACE_CONTEXT Any, DebugReadOnly, Reads, "counters of an offloaded storage namespace";
    0x0730 QUERY_ADJACENT_FUNCTIONS_ID Any, DebugReadOnly, Reads, "which functions could be delegated";
    0x0731 DELEGATE_VHCA_MANAGEMENT Any, Configuration, Writes, "moves a function between managers, and back, within what firmware supports";
    0x0732 QUERY_DELEGATED_VHCA Any, DebugReadOnly, Reads, "which functions were delegated";
    0x0740 QUERY_ESW_FUNCTIONS Any, Configuration, Reads, "lists the functions behind the switch that can be configured";
    0x0750 QUERY_VPORT_STATE Any, DebugReadOnly, Reads, "administrative and actual state of a port of the switch";
    0x0752 QUERY_ESW_VPORT_CONTEXT Any, DebugReadOnly, Reads, "how the switch treats a port";
    0x0754 QUERY_NIC_VPORT_CONTEXT Any, DebugReadOnly, Reads, "addresses and filters of a network port";
    0x0760 QUERY_ROCE_ADDRESS Any, Configuration, Reads, "the port's own addresses, which configuration is checked against";
    0x0762 QUERY_HCA_VPORT_CONTEXT Any, Configuration, Reads, "the port's configuration as it is before a change";
    0x0764 QUERY_HCA_VPORT_GID Any, DebugReadOnly, Reads, "a port's address table";
    0x0765 QUERY_HCA_VPORT_PKEY Any, DebugReadOnly, Reads, "a port's partition table, numbers that are no secrets";
    0x076f QUERY_VNIC_ENV Any, DebugReadOnly, Reads, "counters of packets lost for lack of resources";
    0x0770 QUERY_VPORT_COUNTER Any, DebugReadOnly, Clears(24), "traffic counters of a port";
    0x0773 QUERY_Q_COUNTER Any, DebugReadOnly, Clears(24), "error counters of a group of queues";
    0x0781 QUERY_RATE_LIMIT Any, DebugReadOnly, Reads, "a pacing entry in use";
    0x0784 QUERY_SCHEDULING_ELEMENT Any, DebugReadOnly, Reads, "an element of the scheduling tree";
    0x0805 ACCESS_REG Is(REGISTER_WRITE), Configuration, WritesRegister, "a register write sets configuration; firmware limits it to registers for tools";
    0x0805 ACCESS_REG Not(REGISTER_WRITE), DebugReadOnly, Reads, "a register may show any state of the device, traces included";
    0x080b QUERY_MAD_DEMUX Any, DebugReadOnly, Reads, "which management datagrams firmware keeps to itself";
    0x080d NOP Any, DebugReadOnly, Reads, "tells whether firmware still answers, and how fast";
    0x0813 QUERY_BURST_SIZE Any, DebugReadOnly, Reads, "the burst size pacing works with";
    0x0819 QUERY_DIAGNOSTIC_PARAMS Any, DebugReadOnly, Reads, "which diagnostic counters are being sampled";
    0x0820 SET_DIAGNOSTIC_PARAMS Any, DebugWrite, Writes, "starts sampling, which costs the datapath time";
    0x0821 QUERY_DIAGNOSTIC_COUNTERS Any, DebugReadOnly, Reads, "sampled diagnostic counters";
    0x0822 QUERY_CONG_STATUS Any, DebugReadOnly, Reads, "whether congestion control runs";
    0x0823 MODIFY_CONG_STATUS Any, Configuration, Writes, "switches congestion control; the device is supported both ways";
    0x0824 QUERY_CONG_PARAMS Any, DebugReadOnly, Reads, "parameters congestion control runs with";
    0x0826 QUERY_CONG_STATISTICS Any, DebugReadOnly, Clears(8), "how often congestion control acted";
    0x082a QUERY_L2_TABLE_ENTRY Any, DebugReadOnly, Reads, "an entry of the table that finds a port by its address";
    0x0831 QUERY_WOL_ROL Any, DebugReadOnly, Reads, "which packets would wake the host";
    0x0842 QUERY_LAG Any, DebugReadOnly, Reads, "how ports are bonded and where traffic goes";
    0x0903 QUERY_TIR Any, DebugReadOnly, Reads, "how a receive object spreads packets";
    0x0907 QUERY_SQ Any, DebugReadOnly, Reads, "state of a send queue that looks stuck";
    0x090b QUERY_RQ Any, DebugReadOnly, Reads, "state of a receive queue that looks stuck";
    0x090f QUERY_RMP Any, DebugReadOnly, Reads, "state of a pool of receive memory";
    0x0911 QUERY_DELAY_DROP_PARAMS Any, DebugReadOnly, Reads, "how long packets wait for receive memory";
    0x0915 QUERY_TIS Any, DebugReadOnly, Reads, "how a send object treats packets";
    0x0919 QUERY_RQT Any, DebugReadOnly, Reads, "which queues a spread goes to";
    0x0932 QUERY_FLOW_TABLE Any, DebugReadOnly, Reads, "a steering table's place and miss action";
    0x0935 QUERY_FLOW_GROUP Any, DebugReadOnly, Reads, "which fields a steering group looks at";
    0x0937 QUERY_FLOW_TABLE_ENTRY Any, DebugReadOnly, Reads, "what a steering rule matches and does";
    0x093b QUERY_FLOW_COUNTER Any, DebugReadOnly, Clears(24), "how many packets a steering rule has seen";
    0x093f QUERY_PACKET_REFORMAT_CONTEXT Any, DebugReadOnly, Reads, "the header a steering rule adds";
    0x0942 QUERY_MODIFY_HEADER_CONTEXT Any, DebugReadOnly, Reads, "the header changes a steering rule makes";
    0x0962 FPGA_QUERY_QP Any, DebugReadOnly, Reads, "state of a queue towards an on-board FPGA";
    0x0964 FPGA_QUERY_QP_COUNTERS Any, DebugReadOnly, Clears(8), "counters of a queue towards an on-board FPGA";
    0x0971 QUERY_AFU Any, DebugReadOnly, Reads, "state of an attached accelerator unit";
    0x0981 QUERY_CAPI_PEC Any, DebugReadOnly, Reads, "error state of the coherent host interface";
    0x0a02 QUERY_GENERAL_OBJECT Any, DebugReadOnly, Reads, "attributes of an object; firmware leaves key material out";
    0x0a05 QUERY_UCTX Any, DebugReadOnly, Reads, "what a user context may do";
    0x0a09 QUERY_UMEM Any, DebugReadOnly, Reads, "which memory a user context has registered, not its content";
    0x0b02 QUERY_NVMF_CC_RESPONSE Any, DebugReadOnly, Reads, "the last answer of an offloaded storage controller";
    0x0b03 QUERY_EMULATED_FUNCTIONS_INFO Any, DebugReadOnly, Reads, "which functions the device emulates";
    0x0b05 QUERY_REGEXP_PARAMS Any, DebugReadOnly, Reads, "set-up of the expression engine";
    0x0b07 QUERY_REGEXP_REGISTER Any, DebugReadOnly, Reads, "a status register of the expression engine";
    0x0b08 USER_QUERY_XRQ_DC_PARAMS_ENTRY Any, DebugReadOnly, Reads, "connection parameters, as a user context sees them";
    0x0b0a USER_QUERY_XRQ_ERROR_PARAMS Any, DebugReadOnly, Reads, "the last error, as a user context sees it";
    0x0b0c ACCESS_REGISTER_USER Is(REGISTER_WRITE), Configuration, WritesRegister, "a register write among those open to any user context";
    0x0b0c ACCESS_REGISTER_USER Not(REGISTER_WRITE), DebugReadOnly, Reads, "a register read among those open to any user context";
    0x0b0d QUERY_VHCA_STATE Any, DebugReadOnly, Reads, "whether a function is in use";
    0x0b0f QUERY_EMULATION_DEVICE_EQ_MSIX_MAPPING Any, DebugReadOnly, Reads, "which queue serves which vector of an emulated function";
    0x0b13 QUERY_MATCH_SAMPLE_INFO Any, DebugReadOnly, Reads, "where the parser takes its samples";
    0x0b14 QUERY_CRYPTO_STATE Any, DebugReadOnly, Reads, "whether encryption is set up, never a key";
    0x0b22 QUERY_VUID Any, Configuration, Reads, "the names functions are told apart by";
    0x0b28 QUERY_DPA_PARTITION Any, DebugReadOnly, Reads, "what a partition of the datapath processor owns";
    0x0b2a QUERY_DPA_PARTITIONS Any, DebugReadOnly, Reads, "how the datapath processor is divided";
    0x0b2e POSTPONE_CONNECTED_QP_TIMEOUT Any, Configuration, Writes, "lets connections outlive a planned pause; loses nothing";
    0x0b2f QUERY_EMULATED_RESOURCES_INFO Any, DebugReadOnly, Reads, "what emulated functions may use";
    0x8000 QUERY_RSV_RESOURCES Any, DebugReadOnly, Reads, "what firmware keeps for itself";
    0x8001 QUERY_MTT Any, DebugReadOnly, Reads, "a translation entry, an address and not what is there";
    0x8006 QUERY_SCHED_QUEUE Any, DebugReadOnly, Reads, "state of a scheduling queue";
};

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_mlx5_scope))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    /// A write, a read, and a value no register access knows.
    const OP_MODS: [u16; 3] = [0, 1, 0xffff];

    /// The permitted opcodes, kept apart from the table so that a slip in one shows.
    const CONFIGURATION: [u16; 11] = [
        0x100, 0x101, 0x109, 0x10e, 0x731, 0x740, 0x760, 0x762, 0x823, 0xb22, 0xb2e,
    ];
    const REGISTERS: [u16; 2] = [0x805, 0xb0c];
    const DEBUG_WRITE: [u16; 1] = [0x820];
    const DEBUG_READ_ONLY: [u16; 80] = [
        0x107, 0x10a, 0x10c, 0x111, 0x117, 0x201, 0x203, 0x303, 0x402, 0x50b, 0x512, 0x602, 0x702,
        0x707, 0x713, 0x716, 0x719, 0x722, 0x725, 0x727, 0x728, 0x730, 0x732, 0x750, 0x752, 0x754,
        0x764, 0x765, 0x76f, 0x770, 0x773, 0x781, 0x784, 0x80b, 0x80d, 0x813, 0x819, 0x821, 0x822,
        0x824, 0x826, 0x82a, 0x831, 0x842, 0x903, 0x907, 0x90b, 0x90f, 0x911, 0x915, 0x919, 0x932,
        0x935, 0x937, 0x93b, 0x93f, 0x942, 0x962, 0x964, 0x971, 0x981, 0xa02, 0xa05, 0xa09, 0xb02,
        0xb03, 0xb05, 0xb07, 0xb08, 0xb0a, 0xb0d, 0xb0f, 0xb13, 0xb14, 0xb28, 0xb2a, 0xb2f, 0x8000,
        0x8001, 0x8006,
    ];

    fn expected(opcode: u16, op_mod: u16) -> Option<Scope> {
        if REGISTERS.contains(&opcode) {
            return Some(if op_mod == 0 {
                Scope::Configuration
            } else {
                Scope::DebugReadOnly
            });
        }
        if CONFIGURATION.contains(&opcode) {
            Some(Scope::Configuration)
        } else if DEBUG_READ_ONLY.contains(&opcode) {
            Some(Scope::DebugReadOnly)
        } else if DEBUG_WRITE.contains(&opcode) {
            Some(Scope::DebugWrite)
        } else {
            None
        }
    }

    #[test]
    fn every_opcode_has_the_scope_it_should_and_the_rest_is_denied() {
        for opcode in 0..=u16::MAX {
            for op_mod in OP_MODS {
                let found = lookup(opcode, op_mod).map(|entry| entry.scope);
                assert_eq!(found, expected(opcode, op_mod));
            }
        }
    }

    #[test]
    fn a_higher_scope_is_never_allowed_less() {
        for row in TABLE {
            for op_mod in OP_MODS {
                let allowed = |scope: u32| {
                    lookup(row.opcode, op_mod).is_some_and(|entry| scope >= entry.scope as u32)
                };
                assert!((0..3u32).all(|scope| !allowed(scope) || allowed(scope + 1)));
                assert!(allowed(3));
            }
        }
    }

    #[test]
    fn scopes_have_the_numbers_of_the_user_interface() {
        assert_eq!(Scope::Configuration as u32, 0);
        assert_eq!(Scope::DebugReadOnly as u32, 1);
        assert_eq!(Scope::DebugWrite as u32, 2);
    }

    #[test]
    fn only_op_mod_zero_writes_a_register() {
        for opcode in REGISTERS {
            for op_mod in 1..=u16::MAX {
                let scope = lookup(opcode, op_mod).map(|entry| entry.scope);
                assert_eq!(scope, Some(Scope::DebugReadOnly));
            }
            let write = lookup(opcode, 0).map(|entry| entry.scope);
            assert_eq!(write, Some(Scope::Configuration));
        }
    }

    #[test]
    fn rows_are_sorted_and_no_command_has_two() {
        for pair in TABLE.windows(2) {
            assert!(pair[0].opcode <= pair[1].opcode);
        }
        for row in TABLE {
            for op_mod in OP_MODS {
                let matching = TABLE
                    .iter()
                    .filter(|other| other.opcode == row.opcode && other.op_mod.matches(op_mod));
                assert_eq!(matching.count(), 1);
            }
        }
    }

    #[test]
    fn every_row_has_a_name_and_a_reason_of_its_own() {
        for (index, row) in TABLE.iter().enumerate() {
            let reason = row.why.split(": ").nth(1);
            assert!(reason.is_some_and(|text| text.len() > 15));
            assert!(TABLE
                .iter()
                .skip(index + 1)
                .all(|other| other.why != row.why));
        }
    }

    #[test]
    fn only_commands_that_are_called_a_read_are_taken_for_one() {
        for row in TABLE {
            let named_read = row.name.contains("QUERY_") || row.name == "NOP";
            let register = REGISTERS.contains(&row.opcode);
            let writes = matches!(row.effect, Writes);
            assert_eq!(writes, !named_read && !register);
            let write = register && row.op_mod.matches(REGISTER_WRITE);
            let writes_register = matches!(row.effect, WritesRegister);
            assert_eq!(writes_register, write);
        }
    }

    #[test]
    fn counters_that_a_read_can_reset_are_known() {
        let clearing = |row: &&Entry| matches!(row.effect, Clears(_));
        let opcodes = [0x770, 0x773, 0x826, 0x93b, 0x964];
        assert_eq!(TABLE.iter().filter(clearing).count(), opcodes.len());
        for (row, opcode) in TABLE.iter().filter(clearing).zip(opcodes) {
            assert_eq!(row.opcode, opcode);
        }
    }

    #[test]
    fn commands_that_make_or_destroy_objects_are_denied() {
        // CREATE_UCTX, DESTROY_UCTX, CREATE_EQ, CREATE_MKEY, TEARDOWN_HCA, ENABLE_HCA,
        // MANAGE_PAGES.
        for opcode in [0xa04, 0xa06, 0x301, 0x200, 0x103, 0x104, 0x108] {
            assert!(OP_MODS
                .iter()
                .all(|&op_mod| lookup(opcode, op_mod).is_none()));
        }
    }
}
