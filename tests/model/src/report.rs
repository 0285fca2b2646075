// SPDX-License-Identifier: GPL-2.0
//! The report of a run.
#![forbid(unsafe_code)]

use serde_json::{json, Value};

use crate::machine::Machine;

/// Returns the report as it stands.
pub fn report(machine: &Machine) -> Value {
    let device = &machine.device;
    json!({
        "commands": device.journal.json(),
        "total_commands": device.journal.count(),
        "violations": device.violations.json(),
        "total_violations": device.violations.total(),
        "mutations": device.mutations.names(),
        "fw": device.firmware.identity.fw.to_string(),
        "hca": format!("{:?}", device.firmware.hca),
        "pages_held": device.firmware.pages.held(),
        "uptime_us": machine.now(),
    })
}
