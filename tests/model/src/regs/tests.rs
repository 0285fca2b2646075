// SPDX-License-Identifier: GPL-2.0
//! Properties of the registers.
#![forbid(unsafe_code)]

use super::*;
use crate::field::{get32, put16, put32};
use crate::identity::Identity;

fn who() -> Identity {
    Identity::new("test")
}

fn read(regs: &Regs, id: u16, selector: &[u8]) -> Result<Vec<u8>, RegError> {
    regs.read(id, selector, &who())
}

fn named(register_name: &str) -> &'static Register {
    REGISTERS.iter().find(|r| r.name == register_name).unwrap()
}

fn with(register: &Register, fields: &[(&str, u64)]) -> Vec<u8> {
    let mut data = vec![0; register.size];
    for (name, value) in fields {
        assert!(
            find(register.fields, name).unwrap().set(&mut data, *value),
            "{name}"
        );
    }
    data
}

#[test]
fn the_table_is_consistent() {
    for register in REGISTERS {
        let same = REGISTERS
            .iter()
            .filter(|r| r.id == register.id || r.name == register.name);
        assert_eq!(same.count(), 1, "{}", register.name);
        for field in register.fields {
            assert!(
                field.end() <= register.size,
                "{} {}",
                register.name,
                field.name
            );
        }
        for name in register.selectors.iter().chain(register.writable) {
            assert!(
                find(register.fields, name).is_some(),
                "{} {name}",
                register.name
            );
        }
        let mut data = vec![0; register.size];
        for (name, value) in register.defaults {
            let field = find(register.fields, name).expect(name);
            assert!(field.set(&mut data, *value), "{} {name}", register.name);
        }
    }
}

#[test]
fn every_register_can_be_read_and_unknown_ones_cannot() {
    let regs = Regs::default();
    for register in REGISTERS {
        let selector = match register.name {
            "PTYS" => with(register, &[("proto_mask", 4)]),
            "MNVDA" => with(register, &[("type", 2)]),
            _ => vec![],
        };
        let selector = if register.name == "MCQI" {
            with(register, &[])
        } else {
            selector
        };
        let data = read(&regs, register.id, &selector).expect(register.name);
        assert_eq!(data.len(), register.size, "{}", register.name);
    }
    assert_eq!(read(&regs, 0x1234, &[]), Err(RegError::Unknown(0x1234)));
}

#[test]
fn every_capability_mask_bit_has_its_register() {
    let regs = Regs::default();
    for (mask, base) in [("MCAM", 0x9000_u16), ("PCAM", 0x5000), ("QCAM", 0x4000)] {
        let data = read(&regs, named(mask).id, &[]).unwrap();
        for bit in 0..128_u16 {
            let word = get32(&data, 8 + 12 - usize::from(bit / 32) * 4);
            if (word >> (bit % 32)) & 1 == 1 {
                assert!(register(base + bit).is_some(), "{mask} bit {bit}");
            }
        }
    }
}

#[test]
fn other_capability_groups_are_empty() {
    let regs = Regs::default();
    let data = read(
        &regs,
        0x907f,
        &with(named("MCAM"), &[("access_reg_group", 2)]),
    )
    .unwrap();
    assert_eq!(
        (get32(&data, 0) & 0xff, data[8..24].to_vec()),
        (2, vec![0; 16])
    );
    let data = read(&regs, 0x907f, &[]).unwrap();
    assert_ne!(data[8..24].to_vec(), vec![0; 16]);
}

#[test]
fn a_mtu_beyond_the_maximum_or_zero_is_refused_and_changes_nothing() {
    let mut regs = Regs::default();
    let pmtu = named("PMTU");
    for (mtu, taken) in [(9000, true), (10022, true), (10023, false), (0, false)] {
        let result = regs.write(
            pmtu.id,
            &with(pmtu, &[("local_port", 1), ("admin_mtu", mtu)]),
        );
        assert_eq!(result.is_ok(), taken, "{mtu}");
    }
    assert_eq!(
        (regs.field(pmtu, "admin_mtu"), regs.field(pmtu, "oper_mtu")),
        (10022, 10022)
    );
    assert_eq!(regs.field(pmtu, "max_mtu"), 10022);
    regs.reset();
    assert_eq!(regs.field(pmtu, "oper_mtu"), 1522);
}

#[test]
fn a_second_port_does_not_exist() {
    let mut regs = Regs::default();
    let paos = named("PAOS");
    let two = with(paos, &[("local_port", 2), ("admin_status", 1)]);
    assert_eq!(
        read(&regs, paos.id, &two),
        Err(RegError::Selector(paos.id, "local_port"))
    );
    assert_eq!(
        regs.write(paos.id, &two),
        Err(RegError::Selector(paos.id, "local_port"))
    );
}

#[test]
fn speeds_the_port_lacks_cannot_be_chosen_and_the_fastest_left_is_used() {
    let mut regs = Regs::default();
    let ptys = named("PTYS");
    let speed = |bits| {
        with(
            ptys,
            &[
                ("local_port", 1),
                ("proto_mask", 4),
                ("eth_proto_admin", bits),
            ],
        )
    };
    assert!(regs.write(ptys.id, &speed(1)).is_err());
    assert!(regs.write(ptys.id, &speed((1 << 20) | 1)).is_err());
    assert!(regs.write(ptys.id, &speed((1 << 28) | (1 << 27))).is_ok());
    assert_eq!(regs.field(ptys, "eth_proto_oper"), 1 << 27);
}

#[test]
fn read_only_and_short_writes_are_refused() {
    let mut regs = Regs::default();
    assert_eq!(
        regs.write(0x9020, &[0; 160]),
        Err(RegError::ReadOnly(0x9020))
    );
    assert_eq!(
        regs.write(0x5003, &[0; 15]),
        Err(RegError::TooShort(0x5003, 15))
    );
    assert_eq!(regs.write(0x1234, &[0; 64]), Err(RegError::Unknown(0x1234)));
}

#[test]
fn the_boot_image_is_found_by_enumeration_and_tells_the_version() {
    let regs = Regs::default();
    let (mcqs, mcqi) = (named("MCQS"), named("MCQI"));
    let mut boot = None;
    for index in 0..16 {
        let Ok(data) = read(&regs, mcqs.id, &with(mcqs, &[("component_index", index)])) else {
            break;
        };
        if find(mcqs.fields, "identifier").unwrap().get(&data) == 1 {
            boot = Some(index);
        }
        let last = find(mcqs.fields, "last_index_flag").unwrap().get(&data) == 1;
        assert_eq!(last, index == 3);
    }
    let ask = with(
        mcqi,
        &[
            ("component_index", boot.unwrap()),
            ("info_type", 1),
            ("data_size", 124),
        ],
    );
    let data = read(&regs, mcqi.id, &ask).unwrap();
    assert_eq!(get32(&data, 24 + 4), who().fw.word());
    assert_eq!(&data[24 + 0x20..24 + 0x2a], b"28.43.1002");
}

#[test]
fn component_information_is_cut_to_what_was_asked_for() {
    let regs = Regs::default();
    let mcqi = named("MCQI");
    let mut ask = with(
        mcqi,
        &[("component_index", 1), ("info_type", 1), ("data_size", 8)],
    );
    let data = read(&regs, mcqi.id, &ask).unwrap();
    assert_ne!(get32(&data, 24 + 4), 0);
    assert_eq!(get32(&data, 24 + 0x20), 0);
    put32(&mut ask, 0x10, 124);
    assert_eq!(
        read(&regs, mcqi.id, &ask),
        Err(RegError::Selector(mcqi.id, "offset"))
    );
    put32(&mut ask, 0x10, 4);
    put16(&mut ask, 2, 9);
    assert_eq!(
        read(&regs, mcqi.id, &ask),
        Err(RegError::Selector(mcqi.id, "component_index"))
    );
}
