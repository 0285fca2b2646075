// SPDX-License-Identifier: GPL-2.0

//! The fields of replies: names and places as in the `query_*_out` structures of `mlx5_ifc.h`, from the
//! reply's first byte.

#![forbid(unsafe_code)]

use super::super::field::Field;

/// Fields of `mlx5_ifc_query_issi_out_bits`.
pub(super) const ISSI: &[Field] = &[
    Field::number("current_issi", 0x050, 16),
    Field::number("supported_issi_dw0", 0x360, 32),
];

/// Fields of `mlx5_ifc_query_pages_out_bits`.
pub(super) const PAGES: &[Field] = &[
    Field::number("embedded_cpu_function", 0x040, 1),
    Field::number("function_id", 0x050, 16),
    Field::number("num_pages", 0x060, 32),
];

/// Fields of `mlx5_ifc_query_special_contexts_out_bits`.
pub(super) const SPECIAL_CONTEXTS: &[Field] = &[
    Field::number("dump_fill_mkey", 0x040, 32),
    Field::number("resd_lkey", 0x060, 32),
    Field::number("null_mkey", 0x080, 32),
    Field::number("terminate_scatter_list_mkey", 0x0a0, 32),
    Field::number("repeated_mkey", 0x0c0, 32),
];

/// Fields of `mlx5_ifc_query_eq_out_bits`.
pub(super) const EQ: &[Field] = &[
    Field::number("status", 0x080, 4),
    Field::number("ec", 0x08d, 1),
    Field::number("oi", 0x08e, 1),
    Field::number("st", 0x094, 4),
    Field::number("page_offset", 0x0d4, 6),
    Field::number("log_eq_size", 0x0e3, 5),
    Field::number("uar_page", 0x0e8, 24),
    Field::number("intr", 0x134, 12),
    Field::number("log_page_size", 0x143, 5),
    Field::number("consumer_counter", 0x1c8, 24),
    Field::number("producer_counter", 0x1e8, 24),
    Field::number("event_bitmask", 0x2c0, 64),
];

/// Fields of `mlx5_ifc_query_vport_state_out_bits`.
pub(super) const VPORT_STATE: &[Field] = &[
    Field::number("max_tx_speed", 0x060, 16),
    Field::number("admin_state", 0x078, 4),
    Field::number("state", 0x07c, 4),
];

/// Fields of `mlx5_ifc_query_nic_vport_context_out_bits`.
pub(super) const NIC_VPORT_CONTEXT: &[Field] = &[
    Field::number("min_wqe_inline_mode", 0x085, 3),
    Field::number("disable_mc_local_lb", 0x09d, 1),
    Field::number("disable_uc_local_lb", 0x09e, 1),
    Field::number("roce_en", 0x09f, 1),
    Field::number("arm_change_event", 0x0a0, 1),
    Field::number("event_on_mtu", 0x0bb, 1),
    Field::number("event_on_promisc_change", 0x0bc, 1),
    Field::number("event_on_vlan_change", 0x0bd, 1),
    Field::number("event_on_mc_address_change", 0x0be, 1),
    Field::number("event_on_uc_address_change", 0x0bf, 1),
    Field::number("vhca_id_type", 0x0c0, 1),
    Field::number("affiliation_criteria", 0x0cc, 4),
    Field::number("affiliated_vhca_id", 0x0d0, 16),
    Field::number("sd_group", 0x181, 3),
    Field::number("sd_group_size", 0x188, 8),
    Field::number("mtu", 0x1b0, 16),
    Field::number("system_image_guid", 0x1c0, 64),
    Field::number("port_guid", 0x200, 64),
    Field::number("node_guid", 0x240, 64),
    Field::number("qkey_violation_counter", 0x3c0, 16),
    Field::number("promisc_uc", 0x800, 1),
    Field::number("promisc_mc", 0x801, 1),
    Field::number("promisc_all", 0x802, 1),
    Field::number("allowed_list_type", 0x805, 3),
    Field::number("allowed_list_size", 0x810, 16),
    Field::number("permanent_address_mac_addr_47_32", 0x830, 16),
    Field::number("permanent_address_mac_addr_31_0", 0x840, 32),
];

/// Fields of `mlx5_ifc_query_roce_address_out_bits`.
pub(super) const ROCE_ADDRESS: &[Field] = &[
    Field::number("source_l3_address_127_64", 0x080, 64),
    Field::number("source_l3_address_63_0", 0x0c0, 64),
    Field::number("vlan_valid", 0x103, 1),
    Field::number("vlan_id", 0x104, 12),
    Field::number("source_mac_47_32", 0x110, 16),
    Field::number("source_mac_31_0", 0x120, 32),
    Field::number("roce_l3_type", 0x154, 4),
    Field::number("roce_version", 0x158, 8),
];

/// Fields of `mlx5_ifc_query_vport_counter_out_bits`.
pub(super) const VPORT_COUNTER: &[Field] = &[
    Field::number("received_errors_packets", 0x080, 64),
    Field::number("received_errors_octets", 0x0c0, 64),
    Field::number("transmit_errors_packets", 0x100, 64),
    Field::number("transmit_errors_octets", 0x140, 64),
    Field::number("received_ib_unicast_packets", 0x180, 64),
    Field::number("received_ib_unicast_octets", 0x1c0, 64),
    Field::number("transmitted_ib_unicast_packets", 0x200, 64),
    Field::number("transmitted_ib_unicast_octets", 0x240, 64),
    Field::number("received_ib_multicast_packets", 0x280, 64),
    Field::number("received_ib_multicast_octets", 0x2c0, 64),
    Field::number("transmitted_ib_multicast_packets", 0x300, 64),
    Field::number("transmitted_ib_multicast_octets", 0x340, 64),
    Field::number("received_eth_broadcast_packets", 0x380, 64),
    Field::number("received_eth_broadcast_octets", 0x3c0, 64),
    Field::number("transmitted_eth_broadcast_packets", 0x400, 64),
    Field::number("transmitted_eth_broadcast_octets", 0x440, 64),
    Field::number("received_eth_unicast_packets", 0x480, 64),
    Field::number("received_eth_unicast_octets", 0x4c0, 64),
    Field::number("transmitted_eth_unicast_packets", 0x500, 64),
    Field::number("transmitted_eth_unicast_octets", 0x540, 64),
    Field::number("received_eth_multicast_packets", 0x580, 64),
    Field::number("received_eth_multicast_octets", 0x5c0, 64),
    Field::number("transmitted_eth_multicast_packets", 0x600, 64),
    Field::number("transmitted_eth_multicast_octets", 0x640, 64),
    Field::number("local_loopback_packets", 0x680, 64),
    Field::number("local_loopback_octets", 0x6c0, 64),
];

/// Fields of `mlx5_ifc_query_q_counter_out_bits`.
pub(super) const Q_COUNTER: &[Field] = &[
    Field::number("rx_write_requests", 0x080, 32),
    Field::number("rx_read_requests", 0x0c0, 32),
    Field::number("rx_atomic_requests", 0x100, 32),
    Field::number("rx_dct_connect", 0x140, 32),
    Field::number("out_of_buffer", 0x180, 32),
    Field::number("out_of_sequence", 0x1c0, 32),
    Field::number("duplicate_request", 0x200, 32),
    Field::number("rnr_nak_retry_err", 0x240, 32),
    Field::number("packet_seq_err", 0x280, 32),
    Field::number("implied_nak_seq_err", 0x2c0, 32),
    Field::number("local_ack_timeout_err", 0x300, 32),
    Field::number("req_rnr_retries_exceeded", 0x380, 32),
    Field::number("resp_local_length_error", 0x3c0, 32),
    Field::number("req_local_length_error", 0x3e0, 32),
    Field::number("resp_local_qp_error", 0x400, 32),
    Field::number("local_operation_error", 0x420, 32),
    Field::number("resp_local_protection", 0x440, 32),
    Field::number("req_local_protection", 0x460, 32),
    Field::number("resp_cqe_error", 0x480, 32),
    Field::number("req_cqe_error", 0x4a0, 32),
    Field::number("req_mw_binding", 0x4c0, 32),
    Field::number("req_bad_response", 0x4e0, 32),
    Field::number("req_remote_invalid_request", 0x500, 32),
    Field::number("resp_remote_invalid_request", 0x520, 32),
    Field::number("req_remote_access_errors", 0x540, 32),
    Field::number("resp_remote_access_errors", 0x560, 32),
    Field::number("req_remote_operation_errors", 0x580, 32),
    Field::number("req_transport_retries_exceeded", 0x5a0, 32),
    Field::number("cq_overflow", 0x5c0, 32),
    Field::number("resp_cqe_flush_error", 0x5e0, 32),
    Field::number("req_cqe_flush_error", 0x600, 32),
    Field::number("roce_adp_retrans", 0x640, 32),
    Field::number("roce_adp_retrans_to", 0x660, 32),
    Field::number("roce_slow_restart", 0x680, 32),
    Field::number("roce_slow_restart_cnps", 0x6a0, 32),
    Field::number("roce_slow_restart_trans", 0x6c0, 32),
];

/// Fields of `mlx5_ifc_query_vnic_env_out_bits`.
pub(super) const VNIC_ENV: &[Field] = &[
    Field::number("counter_error_queues", 0x080, 32),
    Field::number("total_error_queues", 0x0a0, 32),
    Field::number("send_queue_priority_update_flow", 0x0c0, 32),
    Field::number("nic_receive_steering_discard", 0x100, 64),
    Field::number("receive_discard_vport_down", 0x140, 64),
    Field::number("transmit_discard_vport_down", 0x180, 64),
    Field::number("async_eq_overrun", 0x1c0, 32),
    Field::number("comp_eq_overrun", 0x1e0, 32),
    Field::number("invalid_command", 0x220, 32),
    Field::number("quota_exceeded_command", 0x240, 32),
    Field::number("internal_rq_out_of_buffer", 0x260, 32),
    Field::number("cq_overrun", 0x280, 32),
    Field::number("eth_wqe_too_small", 0x2a0, 32),
];
