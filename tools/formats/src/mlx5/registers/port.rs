// SPDX-License-Identifier: GPL-2.0

//! The port registers: names and places as in the structures of `mlx5_ifc.h`.

#![forbid(unsafe_code)]

use super::super::field::Field;

/// Fields of `mlx5_ifc_pcap_reg_bits`.
pub const PCAP: &[Field] = &[
    Field::number("local_port", 0x008, 8),
    Field::number("port_capability_mask_0", 0x020, 32),
    Field::number("port_capability_mask_1", 0x040, 32),
    Field::number("port_capability_mask_2", 0x060, 32),
    Field::number("port_capability_mask_3", 0x080, 32),
];

/// Fields of `mlx5_ifc_pmlp_reg_bits`.
pub const PMLP: &[Field] = &[
    Field::number("rxtx", 0x000, 1),
    Field::number("local_port", 0x008, 8),
    Field::number("width", 0x018, 8),
    Field::number("lane0_module_mapping", 0x020, 32),
    Field::number("lane1_module_mapping", 0x040, 32),
    Field::number("lane2_module_mapping", 0x060, 32),
    Field::number("lane3_module_mapping", 0x080, 32),
];

/// Fields of `mlx5_ifc_pmtu_reg_bits`.
pub const PMTU: &[Field] = &[
    Field::number("local_port", 0x008, 8),
    Field::number("max_mtu", 0x020, 16),
    Field::number("admin_mtu", 0x040, 16),
    Field::number("oper_mtu", 0x060, 16),
];

/// Fields of `mlx5_ifc_ptys_reg_bits`.
pub const PTYS: &[Field] = &[
    Field::number("an_disable_admin", 0x001, 1),
    Field::number("an_disable_cap", 0x002, 1),
    Field::number("local_port", 0x008, 8),
    Field::number("plane_ind", 0x018, 4),
    Field::number("proto_mask", 0x01d, 3),
    Field::number("an_status", 0x020, 4),
    Field::number("data_rate_oper", 0x030, 16),
    Field::number("ext_eth_proto_capability", 0x040, 32),
    Field::number("eth_proto_capability", 0x060, 32),
    Field::number("ib_link_width_capability", 0x080, 16),
    Field::number("ib_proto_capability", 0x090, 16),
    Field::number("ext_eth_proto_admin", 0x0a0, 32),
    Field::number("eth_proto_admin", 0x0c0, 32),
    Field::number("ib_link_width_admin", 0x0e0, 16),
    Field::number("ib_proto_admin", 0x0f0, 16),
    Field::number("ext_eth_proto_oper", 0x100, 32),
    Field::number("eth_proto_oper", 0x120, 32),
    Field::number("ib_link_width_oper", 0x140, 16),
    Field::number("ib_proto_oper", 0x150, 16),
    Field::number("lane_rate_oper", 0x168, 20),
    Field::number("connector_type", 0x17c, 4),
    Field::number("eth_proto_lp_advertise", 0x180, 32),
];

/// Fields of `mlx5_ifc_paos_reg_bits`.
pub const PAOS: &[Field] = &[
    Field::number("swid", 0x000, 8),
    Field::number("local_port", 0x008, 8),
    Field::number("admin_status", 0x014, 4),
    Field::number("oper_status", 0x01c, 4),
    Field::number("ase", 0x020, 1),
    Field::number("ee", 0x021, 1),
    Field::number("e", 0x03e, 2),
];

/// Fields of `mlx5_ifc_pfcc_reg_bits`.
pub const PFCC: &[Field] = &[
    Field::number("buf_ownership", 0x004, 2),
    Field::number("local_port", 0x008, 8),
    Field::number("cable_length_mask", 0x01a, 1),
    Field::number("ppan_mask_n", 0x01b, 1),
    Field::number("minor_stall_mask", 0x01c, 1),
    Field::number("critical_stall_mask", 0x01d, 1),
    Field::number("ppan", 0x020, 4),
    Field::number("prio_mask_tx", 0x028, 8),
    Field::number("prio_mask_rx", 0x038, 8),
    Field::number("pptx", 0x040, 1),
    Field::number("aptx", 0x041, 1),
    Field::number("pptx_mask_n", 0x042, 1),
    Field::number("pfctx", 0x048, 8),
    Field::number("pprx", 0x060, 1),
    Field::number("aprx", 0x061, 1),
    Field::number("pprx_mask_n", 0x062, 1),
    Field::number("pfcrx", 0x068, 8),
    Field::number("device_stall_minor_watermark", 0x080, 16),
    Field::number("device_stall_critical_watermark", 0x090, 16),
    Field::number("cable_length", 0x0b8, 8),
];

/// Fields of `mlx5_ifc_pplm_reg_bits`.
pub const PPLM: &[Field] = &[
    Field::number("local_port", 0x008, 8),
    Field::number("port_profile_mode", 0x040, 8),
    Field::number("static_port_profile", 0x048, 8),
    Field::number("active_port_profile", 0x050, 8),
    Field::number("retransmission_active", 0x060, 8),
    Field::number("fec_mode_active", 0x068, 24),
    Field::number("rs_fec_correction_bypass_cap", 0x080, 4),
    Field::number("fec_override_cap_56g", 0x08c, 4),
    Field::number("fec_override_cap_100g", 0x090, 4),
    Field::number("fec_override_cap_50g", 0x094, 4),
    Field::number("fec_override_cap_25g", 0x098, 4),
    Field::number("fec_override_cap_10g_40g", 0x09c, 4),
    Field::number("rs_fec_correction_bypass_admin", 0x0a0, 4),
    Field::number("fec_override_admin_56g", 0x0ac, 4),
    Field::number("fec_override_admin_100g", 0x0b0, 4),
    Field::number("fec_override_admin_50g", 0x0b4, 4),
    Field::number("fec_override_admin_25g", 0x0b8, 4),
    Field::number("fec_override_admin_10g_40g", 0x0bc, 4),
    Field::number("fec_override_cap_400g_8x", 0x0c0, 16),
    Field::number("fec_override_cap_200g_4x", 0x0d0, 16),
    Field::number("fec_override_cap_100g_2x", 0x0e0, 16),
    Field::number("fec_override_cap_50g_1x", 0x0f0, 16),
    Field::number("fec_override_admin_400g_8x", 0x100, 16),
    Field::number("fec_override_admin_200g_4x", 0x110, 16),
    Field::number("fec_override_admin_100g_2x", 0x120, 16),
    Field::number("fec_override_admin_50g_1x", 0x130, 16),
    Field::number("fec_override_cap_800g_8x", 0x140, 16),
    Field::number("fec_override_cap_400g_4x", 0x150, 16),
    Field::number("fec_override_cap_200g_2x", 0x160, 16),
    Field::number("fec_override_cap_100g_1x", 0x170, 16),
    Field::number("fec_override_admin_800g_8x", 0x220, 16),
    Field::number("fec_override_admin_400g_4x", 0x230, 16),
    Field::number("fec_override_admin_200g_2x", 0x240, 16),
    Field::number("fec_override_admin_100g_1x", 0x250, 16),
    Field::number("fec_override_cap_1600g_8x", 0x2c0, 16),
    Field::number("fec_override_cap_800g_4x", 0x2d0, 16),
    Field::number("fec_override_cap_400g_2x", 0x2e0, 16),
    Field::number("fec_override_cap_200g_1x", 0x2f0, 16),
    Field::number("fec_override_admin_1600g_8x", 0x300, 16),
    Field::number("fec_override_admin_800g_4x", 0x310, 16),
    Field::number("fec_override_admin_400g_2x", 0x320, 16),
    Field::number("fec_override_admin_200g_1x", 0x330, 16),
];

/// Fields of `mlx5_ifc_pcmr_reg_bits`.
pub const PCMR: &[Field] = &[
    Field::number("local_port", 0x008, 8),
    Field::number("entropy_force_cap", 0x020, 1),
    Field::number("entropy_calc_cap", 0x021, 1),
    Field::number("entropy_gre_calc_cap", 0x022, 1),
    Field::number("rx_ts_over_crc_cap", 0x032, 1),
    Field::number("fcs_cap", 0x03e, 1),
    Field::number("entropy_force", 0x040, 1),
    Field::number("entropy_calc", 0x041, 1),
    Field::number("entropy_gre_calc", 0x042, 1),
    Field::number("rx_ts_over_crc", 0x052, 1),
    Field::number("fcs_chk", 0x05e, 1),
];

/// Fields of `mlx5_ifc_pcam_reg_bits`; bit N from the right of the mask of registers is register 0x5000 + N.
pub const PCAM: &[Field] = &[
    Field::number("feature_group", 0x008, 8),
    Field::number("access_reg_group", 0x018, 8),
    Field::number("pcmr", 0x07e, 1),
    Field::number("pphcr", 0x081, 1),
    Field::number("pddr", 0x08e, 1),
    Field::number("pplm", 0x09c, 1),
    Field::number("pbmc", 0x0b3, 1),
    Field::number("pptb", 0x0b4, 1),
    Field::number("ppcnt", 0x0b7, 1),
    Field::number("pfcc", 0x0b8, 1),
    Field::number("paos", 0x0b9, 1),
    Field::number("ptys", 0x0bb, 1),
    Field::number("pmtu", 0x0bc, 1),
    Field::number("pmlp", 0x0bd, 1),
    Field::number("pcap", 0x0be, 1),
    Field::number("ppcnt_recovery_counters", 0x150, 1),
    Field::number("cable_length", 0x158, 1),
    Field::number("fec_200G_per_lane_in_pplm", 0x15d, 1),
    Field::number("fec_100G_per_lane_in_pplm", 0x188, 1),
    Field::number("shp_pbmc_pbsr_support", 0x18b, 1),
    Field::number("buffer_ownership", 0x193, 1),
    Field::number("fec_50G_per_lane_in_pplm", 0x1a8, 1),
    Field::number("rx_icrc_encapsulated_counter", 0x1ad, 1),
    Field::number("ptys_extended_ethernet", 0x1b2, 1),
    Field::number("pfcc_mask", 0x1b6, 1),
    Field::number("per_lane_error_counters", 0x1ba, 1),
    Field::number("rx_buffer_fullness_counters", 0x1bb, 1),
    Field::number("ptys_connector_type", 0x1bc, 1),
    Field::number("ppcnt_discard_group", 0x1be, 1),
    Field::number("ppcnt_statistical_group", 0x1bf, 1),
];
