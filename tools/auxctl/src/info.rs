// SPDX-License-Identifier: GPL-2.0

//! What a fwctl device is, and what this context may do.

#![forbid(unsafe_code)]

use crate::cli;
use crate::cxl;
use crate::device::Core;
use crate::error::Error;
use crate::out::Out;
use crate::places::Places;
use crate::Outcome;
use auxcore_formats::hex;
use auxcore_uapi::cxl::Entry;
use auxcore_uapi::fwctl::DeviceType;
use auxcore_uapi::{mlx5, Info};
use serde_json::{json, Value};

/// Room for the device data of any type; a later kernel's may be longer than this one's.
const ROOM: u16 = 256;

/// Names of the capabilities of an mlx5 context.
const UCTX_CAPS: [(u32, &str); 3] = [
    (1 << 0, "raw_tx"),
    (1 << 1, "internal_resources"),
    (mlx5::CAP_TOOLS_RESOURCES, "tools_resources"),
];

/// Shows what a device says about itself.
pub(crate) fn info(places: &Places, out: &mut Out, args: &cli::One) -> Result<Outcome, Error> {
    let core = Core::find(places, &args.device)?;
    let name = core.fwctl()?;
    let device = core.open(places)?;
    let info = device.info(ROOM)?;
    let features = match info.device_type {
        DeviceType::Cxl => Some(cxl::features(&device)?),
        _ => None,
    };
    let features = features.as_deref();
    if out.is_json() {
        out.json(&value(&name, &core.name, &info, features)?)?;
    } else {
        out.text(&text(&name, &core.name, &info, features)?)?;
    }
    Ok(Outcome::Done)
}

/// Returns the uid and capabilities of an mlx5 context, if the device is of that type.
fn context(info: &Info) -> Result<Option<mlx5::Info>, Error> {
    if info.device_type != DeviceType::Mlx5 {
        return Ok(None);
    }
    let short = Error::ShortInfo(info.data.len());
    mlx5::Info::parse(&info.data).map(Some).ok_or(short)
}

/// Returns the names of the capabilities that are set; a bit without a name is its number.
fn caps(bits: u32) -> Vec<String> {
    let set = (0..u32::BITS).filter(|bit| (bits >> bit) & 1 == 1);
    set.map(|bit| {
        let named = UCTX_CAPS.iter().find(|(cap, _)| *cap == 1 << bit);
        named.map_or_else(|| format!("bit_{bit}"), |(_, name)| (*name).to_owned())
    })
    .collect()
}

fn text(name: &str, core: &str, info: &Info, features: Option<&[Entry]>) -> Result<String, Error> {
    let kind = info.device_type;
    let mut text = format!("{name}: {core}, type {} ({})", kind.name(), kind.number());
    if let Some(context) = context(info)? {
        let (uid, bits) = (context.uid, context.uctx_caps);
        let caps = caps(bits).join(" ");
        text += &format!("\nuid {uid}\nuctx_caps {bits:#x} {caps}");
    }
    text = format!("{}\ndata {}\n", text.trim_end(), hex::run(&info.data));
    for entry in features.unwrap_or_default() {
        text += &format!("feature {}\n", cxl::line(entry));
    }
    Ok(text)
}

fn value(name: &str, core: &str, info: &Info, features: Option<&[Entry]>) -> Result<Value, Error> {
    let mut value = json!({
        "device": name,
        "core": core,
        "type": info.device_type.name(),
        "type_number": info.device_type.number(),
        "data": hex::run(&info.data),
    });
    if let (Some(map), Some(context)) = (value.as_object_mut(), context(info)?) {
        map.insert("uid".to_owned(), json!(context.uid));
        map.insert("uctx_caps".to_owned(), json!(context.uctx_caps));
        map.insert("caps".to_owned(), json!(caps(context.uctx_caps)));
    }
    if let (Some(map), Some(features)) = (value.as_object_mut(), features) {
        let features: Vec<_> = features.iter().map(cxl::value).collect();
        map.insert("features".to_owned(), json!(features));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(device_type: DeviceType, data: &[u8]) -> Info {
        Info {
            device_type,
            data: data.to_vec(),
        }
    }

    #[test]
    fn a_context_of_mlx5_is_decoded() {
        let mut data = 7_u32.to_ne_bytes().to_vec();
        data.extend(0x14_u32.to_ne_bytes());
        let info = of(DeviceType::Mlx5, &data);
        let text = text("fwctl0", "0000:01:00.0", &info, None).unwrap();
        assert!(text.starts_with("fwctl0: 0000:01:00.0, type mlx5 (1)\nuid 7\n"));
        assert!(text.contains("\nuctx_caps 0x14 tools_resources bit_4\n"));
        let value = value("fwctl0", "0000:01:00.0", &info, None).unwrap();
        assert_eq!(
            (&value["uid"], &value["caps"][1]),
            (&json!(7), &json!("bit_4"))
        );
    }

    #[test]
    fn other_types_show_their_data() {
        for kind in [DeviceType::Cxl, DeviceType::Unknown(99)] {
            let text = text("fwctl1", "x", &of(kind, &[1, 2]), None).unwrap();
            assert!(text.ends_with("\ndata 0102\n"));
            assert!(!text.contains("uid"));
        }
    }

    #[test]
    fn features_come_behind_the_data() {
        let info = of(DeviceType::Cxl, &[]);
        let features = [Entry::default(), Entry::default()];
        let text = text("fwctl1", "x", &info, Some(&features)).unwrap();
        assert_eq!(
            text.lines()
                .filter(|l| l.starts_with("feature 0000"))
                .count(),
            2
        );
        let value = value("fwctl1", "x", &info, Some(&features)).unwrap();
        assert_eq!(value["features"][1]["get_size"], 0);
    }

    #[test]
    fn data_that_is_too_short_is_told() {
        let short = text("fwctl0", "x", &of(DeviceType::Mlx5, &[0; 7]), None);
        assert!(matches!(short, Err(Error::ShortInfo(7))));
    }
}
