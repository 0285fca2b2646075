// SPDX-License-Identifier: GPL-2.0
//! Layouts of the management, node and host registers.
#![forbid(unsafe_code)]

use crate::field::Field;

/// Fields of mgir_reg.
pub const MGIR: &[Field] = &[
    Field::new("device_hw_revision", 0x000, 31, 16),
    Field::new("device_id", 0x000, 15, 0),
    Field::new("num_ports", 0x004, 27, 16),
    Field::new("technology", 0x004, 15, 11),
    Field::new("hw_dev_id", 0x008, 15, 0),
    Field::new("manufacturing_base_mac_47_32", 0x010, 15, 0),
    Field::word("manufacturing_base_mac_31_0", 0x014),
    Field::new("fw_major", 0x020, 23, 16),
    Field::new("fw_minor", 0x020, 15, 8),
    Field::new("fw_sub_minor", 0x020, 7, 0),
    Field::word("fw_build_id", 0x024),
    Field::new("fw_month", 0x028, 31, 24),
    Field::new("fw_day", 0x028, 23, 16),
    Field::new("fw_year", 0x028, 15, 0),
    Field::word("fw_psid_0", 0x030),
    Field::word("fw_psid_1", 0x034),
    Field::word("fw_psid_2", 0x038),
    Field::word("fw_psid_3", 0x03c),
    Field::word("fw_ini_file_version", 0x040),
    Field::word("extended_major", 0x044),
    Field::word("extended_minor", 0x048),
    Field::word("extended_sub_minor", 0x04c),
    Field::new("rom0_arch", 0x064, 31, 28),
    Field::new("rom0_type", 0x064, 27, 24),
    Field::new("rom1_arch", 0x064, 23, 20),
    Field::new("rom1_type", 0x064, 19, 16),
    Field::word("rom0_version", 0x068),
    Field::word("rom1_version", 0x06c),
];

/// Fields of mfrl_reg.
pub const MFRL: &[Field] = &[
    Field::new("pci_sync_for_fw_update_start", 0x004, 29, 29),
    Field::new("pci_sync_for_fw_update_resp", 0x004, 28, 27),
    Field::new("rst_type_sel", 0x004, 26, 24),
    Field::new("pci_reset_req_method", 0x004, 23, 21),
    Field::new("reset_state", 0x004, 19, 16),
    Field::new("reset_type", 0x004, 15, 8),
    Field::new("reset_level", 0x004, 7, 0),
];

/// Fields of mlcr_reg.
pub const MLCR: &[Field] = &[
    Field::new("local_port", 0x000, 23, 16),
    Field::new("beacon_duration", 0x004, 15, 0),
    Field::new("beacon_remain", 0x008, 15, 0),
];

/// Fields of mpein_reg.
pub const MPEIN: &[Field] = &[
    Field::new("depth", 0x000, 29, 24),
    Field::new("pcie_index", 0x000, 23, 16),
    Field::new("node", 0x000, 15, 8),
    Field::word("capability_mask", 0x004),
    Field::new("link_width_enabled", 0x008, 23, 16),
    Field::new("link_speed_enabled", 0x008, 15, 0),
    Field::new("lane0_physical_position", 0x00c, 31, 24),
    Field::new("link_width_active", 0x00c, 23, 16),
    Field::new("link_speed_active", 0x00c, 15, 0),
    Field::new("num_of_pfs", 0x010, 31, 16),
    Field::new("num_of_vfs", 0x010, 15, 0),
    Field::new("bdf0", 0x014, 31, 16),
    Field::new("max_read_request_size", 0x018, 31, 28),
    Field::new("max_payload_size", 0x018, 27, 24),
    Field::new("pwr_status", 0x018, 18, 16),
    Field::new("port_type", 0x018, 15, 12),
    Field::new("lane_reversal", 0x018, 0, 0),
    Field::new("pci_power", 0x01c, 11, 0),
    Field::new("device_status", 0x024, 31, 16),
    Field::new("port_state", 0x024, 15, 8),
    Field::new("receiver_detect_result", 0x028, 15, 0),
];

/// Fields of mtutc_reg.
pub const MTUTC: &[Field] = &[
    Field::new("freq_adj_units", 0x000, 26, 24),
    Field::new("log_max_freq_adjustment", 0x000, 20, 16),
    Field::new("operation", 0x000, 3, 0),
    Field::word("freq_adjustment", 0x004),
    Field::word("utc_sec", 0x010),
    Field::new("utc_nsec", 0x014, 29, 0),
    Field::word("time_adjustment", 0x018),
];

/// Fields of mpir_reg.
pub const MPIR: &[Field] = &[
    Field::new("sdm", 0x000, 31, 31),
    Field::new("host_buses", 0x000, 3, 0),
    Field::new("local_port", 0x008, 31, 24),
];

/// Fields of mcqs_reg.
pub const MCQS: &[Field] = &[
    Field::new("last_index_flag", 0x000, 31, 31),
    Field::new("fw_device", 0x000, 23, 16),
    Field::new("component_index", 0x000, 15, 0),
    Field::new("identifier", 0x004, 15, 0),
    Field::new("component_status", 0x008, 8, 4),
    Field::new("component_update_state", 0x008, 3, 0),
    Field::new("last_update_state_changer_type", 0x00c, 31, 28),
    Field::new("last_update_state_changer_host_id", 0x00c, 27, 24),
];

/// Fields of mcqi_reg.
pub const MCQI: &[Field] = &[
    Field::new("read_pending_component", 0x000, 31, 31),
    Field::new("component_index", 0x000, 15, 0),
    Field::new("info_type", 0x008, 4, 0),
    Field::word("info_size", 0x00c),
    Field::word("offset", 0x010),
    Field::new("data_size", 0x014, 15, 0),
];

/// Fields of mcam_reg.
pub const MCAM: &[Field] = &[
    Field::new("feature_group", 0x000, 23, 16),
    Field::new("access_reg_group", 0x000, 7, 0),
    Field::new("mqis", 0x008, 4, 4),
    Field::new("mcda", 0x008, 3, 3),
    Field::new("mcc", 0x008, 2, 2),
    Field::new("mcqi", 0x008, 1, 1),
    Field::new("mcqs", 0x008, 0, 0),
    Field::new("mpir", 0x00c, 25, 25),
    Field::new("mpegc", 0x00c, 22, 22),
    Field::new("mtutc", 0x00c, 21, 21),
    Field::new("mpcnt", 0x00c, 17, 17),
    Field::new("mpein", 0x00c, 16, 16),
    Field::new("mtrc_cap", 0x00c, 0, 0),
    Field::new("mrtc", 0x010, 13, 13),
    Field::new("mlcr", 0x010, 11, 11),
    Field::new("mfrl", 0x010, 8, 8),
    Field::new("mgir", 0x010, 0, 0),
    Field::new("mcia", 0x014, 20, 20),
    Field::new("mtmp", 0x014, 10, 10),
    Field::new("mtcap", 0x014, 9, 9),
    Field::new("mtutc_freq_adj_units", 0x030, 15, 15),
    Field::new("mtutc_time_adjustment_extended_range", 0x030, 14, 14),
    Field::new("mcia_32dwords", 0x030, 2, 2),
    Field::new("out_pulse_duration_ns", 0x030, 1, 1),
    Field::new("npps_period", 0x030, 0, 0),
    Field::new("reset_state", 0x034, 21, 21),
    Field::new("ptpcyc2realtime_modify", 0x034, 20, 20),
    Field::new("pci_status_and_power", 0x034, 17, 17),
    Field::new("mark_tx_action_cnp", 0x034, 11, 11),
    Field::new("mark_tx_action_cqe", 0x034, 10, 10),
    Field::new("dynamic_tx_overflow", 0x034, 9, 9),
    Field::new("pcie_outbound_stalled", 0x034, 4, 4),
    Field::new("tx_overflow_buffer_pkt", 0x034, 3, 3),
    Field::new("mtpps_enh_out_per_adj", 0x034, 2, 2),
    Field::new("mtpps_fs", 0x034, 1, 1),
    Field::new("pcie_performance_group", 0x034, 0, 0),
];

/// Fields of qcam_reg.
pub const QCAM: &[Field] = &[
    Field::new("feature_group", 0x000, 23, 16),
    Field::new("access_reg_group", 0x000, 7, 0),
    Field::new("qpdpm", 0x014, 19, 19),
    Field::new("qdpm", 0x014, 3, 3),
    Field::new("qpts", 0x014, 2, 2),
    Field::new("qcap", 0x014, 1, 1),
    Field::new("qetcr_qshr_max_bw_val_msb", 0x034, 4, 4),
    Field::new("qpts_trust_both", 0x034, 0, 0),
];

/// Fields of dtor_reg.
pub const DTOR: &[Field] = &[
    Field::new("pcie_toggle_to_multiplier", 0x004, 31, 29),
    Field::new("pcie_toggle_to_value", 0x004, 19, 0),
    Field::new("health_poll_to_multiplier", 0x014, 31, 29),
    Field::new("health_poll_to_value", 0x014, 19, 0),
    Field::new("full_crdump_to_multiplier", 0x018, 31, 29),
    Field::new("full_crdump_to_value", 0x018, 19, 0),
    Field::new("fw_reset_to_multiplier", 0x01c, 31, 29),
    Field::new("fw_reset_to_value", 0x01c, 19, 0),
    Field::new("flush_on_err_to_multiplier", 0x020, 31, 29),
    Field::new("flush_on_err_to_value", 0x020, 19, 0),
    Field::new("pci_sync_update_to_multiplier", 0x024, 31, 29),
    Field::new("pci_sync_update_to_value", 0x024, 19, 0),
    Field::new("tear_down_to_multiplier", 0x028, 31, 29),
    Field::new("tear_down_to_value", 0x028, 19, 0),
    Field::new("fsm_reactivate_to_multiplier", 0x02c, 31, 29),
    Field::new("fsm_reactivate_to_value", 0x02c, 19, 0),
    Field::new("reclaim_pages_to_multiplier", 0x030, 31, 29),
    Field::new("reclaim_pages_to_value", 0x030, 19, 0),
    Field::new("reclaim_vfs_pages_to_multiplier", 0x034, 31, 29),
    Field::new("reclaim_vfs_pages_to_value", 0x034, 19, 0),
    Field::new("reset_unload_to_multiplier", 0x038, 31, 29),
    Field::new("reset_unload_to_value", 0x038, 19, 0),
];

/// Fields of mtcap_reg.
pub const MTCAP: &[Field] = &[
    Field::new("sensor_count", 0x000, 6, 0),
    Field::quad("sensor_map", 0x008),
];

/// Fields of mtmp_reg, without the sensor name.
pub const MTMP: &[Field] = &[
    Field::new("sensor_index", 0x000, 11, 0),
    Field::new("temperature", 0x004, 15, 0),
    Field::new("mte", 0x008, 31, 31),
    Field::new("mtr", 0x008, 30, 30),
    Field::new("max_temperature", 0x008, 15, 0),
    Field::new("temp_threshold_hi", 0x00c, 15, 0),
    Field::new("temp_threshold_lo", 0x010, 15, 0),
];

/// Fields of HOST_ENDIANNESS.
pub const HOST_ENDIANNESS: &[Field] = &[Field::new("he", 0x000, 31, 31)];
