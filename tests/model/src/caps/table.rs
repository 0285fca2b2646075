// SPDX-License-Identifier: GPL-2.0
//! The capability groups, their defaults, and what SET_HCA_CAP may change.
#![forbid(unsafe_code)]

use super::{general, other};
use crate::field::Field;

/// The default of one field; fields without one are zero.
pub struct Value {
    /// The field's name in the layout.
    pub field: &'static str,
    /// The largest value SET_HCA_CAP may choose.
    pub max: u64,
    /// The value in force after a reset.
    pub current: u64,
}

/// One capability group.
pub struct Group {
    /// The name used in keys.
    pub name: &'static str,
    /// The type in the op_mod of QUERY_HCA_CAP (op_mod = type << 1 | view).
    pub cap_type: u16,
    /// The GENERAL field that must be set for the group to exist, empty if it always exists.
    pub gate: &'static str,
    /// The layout.
    pub fields: &'static [Field],
    /// Defaults that are not zero.
    pub defaults: &'static [Value],
    /// Fields SET_HCA_CAP may change.
    pub settable: &'static [&'static str],
    /// Settable fields whose encoding has no order, so that the maximum is no bound.
    pub smaller_is_more: &'static [&'static str],
}

const fn fixed(field: &'static str, value: u64) -> Value {
    Value {
        field,
        max: value,
        current: value,
    }
}

const fn choice(field: &'static str, max: u64, current: u64) -> Value {
    Value {
        field,
        max,
        current,
    }
}

/// The default of a function that fwctl can use and that has no Ethernet port to offer.
const GENERAL_DEFAULTS: &[Value] = &[
    fixed("hca_cap_2", 1),
    fixed("vhca_id", 0),
    choice("log_max_qp", 18, 17),
    fixed("log_max_qp_sz", 15),
    fixed("log_max_cq_sz", 22),
    fixed("log_max_cq", 16),
    fixed("log_max_eq_sz", 22),
    fixed("log_max_mkey", 20),
    fixed("log_max_eq", 6),
    fixed("qcam_reg", 1),
    choice("cache_line_128byte", 0, 0),
    choice("pkey_table_size", 0, 5),
    fixed("mcam_reg", 1),
    fixed("pcam_reg", 1),
    fixed("local_ca_ack_delay", 16),
    fixed("port_type", 1),
    fixed("num_ports", 1),
    fixed("log_max_msg", 30),
    fixed("max_tc", 8),
    choice("cmdif_checksum", 3, 1),
    fixed("log_pg_sz", 12),
    fixed("driver_version", 1),
    fixed("log_bf_reg_size", 9),
    fixed("max_wqe_sz_sq", 1024),
    fixed("max_wqe_sz_rq", 512),
    fixed("log_max_transport_domain", 8),
    fixed("log_max_pd", 16),
    fixed("log_max_xrcd", 4),
    fixed("log_max_uctx", 8),
    fixed("max_num_eqs", 64),
    choice("log_uar_page_sz", 0, 0),
    fixed("device_frequency_khz", 156_250),
    fixed("num_of_uars_per_page", 1),
    fixed("uctx_cap", 0x4),
];

const GENERAL_SETTABLE: &[&str] = &[
    "pkey_table_size",
    "log_max_qp",
    "cmdif_checksum",
    "uar_4k",
    "log_uar_page_sz",
    "cache_line_128byte",
    "dct",
    "pci_sync_for_fw_update_event",
    "pci_sync_for_fw_update_with_driver_unload",
    "pcie_reset_using_hotreset_method",
    "num_vhca_ports",
    "release_all_pages",
    "mkey_by_name",
    "icm_mng_function_id_mode",
    "num_total_dynamic_vf_msix",
    "roce",
    "log_max_current_uc_list",
    "abs_native_port_num",
];

/// The groups the device has, GENERAL first.
pub const GROUPS: &[Group] = &[
    Group {
        name: "general",
        cap_type: 0x0,
        gate: "",
        fields: general::FIELDS,
        defaults: GENERAL_DEFAULTS,
        settable: GENERAL_SETTABLE,
        smaller_is_more: &["pkey_table_size"],
    },
    Group {
        name: "ethernet",
        cap_type: 0x1,
        gate: "eth_net_offloads",
        fields: other::ETHERNET,
        defaults: &[
            fixed("csum_cap", 1),
            fixed("vlan_cap", 1),
            fixed("max_lso_cap", 16),
            fixed("wqe_inline_mode", 2),
            fixed("rss_ind_tbl_cap", 8),
        ],
        settable: &[],
        smaller_is_more: &[],
    },
    Group {
        name: "odp",
        cap_type: 0x2,
        gate: "pg",
        fields: other::ODP,
        defaults: &[],
        settable: &["mem_page_fault"],
        smaller_is_more: &[],
    },
    Group {
        name: "atomic",
        cap_type: 0x3,
        gate: "atomic",
        fields: other::ATOMIC,
        defaults: &[
            fixed("atomic_operations", 0x3),
            fixed("atomic_size_qp", 0x8),
        ],
        settable: &["atomic_req_8B_endianness_mode"],
        smaller_is_more: &[],
    },
    Group {
        name: "roce",
        cap_type: 0x4,
        gate: "roce",
        fields: other::ROCE,
        defaults: &[
            fixed("l3_type", 6),
            fixed("roce_version", 4),
            fixed("r_roce_dest_udp_port", 4791),
            fixed("r_roce_max_src_udp_port", 0xffff),
            fixed("r_roce_min_src_udp_port", 0xc000),
            fixed("roce_address_table_size", 16),
        ],
        settable: &["sw_r_roce_src_udp_port"],
        smaller_is_more: &[],
    },
    Group {
        name: "qos",
        cap_type: 0xc,
        gate: "qos",
        fields: other::QOS,
        defaults: &[],
        settable: &[],
        smaller_is_more: &[],
    },
    Group {
        name: "general_2",
        cap_type: 0x20,
        gate: "hca_cap_2",
        fields: other::GENERAL_2,
        defaults: &[
            fixed("query_vuid", 1),
            fixed("max_num_eqs_24b", 64),
            fixed("max_rqt_vhca_id", 0),
        ],
        settable: &["sw_vhca_id_valid", "lag_per_mp_group"],
        smaller_is_more: &[],
    },
];
