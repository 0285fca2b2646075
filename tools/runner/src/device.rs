// SPDX-License-Identifier: GPL-2.0
//! `--device`: the ConnectX model, or a stock device of QEMU from a list.
#![forbid(unsafe_code)]

use std::str::FromStr;

/// Stock PCI devices of QEMU that a guest may be given. A list, since an arbitrary `-device` could break the run itself.
const STOCK: &[&str] = &["edu", "pci-testdev", "igb", "rocker", "rtl8139", CXL];

/// A CXL memory device. It needs a machine with CXL, a host bridge of its own, and memory to offer.
const CXL: &str = "cxl-type3";

/// One `--device`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Device {
    /// Our model of a ConnectX function, with the keys handed on to it; the model judges them.
    ConnectX(Vec<String>),
    /// A device of QEMU, with its properties.
    Stock {
        /// QEMU's name of it.
        driver: String,
        /// Property and value.
        properties: Vec<(String, String)>,
    },
}

impl Device {
    /// Whether it stands below a CXL host bridge.
    #[must_use]
    pub fn is_cxl(&self) -> bool {
        matches!(self, Self::Stock { driver, .. } if driver == CXL)
    }
}

impl FromStr for Device {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',');
        let name = parts.next().unwrap_or_default();
        let mut pairs = Vec::new();
        for part in parts {
            match part.split_once('=') {
                Some((key, value)) if !key.is_empty() && !key.starts_with('-') => {
                    pairs.push((key, value));
                }
                _ => return Err(format!("'{part}' is not KEY=VALUE")),
            }
        }
        if name == "connectx" {
            return Ok(Self::ConnectX(
                pairs
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect(),
            ));
        }
        if !STOCK.contains(&name) {
            return Err(format!(
                "there is no device '{name}': it is connectx, {}",
                STOCK.join(", ")
            ));
        }
        if let Some((key, _)) = pairs
            .iter()
            .find(|(key, _)| ["id", "bus", "driver", "volatile-memdev"].contains(key))
        {
            return Err(format!("'{key}' is set by the runner itself"));
        }
        let properties = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        Ok(Self::Stock {
            driver: name.to_owned(),
            properties,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_model_are_handed_on_unchanged() {
        let device: Result<Device, _> =
            "connectx,fw=28.1.2,fail=0x100:5:0x1234,node_desc=a=b".parse();
        let keys = ["fw=28.1.2", "fail=0x100:5:0x1234", "node_desc=a=b"]
            .map(String::from)
            .to_vec();
        assert_eq!(device, Ok(Device::ConnectX(keys)));
    }

    #[test]
    fn a_key_cannot_pose_as_an_option_of_the_model() {
        assert!("connectx,--socket=/tmp/x".parse::<Device>().is_err());
        assert!("connectx,=1".parse::<Device>().is_err());
        assert!("connectx,stall".parse::<Device>().is_err());
    }

    #[test]
    fn unknown_devices_are_refused_by_name() {
        for bad in [
            "",
            "connectX",
            "vfio-pci,host=0:0",
            "virtio-net-pci",
            "e1000",
        ] {
            assert!(bad.parse::<Device>().is_err(), "{bad}");
        }
    }

    #[test]
    fn stock_devices_keep_their_properties_but_not_the_runners() {
        let device: Result<Device, _> = "edu,dma_mask=0xffff".parse();
        let properties = vec![("dma_mask".to_owned(), "0xffff".to_owned())];
        assert_eq!(
            device,
            Ok(Device::Stock {
                driver: "edu".into(),
                properties
            })
        );
        assert!("edu,bus=pcie.0".parse::<Device>().is_err());
    }
}
