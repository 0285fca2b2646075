// SPDX-License-Identifier: GPL-2.0

//! The mlx5 device type: requests, replies and what their fields are called.

#![forbid(unsafe_code)]

pub mod commands;
pub mod field;
mod general;
mod groups;
pub mod registers;
pub mod wire;

use field::Field;

/// One capability group of QUERY_HCA_CAP.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The name used on the command line and in reports.
    pub name: &'static str,
    /// The type in the request's variant.
    pub cap_type: u16,
    /// The fields of its 4096 bytes.
    pub fields: &'static [Field],
}

/// Every group whose fields are known.
pub const GROUPS: &[Group] = &[
    group("general", 0x00, general::FIELDS),
    group("ethernet", 0x01, groups::ETHERNET),
    group("odp", 0x02, groups::ODP),
    group("atomic", 0x03, groups::ATOMIC),
    group("roce", 0x04, groups::ROCE),
    group("qos", 0x0c, groups::QOS),
    group("general_2", 0x20, groups::GENERAL_2),
];

const fn group(name: &'static str, cap_type: u16, fields: &'static [Field]) -> Group {
    Group {
        name,
        cap_type,
        fields,
    }
}

/// Bytes of one capability group.
pub const CAP_LEN: usize = 4096;

/// The fields of a QUERY_ADAPTER reply, behind its header.
pub const ADAPTER: &[Field] = &[
    Field::number("ieee_vendor_id", 0x0c8, 24),
    Field::number("vsd_vendor_id", 0x0f0, 16),
    Field::text("vsd", 0x100, 1664),
    Field::text("vsd_contd_psid", 0x780, 128),
];

/// Bytes of a QUERY_ADAPTER reply, behind its header.
pub const ADAPTER_LEN: usize = 0x100;

/// Returns the group of a name.
pub fn group_named(name: &str) -> Option<&'static Group> {
    GROUPS.iter().find(|group| group.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn tables() -> Vec<(&'static str, &'static [Field], usize)> {
        let mut tables: Vec<_> = GROUPS.iter().map(|g| (g.name, g.fields, CAP_LEN)).collect();
        tables.extend(
            registers::REGISTERS
                .iter()
                .map(|r| (r.name, r.fields, r.len)),
        );
        tables.push(("adapter", ADAPTER, ADAPTER_LEN));
        tables
    }

    #[test]
    fn fields_lie_inside_their_block_in_order_and_never_overlap() {
        for (table, fields, len) in tables() {
            let mut end = 0;
            for field in fields {
                assert!(field.start() >= end, "{table}.{} overlaps", field.name);
                end = field.end();
            }
            assert!(end <= len * 8, "{table} ends behind its block");
        }
    }

    #[test]
    fn names_are_unique_in_a_table() {
        for (table, fields, _) in tables() {
            let names: BTreeSet<_> = fields.iter().map(|field| field.name).collect();
            assert_eq!(names.len(), fields.len(), "{table}");
        }
    }

    #[test]
    fn places_are_those_of_the_programming_manual() {
        let place = |name: &str| {
            let field = general::FIELDS.iter().find(|field| field.name == name);
            field.map(|field| (field.start(), field.end() - field.start()))
        };
        assert_eq!(place("vhca_id"), Some((0x04 * 8 + 16, 16)));
        assert_eq!(place("log_max_qp"), Some((0x10 * 8 + 27, 5)));
        assert_eq!(place("num_ports"), Some((0x34 * 8 + 24, 8)));
        assert_eq!(place("uctx_cap"), Some((0xd4 * 8, 32)));
    }

    #[test]
    fn groups_are_found_by_name_only() {
        assert_eq!(
            group_named("general_2").map(|group| group.cap_type),
            Some(0x20)
        );
        assert!(group_named("GENERAL").is_none());
        assert!(group_named("").is_none());
    }
}
