// SPDX-License-Identifier: GPL-2.0

//! When a device offers firmware commands to users.

#![forbid(unsafe_code)]

use crate::cli;
use crate::device::Core;
use crate::error::Error;
use crate::out::Out;
use crate::places::{attribute, Places};
use crate::Outcome;
use serde_json::json;
use std::fs::File;
use std::io::{self, Write};

const GROUP: &str = "auxcore";
const ATTRIBUTE: &str = "fwctl_policy";

/// Returns the policy of a device, if its driver has one.
pub(crate) fn of(device: &Core) -> Option<String> {
    attribute(&device.dir.join(GROUP), ATTRIBUTE)
}

/// Shows the policy of one device or of every one, or sets one.
pub(crate) fn policy(places: &Places, out: &mut Out, args: &cli::Policy) -> Result<Outcome, Error> {
    let devices = match &args.device {
        Some(name) => vec![Core::find(places, name)?],
        None => Core::all(places),
    };
    if let ([device], Some(value)) = (devices.as_slice(), &args.value) {
        set(device, value)?;
        return Ok(Outcome::Done);
    }
    let mut policies = Vec::new();
    for device in &devices {
        match of(device) {
            Some(policy) => policies.push((&device.name, policy)),
            None if args.device.is_some() => return Err(none(device)),
            None => {}
        }
    }
    if out.is_json() {
        let policies = policies.iter();
        let policies =
            policies.map(|(device, policy)| json!({ "device": device, "policy": policy }));
        out.json(&policies.collect::<Vec<_>>())?;
    } else {
        for (device, policy) in policies {
            out.text(&format!("{device} {policy}\n"))?;
        }
    }
    Ok(Outcome::Done)
}

/// Sets a policy; it is in force when this returns.
fn set(device: &Core, value: &str) -> Result<(), Error> {
    let path = device.dir.join(GROUP).join(ATTRIBUTE);
    // One call, since each call is a value of its own to the driver.
    let written = File::options()
        .write(true)
        .open(&path)
        .and_then(|mut file| file.write_all(value.as_bytes()));
    written.map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => none(device),
        io::ErrorKind::InvalidInput => Error::Policy {
            device: device.name.clone(),
            value: value.to_owned(),
        },
        _ => Error::Write { path, source },
    })
}

fn none(device: &Core) -> Error {
    Error::NotOffered {
        device: device.name.clone(),
        what: "policy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fake;

    #[test]
    fn a_policy_is_read_and_written() {
        let fake = Fake::two_functions();
        let ours = Core::find(&fake.places(), "0000:01:00.0").unwrap();
        assert_eq!(of(&ours).as_deref(), Some("always"));
        fake.file("sys/devices/pci0/0000:01:00.0/auxcore/fwctl_policy", b"");
        set(&ours, "rdma").unwrap();
        assert_eq!(of(&ours).as_deref(), Some("rdma"));
    }

    #[test]
    fn a_device_of_another_driver_has_none() {
        let fake = Fake::two_functions();
        let other = Core::find(&fake.places(), "eth0").unwrap();
        assert_eq!(of(&other), None);
        let refused = set(&other, "rdma").unwrap_err();
        assert_eq!(refused.status(), 4);
        assert!(refused
            .to_string()
            .starts_with("0000:02:00.0 has no policy:"));
    }
}
