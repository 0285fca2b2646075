// SPDX-License-Identifier: GPL-2.0
//! Layouts of the port registers (0x50xx).
#![forbid(unsafe_code)]

use crate::field::Field;

/// Fields of pcap_reg.
pub const PCAP: &[Field] = &[Field::new("local_port", 0x000, 23, 16)];

/// Fields of pmlp_reg.
pub const PMLP: &[Field] = &[
    Field::new("rxtx", 0x000, 31, 31),
    Field::new("local_port", 0x000, 23, 16),
    Field::new("width", 0x000, 7, 0),
    Field::word("lane0_module_mapping", 0x004),
    Field::word("lane1_module_mapping", 0x008),
    Field::word("lane2_module_mapping", 0x00c),
    Field::word("lane3_module_mapping", 0x010),
];

/// Fields of pmtu_reg.
pub const PMTU: &[Field] = &[
    Field::new("local_port", 0x000, 23, 16),
    Field::new("max_mtu", 0x004, 31, 16),
    Field::new("admin_mtu", 0x008, 31, 16),
    Field::new("oper_mtu", 0x00c, 31, 16),
];

/// Fields of ptys_reg.
pub const PTYS: &[Field] = &[
    Field::new("an_disable_admin", 0x000, 30, 30),
    Field::new("an_disable_cap", 0x000, 29, 29),
    Field::new("local_port", 0x000, 23, 16),
    Field::new("plane_ind", 0x000, 7, 4),
    Field::new("proto_mask", 0x000, 2, 0),
    Field::new("an_status", 0x004, 31, 28),
    Field::new("data_rate_oper", 0x004, 15, 0),
    Field::word("ext_eth_proto_capability", 0x008),
    Field::word("eth_proto_capability", 0x00c),
    Field::new("ib_link_width_capability", 0x010, 31, 16),
    Field::new("ib_proto_capability", 0x010, 15, 0),
    Field::word("ext_eth_proto_admin", 0x014),
    Field::word("eth_proto_admin", 0x018),
    Field::new("ib_link_width_admin", 0x01c, 31, 16),
    Field::new("ib_proto_admin", 0x01c, 15, 0),
    Field::word("ext_eth_proto_oper", 0x020),
    Field::word("eth_proto_oper", 0x024),
    Field::new("ib_link_width_oper", 0x028, 31, 16),
    Field::new("ib_proto_oper", 0x028, 15, 0),
    Field::new("lane_rate_oper", 0x02c, 23, 4),
    Field::new("connector_type", 0x02c, 3, 0),
    Field::word("eth_proto_lp_advertise", 0x030),
];

/// Fields of paos_reg.
pub const PAOS: &[Field] = &[
    Field::new("swid", 0x000, 31, 24),
    Field::new("local_port", 0x000, 23, 16),
    Field::new("admin_status", 0x000, 11, 8),
    Field::new("oper_status", 0x000, 3, 0),
    Field::new("ase", 0x004, 31, 31),
    Field::new("ee", 0x004, 30, 30),
    Field::new("e", 0x004, 1, 0),
];

/// Fields of pfcc_reg.
pub const PFCC: &[Field] = &[
    Field::new("buf_ownership", 0x000, 27, 26),
    Field::new("local_port", 0x000, 23, 16),
    Field::new("cable_length_mask", 0x000, 5, 5),
    Field::new("ppan_mask_n", 0x000, 4, 4),
    Field::new("minor_stall_mask", 0x000, 3, 3),
    Field::new("critical_stall_mask", 0x000, 2, 2),
    Field::new("ppan", 0x004, 31, 28),
    Field::new("prio_mask_tx", 0x004, 23, 16),
    Field::new("prio_mask_rx", 0x004, 7, 0),
    Field::new("pptx", 0x008, 31, 31),
    Field::new("aptx", 0x008, 30, 30),
    Field::new("pptx_mask_n", 0x008, 29, 29),
    Field::new("pfctx", 0x008, 23, 16),
    Field::new("pprx", 0x00c, 31, 31),
    Field::new("aprx", 0x00c, 30, 30),
    Field::new("pprx_mask_n", 0x00c, 29, 29),
    Field::new("pfcrx", 0x00c, 23, 16),
    Field::new("device_stall_minor_watermark", 0x010, 31, 16),
    Field::new("device_stall_critical_watermark", 0x010, 15, 0),
    Field::new("cable_length", 0x014, 7, 0),
];

/// Fields of ppcnt_reg.
pub const PPCNT: &[Field] = &[
    Field::new("swid", 0x000, 31, 24),
    Field::new("local_port", 0x000, 23, 16),
    Field::new("pnat", 0x000, 15, 14),
    Field::new("grp", 0x000, 5, 0),
    Field::new("clr", 0x004, 31, 31),
    Field::new("plane_ind", 0x004, 11, 8),
    Field::new("prio_tc", 0x004, 4, 0),
];

/// Fields of pcmr_reg.
pub const PCMR: &[Field] = &[
    Field::new("local_port", 0x000, 23, 16),
    Field::new("entropy_force_cap", 0x004, 31, 31),
    Field::new("entropy_calc_cap", 0x004, 30, 30),
    Field::new("entropy_gre_calc_cap", 0x004, 29, 29),
    Field::new("rx_ts_over_crc_cap", 0x004, 13, 13),
    Field::new("fcs_cap", 0x004, 1, 1),
    Field::new("entropy_force", 0x008, 31, 31),
    Field::new("entropy_calc", 0x008, 30, 30),
    Field::new("entropy_gre_calc", 0x008, 29, 29),
    Field::new("rx_ts_over_crc", 0x008, 13, 13),
    Field::new("fcs_chk", 0x008, 1, 1),
];

/// Fields of pcam_reg.
pub const PCAM: &[Field] = &[
    Field::new("feature_group", 0x000, 23, 16),
    Field::new("access_reg_group", 0x000, 7, 0),
    Field::new("pcmr", 0x00c, 1, 1),
    Field::new("pddr", 0x010, 17, 17),
    Field::new("pplm", 0x010, 3, 3),
    Field::new("pbmc", 0x014, 12, 12),
    Field::new("pptb", 0x014, 11, 11),
    Field::new("ppcnt", 0x014, 8, 8),
    Field::new("pfcc", 0x014, 7, 7),
    Field::new("paos", 0x014, 6, 6),
    Field::new("ptys", 0x014, 4, 4),
    Field::new("pmtu", 0x014, 3, 3),
    Field::new("pmlp", 0x014, 2, 2),
    Field::new("pcap", 0x014, 1, 1),
    Field::new("ppcnt_recovery_counters", 0x028, 15, 15),
    Field::new("cable_length", 0x028, 7, 7),
    Field::new("fec_200G_per_lane_in_pplm", 0x028, 2, 2),
    Field::new("fec_100G_per_lane_in_pplm", 0x030, 23, 23),
    Field::new("shp_pbmc_pbsr_support", 0x030, 20, 20),
    Field::new("buffer_ownership", 0x030, 12, 12),
    Field::new("fec_50G_per_lane_in_pplm", 0x034, 23, 23),
    Field::new("rx_icrc_encapsulated_counter", 0x034, 18, 18),
    Field::new("ptys_extended_ethernet", 0x034, 13, 13),
    Field::new("pfcc_mask", 0x034, 9, 9),
    Field::new("per_lane_error_counters", 0x034, 5, 5),
    Field::new("rx_buffer_fullness_counters", 0x034, 4, 4),
    Field::new("ptys_connector_type", 0x034, 3, 3),
    Field::new("ppcnt_discard_group", 0x034, 1, 1),
    Field::new("ppcnt_statistical_group", 0x034, 0, 0),
];

/// Fields of pddr_reg.
pub const PDDR: &[Field] = &[
    Field::new("local_port", 0x000, 23, 16),
    Field::new("pnat", 0x000, 15, 14),
    Field::new("page_select", 0x004, 7, 0),
];
