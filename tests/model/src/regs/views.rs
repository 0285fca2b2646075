// SPDX-License-Identifier: GPL-2.0
//! What register reads compute, and what register writes bring about.
#![forbid(unsafe_code)]

use super::{tools, RegError, Register};
use crate::field::{find, put, put16, put32};
use crate::identity::Identity;

/// Identifiers of firmware components in the order MCQS enumerates them; nothing is ever being
/// updated.
const COMPONENTS: &[u64] = &[0x4, 0x1, 0x5, 0x6];
const BOOT_IMG: u64 = 0x1;
const MCQI_DATA: usize = 24;

/// In the version of a component: that it has a build time, and the time, of packed decimal digits: seconds, minutes,
/// hours, nothing; year, month, day.
const BUILD_TIME_VALID: u32 = 1 << 29;
const BUILD_TIME: [u8; 8] = [0x00, 0x30, 0x12, 0, 0x20, 0x24, 0x11, 0x05];

/// Counter groups of PPCNT that exist; all count zero because the port carries no traffic.
const PPCNT_GROUPS: &[u64] = &[0x0, 0x1, 0x2, 0x3, 0x5, 0x6, 0x10, 0x11, 0x12, 0x16];

fn value(register: &Register, data: &[u8], name: &str) -> u64 {
    find(register.fields, name).map_or(0, |f| f.get(data))
}

fn set(register: &Register, data: &mut [u8], name: &str, value: u64) {
    if let Some(field) = find(register.fields, name) {
        field.set(data, value);
    }
}

/// Completes the answer of a read whose stored fields and selectors are already in `data`.
pub fn complete(register: &Register, data: &mut [u8], who: &Identity) -> Result<(), RegError> {
    if let Some(done) = tools::complete(register, data, who) {
        return done;
    }
    match register.name {
        "PTYS" => ptys(register, data),
        "PPCNT" => {
            let known = PPCNT_GROUPS.contains(&value(register, data, "grp"));
            known
                .then_some(())
                .ok_or(RegError::Selector(register.id, "grp"))
        }
        "PDDR" => {
            // Page 1, troubleshooting: no issue observed. Page 0 is operational info, all zero.
            let known = value(register, data, "page_select") <= 1;
            known
                .then_some(())
                .ok_or(RegError::Selector(register.id, "page_select"))
        }
        "MTMP" => {
            let known = value(register, data, "sensor_index") == 0;
            put(data, 0x18, b"asic\0\0\0\0");
            known
                .then_some(())
                .ok_or(RegError::Selector(register.id, "sensor_index"))
        }
        "PCAM" | "MCAM" | "QCAM" => {
            groups(register, data);
            Ok(())
        }
        "MGIR" => {
            mgir(register, data, who);
            Ok(())
        }
        "MCQS" => mcqs(register, data),
        "MCQI" => mcqi(register, data, who),
        _ => Ok(()),
    }
}

/// Makes the consequences of a write, or refuses it.
pub fn settle(register: &Register, data: &mut [u8]) -> Result<(), RegError> {
    let bad = |name| Err(RegError::Value(register.id, name));
    match register.name {
        "PMTU" => {
            let admin = value(register, data, "admin_mtu");
            if admin == 0 || admin > value(register, data, "max_mtu") {
                return bad("admin_mtu");
            }
            set(register, data, "oper_mtu", admin);
        }
        "PAOS" => {
            // 1 up, 2 down by configuration; the cable is always in.
            let admin = value(register, data, "admin_status");
            if admin != 1 && admin != 2 {
                return bad("admin_status");
            }
            set(register, data, "oper_status", admin);
        }
        "PTYS" => {
            let capability = value(register, data, "eth_proto_capability");
            let admin = value(register, data, "eth_proto_admin");
            if admin & capability == 0 || admin & !capability != 0 {
                return bad("eth_proto_admin");
            }
            let fastest = [20, 21, 22, 30, 27, 28, 29]
                .into_iter()
                .find(|bit| (admin >> bit) & 1 == 1);
            set(
                register,
                data,
                "eth_proto_oper",
                fastest.map_or(0, |bit: u32| 1 << bit),
            );
        }
        "MLCR" => {
            let duration = value(register, data, "beacon_duration");
            set(register, data, "beacon_remain", duration);
        }
        _ => {}
    }
    Ok(())
}

/// Only the Ethernet view of the port exists.
fn ptys(register: &Register, data: &mut [u8]) -> Result<(), RegError> {
    match value(register, data, "proto_mask") {
        0x4 => Ok(()),
        0x1 => {
            for name in [
                "eth_proto_capability",
                "eth_proto_admin",
                "eth_proto_oper",
                "data_rate_oper",
            ] {
                set(register, data, name, 0);
            }
            Ok(())
        }
        _ => Err(RegError::Selector(register.id, "proto_mask")),
    }
}

/// Group 0 is stored; of the others nothing is supported.
fn groups(register: &Register, data: &mut [u8]) {
    for (selector, at) in [("access_reg_group", 0x8), ("feature_group", 0x28)] {
        if value(register, data, selector) != 0 {
            put(data, at, &[0; 16]);
        }
    }
}

fn mgir(register: &Register, data: &mut [u8], who: &Identity) {
    put(data, 0x30, &who.psid_bytes());
    let (mac, fw) = (who.mac(), who.fw);
    for (name, value) in [
        ("device_id", who.device_id.into()),
        ("hw_dev_id", who.hw_id().into()),
        ("manufacturing_base_mac_47_32", mac >> 32),
        ("manufacturing_base_mac_31_0", mac & 0xffff_ffff),
        ("fw_major", fw.major.into()),
        ("fw_minor", fw.minor.into()),
        ("fw_sub_minor", u64::from(fw.sub) & 0xff),
        ("extended_major", fw.major.into()),
        ("extended_minor", fw.minor.into()),
        ("extended_sub_minor", fw.sub.into()),
    ] {
        set(register, data, name, value);
    }
}

fn component(register: &Register, data: &[u8]) -> Result<u64, RegError> {
    let index = usize::try_from(value(register, data, "component_index")).unwrap_or(usize::MAX);
    COMPONENTS
        .get(index)
        .copied()
        .ok_or(RegError::Selector(register.id, "component_index"))
}

fn mcqs(register: &Register, data: &mut [u8]) -> Result<(), RegError> {
    let identifier = component(register, data)?;
    let last = value(register, data, "component_index") + 1 == COMPONENTS.len() as u64;
    set(register, data, "identifier", identifier);
    set(register, data, "component_status", 1);
    set(register, data, "last_index_flag", last.into());
    Ok(())
}

/// Answers the information type the request selects, cut to the bytes it asks for.
fn mcqi(register: &Register, data: &mut [u8], who: &Identity) -> Result<(), RegError> {
    let identifier = component(register, data)?;
    let info = match value(register, data, "info_type") {
        0x0 => {
            let mut caps = vec![0; 20];
            put32(&mut caps, 0x0, 0x23);
            put32(
                &mut caps,
                0x4,
                if identifier == BOOT_IMG {
                    0x90_0000
                } else {
                    0x1000
                },
            );
            put32(&mut caps, 0x8, 0x100_0000);
            put32(&mut caps, 0xc, 2 << 28);
            put16(&mut caps, 0xe, 512);
            caps
        }
        0x1 if identifier == BOOT_IMG => {
            let mut version = vec![0; 124];
            let text = who.fw.to_string();
            let length = u32::try_from(text.len() + 1).unwrap_or(0);
            put32(&mut version, 0x0, BUILD_TIME_VALID | length);
            put32(&mut version, 0x4, who.fw.word());
            put(&mut version, 0x8, &BUILD_TIME);
            put(&mut version, 0x20, text.as_bytes());
            version
        }
        // Activation of the boot image: by a firmware reset.
        0x5 if identifier == BOOT_IMG => vec![0x10, 0, 0, 0],
        _ => return Err(RegError::Selector(register.id, "info_type")),
    };
    let offset = usize::try_from(value(register, data, "offset")).unwrap_or(usize::MAX);
    if offset != 0 && (offset >= info.len() || offset % 4 != 0) {
        return Err(RegError::Selector(register.id, "offset"));
    }
    let wanted = usize::try_from(value(register, data, "data_size")).unwrap_or(0);
    let part: Vec<u8> = info.iter().skip(offset).take(wanted).copied().collect();
    set(register, data, "info_size", info.len() as u64);
    put(data, MCQI_DATA, &part);
    Ok(())
}
