// SPDX-License-Identifier: GPL-2.0
//! The register table.
#![forbid(unsafe_code)]

use super::{management, port, tools};
use crate::field::Field;

/// One register.
pub struct Register {
    /// The identifier in ACCESS_REG.
    pub id: u16,
    /// The name used in keys and traces.
    pub name: &'static str,
    /// Bytes of the register.
    pub size: usize,
    /// The layout.
    pub fields: &'static [Field],
    /// Fields whose value in a request selects what is answered, and which the answer repeats.
    pub selectors: &'static [&'static str],
    /// Fields a write takes; none makes the register read-only.
    pub writable: &'static [&'static str],
    /// Defaults that are not zero.
    pub defaults: &'static [(&'static str, u64)],
    /// The register is one string that a write replaces.
    pub text: bool,
}

const fn read_only(
    id: u16,
    name: &'static str,
    size: usize,
    fields: &'static [Field],
    selectors: &'static [&'static str],
    defaults: &'static [(&'static str, u64)],
) -> Register {
    Register {
        id,
        name,
        size,
        fields,
        selectors,
        writable: &[],
        defaults,
        text: false,
    }
}

const LOCAL_PORT: &[&str] = &["local_port"];
const GROUPS: &[&str] = &["feature_group", "access_reg_group"];

/// 25G, 50G and 100G of the legacy table: bits 27, 28, 29 (25GBASE), 30 (50GBASE-CR2), 20 to 22
/// (100GBASE).
const PTYS_SPEEDS: u64 = 0x7870_0000;
const PTYS_100GBASE_CR4: u64 = 1 << 20;

/// Every register of the device.
pub const REGISTERS: &[Register] = &[
    read_only(0x4019, "QCAM", 72, management::QCAM, GROUPS, &[]),
    read_only(0x5001, "PCAP", 20, port::PCAP, LOCAL_PORT, &[]),
    read_only(0x5002, "PMLP", 64, port::PMLP, LOCAL_PORT, PMLP_DEFAULTS),
    Register {
        id: 0x5003,
        name: "PMTU",
        size: 16,
        fields: port::PMTU,
        selectors: LOCAL_PORT,
        writable: &["admin_mtu"],
        defaults: &[("max_mtu", 10022), ("admin_mtu", 1522), ("oper_mtu", 1522)],
        text: false,
    },
    Register {
        id: 0x5004,
        name: "PTYS",
        size: 64,
        fields: port::PTYS,
        selectors: &["local_port", "proto_mask"],
        writable: &["an_disable_admin", "eth_proto_admin"],
        defaults: &[
            ("an_disable_cap", 1),
            ("an_status", 1),
            ("data_rate_oper", 1000),
            ("eth_proto_capability", PTYS_SPEEDS),
            ("eth_proto_admin", PTYS_SPEEDS),
            ("eth_proto_oper", PTYS_100GBASE_CR4),
            ("connector_type", 7),
        ],
        text: false,
    },
    Register {
        id: 0x5006,
        name: "PAOS",
        size: 16,
        fields: port::PAOS,
        selectors: LOCAL_PORT,
        writable: &["admin_status", "e"],
        defaults: &[("admin_status", 1), ("oper_status", 1)],
        text: false,
    },
    Register {
        id: 0x5007,
        name: "PFCC",
        size: 32,
        fields: port::PFCC,
        selectors: LOCAL_PORT,
        writable: &["pptx", "pprx", "pfctx", "pfcrx"],
        defaults: &[("pptx", 1), ("pprx", 1)],
        text: false,
    },
    read_only(
        0x5008,
        "PPCNT",
        256,
        port::PPCNT,
        &["swid", "local_port", "pnat", "grp", "prio_tc"],
        &[],
    ),
    read_only(
        0x5031,
        "PDDR",
        256,
        port::PDDR,
        &["local_port", "pnat", "page_select"],
        &[],
    ),
    Register {
        id: 0x5041,
        name: "PCMR",
        size: 12,
        fields: port::PCMR,
        selectors: LOCAL_PORT,
        writable: &["fcs_chk"],
        defaults: &[("fcs_cap", 1), ("fcs_chk", 1)],
        text: false,
    },
    read_only(0x507f, "PCAM", 80, port::PCAM, GROUPS, PCAM_DEFAULTS),
    Register {
        id: 0x6001,
        name: "NODE_DESC",
        size: 64,
        fields: &[],
        selectors: &[],
        writable: &[],
        defaults: &[],
        text: true,
    },
    Register {
        id: 0x7004,
        name: "HOST_ENDIANNESS",
        size: 16,
        fields: management::HOST_ENDIANNESS,
        selectors: &[],
        writable: &["he"],
        defaults: &[],
        text: false,
    },
    read_only(
        0x9009,
        "MTCAP",
        16,
        management::MTCAP,
        &[],
        &[("sensor_count", 1), ("sensor_map", 1)],
    ),
    Register {
        id: 0x900a,
        name: "MTMP",
        size: 32,
        fields: management::MTMP,
        selectors: &["sensor_index"],
        writable: &["mte", "mtr", "temp_threshold_hi", "temp_threshold_lo"],
        // Units of 0.125 degrees: 47, highest 51, thresholds 105 and 95.
        defaults: &[
            ("temperature", 376),
            ("mte", 1),
            ("max_temperature", 408),
            ("temp_threshold_hi", 840),
            ("temp_threshold_lo", 760),
        ],
        text: false,
    },
    tools::MCIA,
    read_only(0x9020, "MGIR", 160, management::MGIR, &[], MGIR_DEFAULTS),
    tools::MNVDA,
    read_only(
        0x9028,
        "MFRL",
        8,
        management::MFRL,
        &[],
        &[("reset_level", 0x41), ("reset_type", 0x1)],
    ),
    Register {
        id: 0x902b,
        name: "MLCR",
        size: 12,
        fields: management::MLCR,
        selectors: LOCAL_PORT,
        writable: &["beacon_duration"],
        defaults: &[],
        text: false,
    },
    tools::MNVQC,
    read_only(
        0x9050,
        "MPEIN",
        48,
        management::MPEIN,
        &["depth", "pcie_index", "node"],
        MPEIN_DEFAULTS,
    ),
    Register {
        id: 0x9055,
        name: "MTUTC",
        size: 28,
        fields: management::MTUTC,
        selectors: &[],
        writable: &[
            "freq_adj_units",
            "operation",
            "freq_adjustment",
            "utc_sec",
            "utc_nsec",
            "time_adjustment",
        ],
        defaults: &[("log_max_freq_adjustment", 0)],
        text: false,
    },
    read_only(
        0x9059,
        "MPIR",
        16,
        management::MPIR,
        &[],
        &[("host_buses", 1), ("local_port", 1)],
    ),
    read_only(
        0x9060,
        "MCQS",
        16,
        management::MCQS,
        &["component_index"],
        &[],
    ),
    // 24 bytes of head and the largest data behind it, a version.
    read_only(
        0x9061,
        "MCQI",
        24 + 124,
        management::MCQI,
        MCQI_SELECTORS,
        &[],
    ),
    tools::MCC,
    tools::MCDA,
    tools::MQIS,
    read_only(0x907f, "MCAM", 72, management::MCAM, GROUPS, MCAM_DEFAULTS),
    read_only(0xc00e, "DTOR", 64, management::DTOR, &[], DTOR_DEFAULTS),
];

const MCQI_SELECTORS: &[&str] = &[
    "read_pending_component",
    "component_index",
    "info_type",
    "offset",
    "data_size",
];

const PMLP_DEFAULTS: &[(&str, u64)] = &[
    ("width", 4),
    ("lane1_module_mapping", 0x0101_0000),
    ("lane2_module_mapping", 0x0202_0000),
    ("lane3_module_mapping", 0x0303_0000),
];

/// Made on 2024-11-05 in 7 nm, one port, with boot programs for UEFI (two processor kinds) and FlexBoot.
const MGIR_DEFAULTS: &[(&str, u64)] = &[
    ("technology", 4),
    ("num_ports", 1),
    ("fw_build_id", 0x2b),
    ("fw_month", 0x11),
    ("fw_day", 0x05),
    ("fw_year", 0x2024),
    ("rom0_arch", 3),
    ("rom0_type", 2),
    ("rom1_arch", 1),
    ("rom1_type", 1),
    ("rom0_version", 0x0e24_0010),
    ("rom1_version", 0x0307_01f4),
];

/// Bits of registers that exist above, and no bit that makes a driver use one that does not.
const PCAM_DEFAULTS: &[(&str, u64)] = &[
    ("pcap", 1),
    ("pmlp", 1),
    ("pmtu", 1),
    ("ptys", 1),
    ("paos", 1),
    ("pfcc", 1),
    ("ppcnt", 1),
    ("pddr", 1),
    ("pcmr", 1),
    ("ptys_connector_type", 1),
];

/// Without mfrl and mtutc: they would make a driver drive resets and clocks through registers.
const MCAM_DEFAULTS: &[(&str, u64)] = &[
    ("mtcap", 1),
    ("mtmp", 1),
    ("mgir", 1),
    ("mlcr", 1),
    ("mpein", 1),
    ("mpir", 1),
    ("mcqs", 1),
    ("mcqi", 1),
    ("mcc", 1),
    ("mcda", 1),
    ("mqis", 1),
    ("mcia", 1),
    ("mcia_32dwords", 1),
    ("pci_status_and_power", 1),
];

const MPEIN_DEFAULTS: &[(&str, u64)] = &[
    ("link_width_enabled", 16),
    ("link_speed_enabled", 0xf),
    ("link_width_active", 16),
    ("link_speed_active", 8),
    ("num_of_pfs", 1),
    ("max_read_request_size", 2),
    ("max_payload_size", 1),
    ("port_type", 0),
    ("pwr_status", 1),
    ("pci_power", 75),
    ("port_state", 3),
];

/// The driver's own defaults, in the encoding of the register (multiplier 1: seconds).
const DTOR_DEFAULTS: &[(&str, u64)] = &[
    ("pcie_toggle_to_multiplier", 1),
    ("pcie_toggle_to_value", 2),
    ("health_poll_to_multiplier", 1),
    ("health_poll_to_value", 2),
    ("full_crdump_to_multiplier", 1),
    ("full_crdump_to_value", 60),
    ("fw_reset_to_multiplier", 1),
    ("fw_reset_to_value", 60),
    ("tear_down_to_multiplier", 1),
    ("tear_down_to_value", 3),
    ("reclaim_pages_to_multiplier", 1),
    ("reclaim_pages_to_value", 5),
    ("reclaim_vfs_pages_to_multiplier", 1),
    ("reclaim_vfs_pages_to_value", 120),
    ("reset_unload_to_multiplier", 1),
    ("reset_unload_to_value", 300),
];
