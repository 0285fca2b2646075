// SPDX-License-Identifier: GPL-2.0

//! Devices with their core drivers, children, consumers, and the devices that users see.

#![forbid(unsafe_code)]

use crate::cli;
use crate::device::Core;
use crate::error::Error;
use crate::out::Out;
use crate::places::{attribute, directories, file_name, link_name, Places};
use crate::policy;
use crate::Outcome;
use serde::Serialize;
use std::fmt::Write;
use std::path::Path;

/// Buses whose devices are somebody's children here; a bridge's PCI devices are not.
const BUSES: [&str; 2] = ["auxiliary", "cxl"];
/// Classes that users know the devices of.
const CLASSES: [&str; 3] = ["fwctl", "infiniband", "net"];
/// How deep children are looked for.
const DEPTH: usize = 8;

/// A device and what hangs below it.
#[derive(Debug, Serialize)]
struct Node {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    driver: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sfnum: Option<String>,
    children: Vec<Node>,
    devices: Vec<User>,
}

/// A device that users see.
#[derive(Debug, Serialize)]
struct User {
    class: String,
    name: String,
}

/// Shows one device, or every one that has something to show.
pub(crate) fn tree(places: &Places, out: &mut Out, args: &cli::Tree) -> Result<Outcome, Error> {
    let nodes: Vec<_> = match &args.device {
        Some(name) => vec![core(places, &Core::find(places, name)?)],
        None => Core::all(places)
            .iter()
            .map(|device| core(places, device))
            .filter(Node::is_shown)
            .collect(),
    };
    if out.is_json() {
        out.json(&nodes)?;
    } else {
        let mut text = String::new();
        nodes.iter().for_each(|node| node.write(&mut text, 0));
        out.text(&text)?;
    }
    Ok(Outcome::Done)
}

/// Reads a device with a core driver.
fn core(places: &Places, device: &Core) -> Node {
    let mut node = node(&device.dir, DEPTH);
    let id = |name| attribute(&device.dir, name).map(|id| id.trim_start_matches("0x").to_owned());
    node.id = id("vendor")
        .zip(id("device"))
        .map(|(vendor, device)| format!("{vendor}:{device}"));
    node.policy = policy::of(device);
    node.state = places.file(&device.name, "health").ok().and_then(|text| {
        let mut lines = text.lines();
        lines.find_map(|line| Some(line.strip_prefix("state ")?.to_owned()))
    });
    node
}

fn node(dir: &Path, depth: usize) -> Node {
    let (mut children, mut devices) = (Vec::new(), Vec::new());
    for below in directories(dir) {
        match link_name(&below, "subsystem") {
            Some(bus) if BUSES.contains(&bus.as_str()) && depth > 0 => {
                children.push(self::node(&below, depth - 1));
            }
            Some(_) => {}
            None => devices.extend(users(&below)),
        }
    }
    Node {
        name: file_name(dir).unwrap_or_default(),
        id: None,
        driver: link_name(dir, "driver"),
        state: None,
        policy: None,
        sfnum: attribute(dir, "sfnum"),
        children,
        devices,
    }
}

/// Returns the devices in a directory that is named as a class.
fn users(dir: &Path) -> Vec<User> {
    let Some(class) = file_name(dir).filter(|name| CLASSES.contains(&name.as_str())) else {
        return Vec::new();
    };
    let names = directories(dir);
    let names = names.iter().filter_map(|dir| file_name(dir));
    names
        .map(|name| User {
            class: class.clone(),
            name,
        })
        .collect()
}

impl Node {
    /// Tells whether the device is worth a place when none was named.
    fn is_shown(&self) -> bool {
        let ours = self.driver.as_ref();
        !self.children.is_empty()
            || self.devices.iter().any(|device| device.class == "fwctl")
            || ours.is_some_and(|driver| driver.starts_with("auxcore_"))
    }

    fn write(&self, text: &mut String, depth: usize) {
        let indent = "  ".repeat(depth);
        let driver = self.driver.as_deref().unwrap_or("(no driver)");
        // Writing to a String cannot fail, here and below.
        let _ = write!(text, "{indent}{}", self.name);
        for (word, value) in [
            ("", &self.id),
            ("", &Some(driver.to_owned())),
            ("state ", &self.state),
            ("policy ", &self.policy),
            ("sfnum ", &self.sfnum),
        ] {
            if let Some(value) = value {
                let _ = write!(text, "  {word}{value}");
            }
        }
        text.push('\n');
        for child in &self.children {
            child.write(text, depth + 1);
        }
        for device in &self.devices {
            let _ = writeln!(text, "{indent}  {} {}", device.class, device.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fake;

    fn text(fake: &Fake) -> String {
        let places = fake.places();
        let mut text = String::new();
        for device in Core::all(&places) {
            let node = core(&places, &device);
            if node.is_shown() {
                node.write(&mut text, 0);
            }
        }
        text
    }

    #[test]
    fn children_hang_below_their_device_and_users_devices_too() {
        let expected = "\
0000:01:00.0  15b3:1021  auxcore_mlx5  state up  policy always
  auxcore.fwctl.0  auxcore_fwctl
  fwctl fwctl0
0000:02:00.0  mlx5_core
  mlx5_core.eth.0  mlx5_core.eth
  mlx5_core.rdma.0  (no driver)
  mlx5_core.sf.4  mlx5_core
    mlx5_core.eth.1  (no driver)
  infiniband mlx5_0
  net eth0
";
        assert_eq!(text(&Fake::two_functions()), expected);
    }

    #[test]
    fn a_system_without_devices_shows_nothing() {
        assert_eq!(text(&Fake::new()), "");
    }

    #[test]
    fn strange_directories_are_passed_over() {
        let fake = Fake::two_functions();
        fake.file("sys/devices/pci0/0000:01:00.0/net", b"not a directory");
        fake.dir("sys/devices/pci0/0000:01:00.0/power");
        fake.link(
            "sys/devices/pci0/0000:01:00.0/round",
            "sys/devices/pci0/0000:01:00.0",
        );
        let mut deep = "sys/devices/pci0/0000:01:00.0".to_owned();
        for number in 0..40 {
            deep = fake.device(&deep, "auxiliary", &format!("deep.{number}"), "");
        }
        let text = text(&fake);
        assert!(text.contains("deep.7") && !text.contains("deep.8"));
        assert!(!text.contains("power") && !text.contains("round"));
    }

    #[test]
    fn json_has_the_same() {
        let fake = Fake::two_functions();
        let device = Core::find(&fake.places(), "eth0").unwrap();
        let json = serde_json::to_value(core(&fake.places(), &device)).unwrap();
        assert_eq!(json["driver"], "mlx5_core");
        assert_eq!(
            json["children"][2]["children"][0]["name"],
            "mlx5_core.eth.1"
        );
        assert_eq!(json["devices"][1]["class"], "net");
        assert_eq!(json["children"][1]["driver"], serde_json::Value::Null);
        assert!(json.get("policy").is_none());
    }
}
