// SPDX-License-Identifier: GPL-2.0

//! The management registers: names and places as in the structures of `mlx5_ifc.h`.

#![forbid(unsafe_code)]

use super::super::field::Field;

/// Fields of `mlx5_ifc_mfrl_reg_bits`.
pub const MFRL: &[Field] = &[
    Field::number("pci_sync_for_fw_update_start", 0x022, 1),
    Field::number("pci_sync_for_fw_update_resp", 0x023, 2),
    Field::number("rst_type_sel", 0x025, 3),
    Field::number("pci_reset_req_method", 0x028, 3),
    Field::number("reset_state", 0x02c, 4),
    Field::number("reset_type", 0x030, 8),
    Field::number("reset_level", 0x038, 8),
];

/// Fields of `mlx5_ifc_mlcr_reg_bits`.
pub const MLCR: &[Field] = &[
    Field::number("local_port", 0x008, 8),
    Field::number("beacon_duration", 0x030, 16),
    Field::number("beacon_remain", 0x050, 16),
];

/// Fields of `mlx5_ifc_mpein_reg_bits`.
pub const MPEIN: &[Field] = &[
    Field::number("depth", 0x002, 6),
    Field::number("pcie_index", 0x008, 8),
    Field::number("node", 0x010, 8),
    Field::number("capability_mask", 0x020, 32),
    Field::number("link_width_enabled", 0x048, 8),
    Field::number("link_speed_enabled", 0x050, 16),
    Field::number("lane0_physical_position", 0x060, 8),
    Field::number("link_width_active", 0x068, 8),
    Field::number("link_speed_active", 0x070, 16),
    Field::number("num_of_pfs", 0x080, 16),
    Field::number("num_of_vfs", 0x090, 16),
    Field::number("bdf0", 0x0a0, 16),
    Field::number("max_read_request_size", 0x0c0, 4),
    Field::number("max_payload_size", 0x0c4, 4),
    Field::number("pwr_status", 0x0cd, 3),
    Field::number("port_type", 0x0d0, 4),
    Field::number("lane_reversal", 0x0df, 1),
    Field::number("pci_power", 0x0f4, 12),
    Field::number("device_status", 0x120, 16),
    Field::number("port_state", 0x130, 8),
    Field::number("receiver_detect_result", 0x150, 16),
];

/// Fields of `mlx5_ifc_mtutc_reg_bits`.
pub const MTUTC: &[Field] = &[
    Field::number("freq_adj_units", 0x005, 3),
    Field::number("log_max_freq_adjustment", 0x00b, 5),
    Field::number("operation", 0x01c, 4),
    Field::number("freq_adjustment", 0x020, 32),
    Field::number("utc_sec", 0x080, 32),
    Field::number("utc_nsec", 0x0a2, 30),
    Field::number("time_adjustment", 0x0c0, 32),
];

/// Fields of `mlx5_ifc_mpir_reg_bits`.
pub const MPIR: &[Field] = &[
    Field::number("sdm", 0x000, 1),
    Field::number("host_buses", 0x01c, 4),
    Field::number("local_port", 0x040, 8),
];

/// Fields of `mlx5_ifc_mcqs_reg_bits`.
pub const MCQS: &[Field] = &[
    Field::number("last_index_flag", 0x000, 1),
    Field::number("fw_device", 0x008, 8),
    Field::number("component_index", 0x010, 16),
    Field::number("identifier", 0x030, 16),
    Field::number("component_status", 0x057, 5),
    Field::number("component_update_state", 0x05c, 4),
    Field::number("last_update_state_changer_type", 0x060, 4),
    Field::number("last_update_state_changer_host_id", 0x064, 4),
];

/// Fields of `mlx5_ifc_mcqi_reg_bits`.
pub const MCQI: &[Field] = &[
    Field::number("read_pending_component", 0x000, 1),
    Field::number("component_index", 0x010, 16),
    Field::number("info_type", 0x05b, 5),
    Field::number("info_size", 0x060, 32),
    Field::number("offset", 0x080, 32),
    Field::number("data_size", 0x0b0, 16),
    Field::number("build_time_valid", 0x0c2, 1),
    Field::number("user_defined_time_valid", 0x0c3, 1),
    Field::number("version_string_length", 0x0d8, 8),
    Field::number("version", 0x0e0, 32),
    Field::number("build_time", 0x100, 64),
    Field::number("user_defined_time", 0x140, 64),
    Field::number("build_tool_version", 0x180, 32),
    Field::text("version_string", 0x1c0, 736),
];

/// Fields of `mlx5_ifc_mcam_reg_bits`; bit N from the right of the mask of registers is register 0x9000 + N.
pub const MCAM: &[Field] = &[
    Field::number("feature_group", 0x008, 8),
    Field::number("access_reg_group", 0x018, 8),
    Field::number("mqis", 0x05b, 1),
    Field::number("mcda", 0x05c, 1),
    Field::number("mcc", 0x05d, 1),
    Field::number("mcqi", 0x05e, 1),
    Field::number("mcqs", 0x05f, 1),
    Field::number("mpir", 0x066, 1),
    Field::number("mpegc", 0x069, 1),
    Field::number("mtutc", 0x06a, 1),
    Field::number("mpcnt", 0x06e, 1),
    Field::number("mpein", 0x06f, 1),
    Field::number("tracer_registers", 0x07c, 4),
    Field::number("mrtc", 0x092, 1),
    Field::number("mlcr", 0x094, 1),
    Field::number("mfrl", 0x097, 1),
    Field::number("mgir", 0x09f, 1),
    Field::number("mcia", 0x0ab, 1),
    Field::number("mtmp", 0x0b5, 1),
    Field::number("mtcap", 0x0b6, 1),
    Field::number("mtutc_freq_adj_units", 0x190, 1),
    Field::number("mtutc_time_adjustment_extended_range", 0x191, 1),
    Field::number("mcia_32dwords", 0x19d, 1),
    Field::number("out_pulse_duration_ns", 0x19e, 1),
    Field::number("npps_period", 0x19f, 1),
    Field::number("reset_state", 0x1aa, 1),
    Field::number("ptpcyc2realtime_modify", 0x1ab, 1),
    Field::number("pci_status_and_power", 0x1ae, 1),
    Field::number("mark_tx_action_cnp", 0x1b4, 1),
    Field::number("mark_tx_action_cqe", 0x1b5, 1),
    Field::number("dynamic_tx_overflow", 0x1b6, 1),
    Field::number("pcie_outbound_stalled", 0x1bb, 1),
    Field::number("tx_overflow_buffer_pkt", 0x1bc, 1),
    Field::number("mtpps_enh_out_per_adj", 0x1bd, 1),
    Field::number("mtpps_fs", 0x1be, 1),
    Field::number("pcie_performance_group", 0x1bf, 1),
];

/// Fields of `mlx5_ifc_qcam_reg_bits`.
pub const QCAM: &[Field] = &[
    Field::number("feature_group", 0x008, 8),
    Field::number("access_reg_group", 0x018, 8),
    Field::number("qpdpm", 0x0ac, 1),
    Field::number("qdpm", 0x0bc, 1),
    Field::number("qpts", 0x0bd, 1),
    Field::number("qcap", 0x0be, 1),
    Field::number("qetcr_qshr_max_bw_val_msb", 0x1bb, 1),
    Field::number("qpts_trust_both", 0x1bf, 1),
];

/// Fields of `mlx5_ifc_mtcap_reg_bits`.
pub const MTCAP: &[Field] = &[
    Field::number("sensor_count", 0x019, 7),
    Field::number("sensor_map", 0x040, 64),
];

/// Fields of `mlx5_ifc_mtmp_reg_bits`.
pub const MTMP: &[Field] = &[
    Field::number("sensor_index", 0x014, 12),
    Field::number("temperature", 0x030, 16),
    Field::number("mte", 0x040, 1),
    Field::number("mtr", 0x041, 1),
    Field::number("max_temperature", 0x050, 16),
    Field::number("tee", 0x060, 2),
    Field::number("temp_threshold_hi", 0x070, 16),
    Field::number("temp_threshold_lo", 0x090, 16),
    Field::text("sensor_name", 0x0c0, 64),
];

/// Fields of DTOR (`mlx5_ifc_dtor_reg_bits`), each a value and what to multiply it by.
pub const DTOR: &[Field] = &[
    Field::number("pcie_toggle_to_multiplier", 0x020, 3),
    Field::number("pcie_toggle_to_value", 0x02c, 20),
    Field::number("health_poll_to_multiplier", 0x0a0, 3),
    Field::number("health_poll_to_value", 0x0ac, 20),
    Field::number("full_crdump_to_multiplier", 0x0c0, 3),
    Field::number("full_crdump_to_value", 0x0cc, 20),
    Field::number("fw_reset_to_multiplier", 0x0e0, 3),
    Field::number("fw_reset_to_value", 0x0ec, 20),
    Field::number("flush_on_err_to_multiplier", 0x100, 3),
    Field::number("flush_on_err_to_value", 0x10c, 20),
    Field::number("pci_sync_update_to_multiplier", 0x120, 3),
    Field::number("pci_sync_update_to_value", 0x12c, 20),
    Field::number("tear_down_to_multiplier", 0x140, 3),
    Field::number("tear_down_to_value", 0x14c, 20),
    Field::number("fsm_reactivate_to_multiplier", 0x160, 3),
    Field::number("fsm_reactivate_to_value", 0x16c, 20),
    Field::number("reclaim_pages_to_multiplier", 0x180, 3),
    Field::number("reclaim_pages_to_value", 0x18c, 20),
    Field::number("reclaim_vfs_pages_to_multiplier", 0x1a0, 3),
    Field::number("reclaim_vfs_pages_to_value", 0x1ac, 20),
    Field::number("reset_unload_to_multiplier", 0x1c0, 3),
    Field::number("reset_unload_to_value", 0x1cc, 20),
];

/// Fields of MGIR, as the switch driver of the same vendor names them.
pub const MGIR: &[Field] = &[
    Field::number("device_hw_revision", 0x000, 16),
    Field::number("device_id", 0x010, 16),
    Field::number("num_ports", 0x024, 12),
    Field::number("technology", 0x030, 5),
    Field::number("hw_dev_id", 0x050, 16),
    Field::number("manufacturing_base_mac_47_32", 0x090, 16),
    Field::number("manufacturing_base_mac_31_0", 0x0a0, 32),
    Field::number("fw_major", 0x108, 8),
    Field::number("fw_minor", 0x110, 8),
    Field::number("fw_sub_minor", 0x118, 8),
    Field::number("fw_build_id", 0x120, 32),
    Field::number("fw_month", 0x140, 8),
    Field::number("fw_day", 0x148, 8),
    Field::number("fw_year", 0x150, 16),
    Field::text("fw_psid", 0x180, 128),
    Field::number("extended_major", 0x220, 32),
    Field::number("extended_minor", 0x240, 32),
    Field::number("extended_sub_minor", 0x260, 32),
    Field::number("rom0_arch", 0x320, 4),
    Field::number("rom0_type", 0x324, 4),
    Field::number("rom1_arch", 0x328, 4),
    Field::number("rom1_type", 0x32c, 4),
    Field::number("rom0_version", 0x340, 32),
    Field::number("rom1_version", 0x360, 32),
];

/// Fields of NODE_DESC: one text.
pub const NODE_DESC: &[Field] = &[Field::text("node_desc", 0x000, 512)];

/// Fields of HOST_ENDIANNESS.
pub const HOST_ENDIANNESS: &[Field] = &[Field::number("he", 0x000, 8)];
