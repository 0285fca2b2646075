// SPDX-License-Identifier: GPL-2.0

//! What stands in the values of two features: device patrol scrub control and DDR5 ECS control.
//!
//! Source: CXL 3.1, 8.2.9.9.11, and the structures in `drivers/cxl/core/edac.c` of Linux 7.3. Numbers of ECS
//! mean what they mean in the kernel's `Documentation/ABI/testing/sysfs-edac-ecs`.

#![forbid(unsafe_code)]

use super::feature_name;
use auxcore_uapi::cxl::Uuid;

/// A number. Bit 0 is the lowest bit of the first byte.
#[derive(Clone, Copy)]
struct Field {
    name: &'static str,
    bit: usize,
    size: usize,
    /// What each code stands for; empty if the number stands for itself.
    codes: &'static [u64],
}

const fn number(name: &'static str, bit: usize, size: usize) -> Field {
    Field {
        name,
        bit,
        size,
        codes: &[],
    }
}

/// The value of device patrol scrub control.
const SCRUB: &[Field] = &[
    number("cycle_changeable", 0, 1),
    number("realtime_report", 1, 1),
    number("cycle_hours", 8, 8),
    number("min_cycle_hours", 16, 8),
    number("enabled", 24, 1),
];

/// The begin of the value of DDR5 ECS control.
const ECS: &[Field] = &[number("log_entry_type", 0, 2)];
const ECS_LEN: usize = 1;

/// What follows for each memory media FRU.
const FRU: &[Field] = &[
    number("realtime_report", 0, 1),
    Field {
        codes: &[0, 0, 0, 256, 1024, 4096, 0, 0],
        ..number("threshold", 8, 3)
    },
    number("count_mode", 11, 1),
    number("reset_counter", 12, 1),
];
const FRU_LEN: usize = 4;

/// Returns the fields of a feature's value, as many as it has bytes for. `None` for other features.
pub fn decode(feature: Uuid, value: &[u8]) -> Option<Vec<(String, u64)>> {
    match feature_name(feature)? {
        "patrol_scrub" => Some(read("", SCRUB, value).collect()),
        "ecs" => {
            let (begin, frus) = value.split_at(value.len().min(ECS_LEN));
            let mut all: Vec<_> = read("", ECS, begin).collect();
            for (index, fru) in frus.chunks(FRU_LEN).enumerate() {
                all.extend(read(&format!("fru{index}."), FRU, fru));
            }
            Some(all)
        }
        _ => None,
    }
}

/// Reads the fields that a block holds; their names begin with `above`.
fn read<'a>(
    above: &'a str,
    fields: &'a [Field],
    block: &'a [u8],
) -> impl Iterator<Item = (String, u64)> + 'a {
    fields.iter().filter_map(move |field| {
        let mut bits = (field.bit..field.bit + field.size).rev();
        let code = bits.try_fold(0, |code, bit| {
            Some((code << 1) | u64::from((block.get(bit / 8)? >> (bit % 8)) & 1))
        })?;
        let means = usize::try_from(code).ok().and_then(|n| field.codes.get(n));
        let means = means.copied().unwrap_or(code);
        Some((format!("{above}{}", field.name), means))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{feature, features};
    use super::*;

    fn decoded(name: &str, value: &[u8]) -> Vec<(String, u64)> {
        decode(feature(name).unwrap(), value).unwrap()
    }

    fn fields(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
        let owned = |(name, value): &(&str, u64)| ((*name).to_owned(), *value);
        expected.iter().map(owned).collect()
    }

    #[test]
    fn patrol_scrub_tells_its_cycle_in_hours() {
        let expected = fields(&[
            ("cycle_changeable", 1),
            ("realtime_report", 0),
            ("cycle_hours", 0xa8),
            ("min_cycle_hours", 2),
            ("enabled", 1),
        ]);
        assert_eq!(decoded("patrol_scrub", &[0xfd, 0xa8, 2, 0xff]), expected);
    }

    #[test]
    fn ecs_tells_of_each_fru() {
        let value = [0xfd, 1, 3, 0, 0, 0xfe, 0xfd, 0xff, 0xff];
        let expected = fields(&[
            ("log_entry_type", 1),
            ("fru0.realtime_report", 1),
            ("fru0.threshold", 256),
            ("fru0.count_mode", 0),
            ("fru0.reset_counter", 0),
            ("fru1.realtime_report", 0),
            ("fru1.threshold", 4096),
            ("fru1.count_mode", 1),
            ("fru1.reset_counter", 1),
        ]);
        assert_eq!(decoded("ecs", &value), expected);
        for (code, count) in [(0, 0), (4, 1024), (7, 0)] {
            let all = decoded("ecs", &[0, 0, code, 0, 0]);
            assert_eq!(all[2], ("fru0.threshold".to_owned(), count));
        }
    }

    #[test]
    fn a_value_that_is_cut_has_the_fields_that_came() {
        assert_eq!(decoded("patrol_scrub", &[3, 12]).len(), 3);
        assert_eq!(decoded("ecs", &[1, 1, 3, 0, 0, 1]).len(), 6);
        assert!(decoded("patrol_scrub", &[]).is_empty());
        assert!(decoded("ecs", &[]).is_empty());
    }

    #[test]
    fn no_other_feature_is_decoded() {
        let known = features().filter(|(uuid, _)| decode(*uuid, &[0; 4]).is_some());
        let known: Vec<_> = known.map(|(_, name)| name).collect();
        assert_eq!(known, ["patrol_scrub", "ecs"]);
        assert_eq!(decode(Uuid::default(), &[0; 4]), None);
    }
}
