// SPDX-License-Identifier: GPL-2.0

//! What became of the commands of a device's firmware channel.

#![forbid(unsafe_code)]

use crate::cli;
use crate::device::{self, Core};
use crate::error::Error;
use crate::lines::{self, Line};
use crate::out::Out;
use crate::places::{link_name, Places};
use crate::Outcome;
use auxcore_formats::given::number;
use auxcore_formats::mlx5::commands::name_of;
use serde_json::json;
use std::fmt::Write;

const FILE: &str = "commands";

/// The columns of the table, beside the command and the times.
const COLUMNS: [&str; 7] = [
    "posted",
    "ok",
    "refused",
    "undelivered",
    "timed_out",
    "cancelled",
    "late",
];

/// Prints the counters of one device, or of every one.
pub(crate) fn stats(places: &Places, out: &mut Out, args: &cli::Several) -> Result<Outcome, Error> {
    let mut all = Vec::new();
    for (name, text) in device::files(places, args.device.as_deref(), FILE)? {
        let is_mlx5 = Core::find(places, &name)
            .ok()
            .and_then(|core| link_name(&core.dir, "driver"))
            .is_some_and(|driver| driver.ends_with("mlx5"));
        all.push((name, lines::parse(&text), is_mlx5));
    }
    if out.is_json() {
        let all = all.iter().map(|(name, lines, _)| {
            json!({ "device": name, "commands": lines.iter().map(Line::json).collect::<Vec<_>>() })
        });
        out.json(&all.collect::<Vec<_>>())?;
    } else {
        let all = all.iter();
        let text: Vec<_> = all
            .map(|(name, lines, is_mlx5)| table(name, lines, *is_mlx5))
            .collect();
        out.text(&text.join("\n"))?;
    }
    Ok(Outcome::Done)
}

fn table(device: &str, lines: &[Line], is_mlx5: bool) -> String {
    let mut text = format!("{device}:\n  {:<32}", "command");
    // Writing to a String cannot fail, here and below.
    for column in COLUMNS {
        let _ = write!(text, " {column:>11}");
    }
    text += "  us\n";
    for line in lines {
        let opcode = line.get("opcode").unwrap_or("?");
        let known = number(opcode).and_then(|opcode| u16::try_from(opcode).ok());
        let known = known.filter(|_| is_mlx5).and_then(name_of);
        let command = known.map_or_else(|| opcode.to_owned(), |name| format!("{opcode} {name}"));
        let _ = write!(text, "  {command:<32}");
        for column in COLUMNS {
            let _ = write!(text, " {:>11}", line.get(column).unwrap_or("-"));
        }
        let _ = writeln!(text, "  {}", line.get("us").unwrap_or("-"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_stand_in_columns_and_commands_have_names() {
        let lines = lines::parse(
            "opcode=0x100 posted=3 ok=2 refused=1 us=64:2,128:1\nopcode=others posted=1\n",
        );
        let shown = table("0000:01:00.0", &lines, true);
        assert!(shown.starts_with("0000:01:00.0:\n  command "));
        let row: Vec<_> = shown.lines().nth(2).unwrap().split_whitespace().collect();
        assert_eq!(
            row,
            [
                "0x100",
                "QUERY_HCA_CAP",
                "3",
                "2",
                "1",
                "-",
                "-",
                "-",
                "-",
                "64:2,128:1"
            ]
        );
        assert!(shown.lines().nth(3).unwrap().starts_with("  others "));
        assert!(!table("x", &lines, false).contains("QUERY_HCA_CAP"));
    }

    #[test]
    fn a_file_without_lines_is_a_table_without_rows() {
        assert_eq!(table("x", &lines::parse(""), true).lines().count(), 2);
    }
}
