// SPDX-License-Identifier: GPL-2.0
//! Properties of the settings.
#![forbid(unsafe_code)]

use super::*;
use crate::fault::Failure;
use crate::identity::Identity;
use crate::machine::Shared;

fn with(check: impl FnOnce(&mut Machine)) {
    check(&mut Shared::new(Identity::new("test")).lock());
}

#[test]
fn every_listed_key_can_be_read_and_set_to_its_default() {
    with(|machine| {
        for line in list(machine) {
            let (setting, _) = line.split_once("  ").unwrap();
            let (key, value) = setting.split_once('=').unwrap();
            get(machine, key).unwrap();
            if key != "fail" {
                set(machine, &format!("{key}={value}")).unwrap();
            }
        }
    });
}

#[test]
fn nonsense_is_refused_with_one_sentence() {
    with(|machine| {
        for bad in [
            "",
            "stall",
            "=1",
            "no_such=1",
            "stall=2",
            "delay_us=fast",
            "delay_us=-1",
            "fail=1",
            "plant=0x402",
            "plant=0x402:abc",
            "plant=0x402:aa/0x999999:aa",
            "drop=0x999999:1",
            "fail=0x100:1:2:3",
            "fw=1.2",
            "psid=seventeen letters!",
            "node_desc=\n",
            "mutate=honesty",
            "cap.general.no_such=1",
            "cap.nothing.roce=1",
            "cap.general.roce=2",
            "reg.PMTU.max_mtu=0x10000",
            "reg.NOPE.x=1",
            "cap.general",
            "pages.boot=70000",
            "pages.regular=--3",
            "uar.next=0x1000000",
            "device_id=0x10000",
        ] {
            let error = set(machine, bad).expect_err(bad).to_string();
            assert!(!error.is_empty() && !error.contains('\n'), "{bad}: {error}");
        }
    });
}

#[test]
fn faults_are_set_by_number_and_by_name() {
    with(|machine| {
        for good in [
            "delay_us=5",
            "delay_us=NOP:70",
            "drop=0x805:2",
            "fail=QUERY_HCA_CAP:0x8:0x1234",
            "stall=1",
        ] {
            set(machine, good).unwrap();
        }
        let faults = &machine.device.faults;
        assert_eq!(
            (
                faults.delay_us,
                faults.delay_of[&0x80d],
                faults.drop_of[&0x805]
            ),
            (5, 70, 2)
        );
        assert_eq!(
            faults.fail[&0x100],
            Failure {
                status: 8,
                syndrome: 0x1234
            }
        );
        assert_eq!(get(machine, "fail").unwrap(), "0x100:0x8:0x1234");
        set(machine, "fail=0x100:0").unwrap();
        assert_eq!(get(machine, "fail").unwrap(), "");
    });
}

#[test]
fn capabilities_and_registers_are_set_by_name() {
    with(|machine| {
        set(machine, "cap.general.log_max_uctx=3").unwrap();
        set(machine, "reg.pmtu.max_mtu=9000").unwrap();
        set(machine, "vhca_id=77").unwrap();
        assert_eq!(get(machine, "cap.general.log_max_uctx").unwrap(), "3");
        assert_eq!(get(machine, "reg.PMTU.max_mtu").unwrap(), "9000");
        assert_eq!(get(machine, "cap.general.vhca_id").unwrap(), "77");
        machine.reset();
        assert_eq!(get(machine, "reg.PMTU.max_mtu").unwrap(), "9000");
    });
}

#[test]
fn identity_is_fixed_once_clients_may_come() {
    with(|machine| {
        set(machine, "device_id=0x101d").unwrap();
        let mut id = [0; 2];
        machine.config.read(2, &mut id);
        assert_eq!(u16::from_le_bytes(id), 0x101d);
        machine.run();
        assert_eq!(
            set(machine, "device_id=0x1021"),
            Err(KeyError::TooLate("device_id".into()))
        );
        set(machine, "stall=1").unwrap();
        set(machine, "fw=1.2.3").unwrap();
        assert_eq!(get(machine, "fw").unwrap(), "1.2.0003");
    });
}

#[test]
fn planted_state_is_listed_and_no_state_takes_it_away() {
    with(|machine| {
        set(machine, "plant=0x402:00ff/QUERY_MKEY:01/0x602:02").unwrap_err();
        assert_eq!(get(machine, "plant").unwrap(), "");
        set(machine, "plant=0x402:00ff/0x602:02").unwrap();
        assert_eq!(get(machine, "plant").unwrap(), "0x402:00ff/0x602:02");
        set(machine, "plant=0x402:").unwrap();
        assert_eq!(get(machine, "plant").unwrap(), "0x602:02");
    });
}
