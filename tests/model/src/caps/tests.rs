// SPDX-License-Identifier: GPL-2.0
//! Properties of the capability store.
#![forbid(unsafe_code)]

use super::*;

fn general() -> &'static Group {
    &GROUPS[0]
}

fn changed(caps: &Caps, name: &str, value: u64) -> Vec<u8> {
    let mut wanted = caps.block(general(), View::Current).to_vec();
    assert!(find(general::FIELDS, name).unwrap().set(&mut wanted, value));
    wanted
}

#[test]
fn every_default_and_settable_name_is_a_field() {
    for group in GROUPS {
        for value in group.defaults {
            let field = find(group.fields, value.field).expect(value.field);
            assert!(
                value.max <= field.max() && value.current <= field.max(),
                "{}",
                value.field
            );
        }
        for name in group.settable.iter().chain(group.smaller_is_more) {
            assert!(find(group.fields, name).is_some(), "{name}");
        }
        assert!(
            group.gate.is_empty() || find(general::FIELDS, group.gate).is_some(),
            "{}",
            group.gate
        );
    }
}

#[test]
fn no_two_fields_of_a_group_overlap() {
    for group in GROUPS {
        let mut seen = vec![0u8; BLOCK];
        for field in group.fields {
            assert_eq!(field.get(&seen), 0, "{} {}", group.name, field.name);
            field.cover(&mut seen);
        }
    }
}

#[test]
fn a_chosen_value_is_current_and_not_maximum_until_reset() {
    let mut caps = Caps::default();
    let wanted = changed(&caps, "log_max_qp", 18);
    assert_eq!(caps.choose(general(), &wanted), Ok(()));
    assert_eq!(caps.general("log_max_qp"), 18);
    let low = changed(&caps, "log_max_qp", 3);
    assert_eq!(caps.choose(general(), &low), Ok(()));
    let max = find(general::FIELDS, "log_max_qp")
        .unwrap()
        .get(caps.block(general(), View::Max));
    assert_eq!((caps.general("log_max_qp"), max), (3, 18));
    caps.reset();
    assert_eq!(caps.general("log_max_qp"), 17);
}

#[test]
fn a_read_only_field_or_an_unnamed_bit_cannot_be_chosen() {
    let mut caps = Caps::default();
    let wanted = changed(&caps, "num_ports", 2);
    assert_eq!(
        caps.choose(general(), &wanted),
        Err(CapError::ReadOnly(0x37, "general"))
    );
    let mut reserved = caps.block(general(), View::Current).to_vec();
    reserved[BLOCK - 1] = 1;
    assert_eq!(
        caps.choose(general(), &reserved),
        Err(CapError::ReadOnly(BLOCK - 1, "general"))
    );
    assert_eq!(caps.general("num_ports"), 1);
}

#[test]
fn a_value_beyond_the_maximum_cannot_be_chosen() {
    let mut caps = Caps::default();
    let wanted = changed(&caps, "log_max_qp", 19);
    assert_eq!(
        caps.choose(general(), &wanted),
        Err(CapError::TooLarge("log_max_qp", 19, 18))
    );
    let wanted = changed(&caps, "pkey_table_size", 0);
    assert_eq!(caps.choose(general(), &wanted), Ok(()));
}

#[test]
fn a_gated_group_appears_with_its_gate() {
    let mut caps = Caps::default();
    assert!(caps.group(0x20).is_some() && caps.group(0x4).is_none() && caps.group(0x7f).is_none());
    caps.configure(general(), find(general::FIELDS, "roce").unwrap(), 1)
        .unwrap();
    assert_eq!(caps.group(0x4).map(|g| g.name), Some("roce"));
}

#[test]
fn a_configured_value_survives_reset() {
    let mut caps = Caps::default();
    let field = find(general::FIELDS, "log_max_uctx").unwrap();
    caps.configure(general(), field, 3).unwrap();
    caps.reset();
    assert_eq!(caps.general("log_max_uctx"), 3);
    assert_eq!(
        caps.configure(general(), field, 32),
        Err(CapError::DoesNotFit(32, "log_max_uctx"))
    );
}
