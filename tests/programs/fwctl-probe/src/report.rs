// SPDX-License-Identifier: GPL-2.0

//! What the program found, as text or JSON.

#![forbid(unsafe_code)]

use crate::cli::Cli;
use crate::error::Error;
use crate::mlx5::field::Value;
use crate::mlx5::wire::{status_name, Reply};
use serde_json::{json, Map};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::Duration;

/// One block of named values.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    name: String,
    values: Vec<(String, Value)>,
    refused: Option<(u8, u32)>,
    time: Option<Duration>,
}

impl Section {
    /// Makes a section of values that came from the driver.
    pub(crate) fn new(name: &str, values: Vec<(String, Value)>) -> Self {
        Self {
            name: name.to_owned(),
            values,
            refused: None,
            time: None,
        }
    }

    /// Makes a section of a reply; `values` are read from it if firmware accepted the request.
    pub(crate) fn of_reply(
        name: &str,
        (reply, time): &(Reply, Duration),
        values: impl FnOnce(&Reply) -> Vec<(String, Value)>,
    ) -> Self {
        let accepted = reply.status() == 0;
        Self {
            name: name.to_owned(),
            values: if accepted { values(reply) } else { Vec::new() },
            refused: (!accepted).then(|| (reply.status(), reply.syndrome())),
            time: Some(*time),
        }
    }

    /// Tells whether firmware refused the request.
    pub(crate) fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    fn text(&self, times: bool) -> String {
        let mut text = format!("{}:", self.name);
        if let Some((status, syndrome)) = self.refused {
            let name = status_name(status);
            // Writing to a String cannot fail, here and below.
            let _ = write!(
                text,
                " refused by firmware: status {status:#04x} ({name}), syndrome {syndrome:#010x}"
            );
        }
        if let Some(time) = self.time.filter(|_| times) {
            let _ = write!(text, " ({} us)", time.as_micros());
        }
        text.push('\n');
        for (name, value) in &self.values {
            let _ = writeln!(text, "  {name:<44} {}", value_text(value));
        }
        text
    }

    fn json(&self, times: bool) -> serde_json::Value {
        let values: Map<_, _> = self
            .values
            .iter()
            .map(|(name, value)| (name.clone(), value_json(value)))
            .collect();
        let mut section = json!({ "name": self.name, "values": values });
        if let (Some(map), Some((status, syndrome))) = (section.as_object_mut(), self.refused) {
            map.insert("status".to_owned(), json!(status));
            map.insert("syndrome".to_owned(), json!(syndrome));
        }
        if let (Some(map), Some(time)) = (section.as_object_mut(), self.time.filter(|_| times)) {
            let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
            map.insert("time_us".to_owned(), json!(micros));
        }
        section
    }
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Number(number @ 0..=9) => number.to_string(),
        Value::Number(number) => format!("{number} ({number:#x})"),
        Value::Text(text) => format!("\"{text}\""),
    }
}

fn value_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Number(number) => json!(number),
        Value::Text(text) => json!(text),
    }
}

/// Prints sections in the form the command line asks for.
pub(crate) fn print(cli: &Cli, sections: &[Section]) -> Result<(), Error> {
    if cli.json {
        let sections: Vec<_> = sections.iter().map(|s| s.json(cli.times)).collect();
        println!("{}", serde_json::to_string_pretty(&sections)?);
    } else {
        let text: Vec<_> = sections.iter().map(|s| s.text(cli.times)).collect();
        print!("{}", text.join("\n"));
    }
    Ok(())
}

/// Prints a line at once, for a program that waits for it.
pub(crate) fn say(line: &str) -> Result<(), Error> {
    let mut stdout = io::stdout();
    writeln!(stdout, "{line}")?;
    stdout.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u8) -> (Reply, Duration) {
        let mut bytes = vec![0; 16];
        bytes[0] = status;
        bytes[7] = 5;
        (Reply::new(bytes).unwrap(), Duration::from_micros(1500))
    }

    fn values(_: &Reply) -> Vec<(String, Value)> {
        vec![
            ("small".to_owned(), Value::Number(9)),
            ("large".to_owned(), Value::Number(10)),
            ("word".to_owned(), Value::Text("a".to_owned())),
        ]
    }

    #[test]
    fn an_accepted_reply_shows_its_values_and_no_time_unless_asked() {
        let section = Section::of_reply("x", &reply(0), values);
        let text = section.text(false);
        assert!(text.starts_with("x:\n  small "));
        assert!(text.contains(" 9\n") && text.contains(" 10 (0xa)\n") && text.contains(" \"a\"\n"));
        assert!(section.text(true).starts_with("x: (1500 us)\n"));
        assert_eq!(section.json(false)["time_us"], serde_json::Value::Null);
        assert_eq!(section.json(true)["time_us"], 1500);
        assert_eq!(section.json(false)["values"]["large"], 10);
    }

    #[test]
    fn a_refusal_shows_status_and_syndrome_and_no_values() {
        let section = Section::of_reply("x", &reply(3), values);
        assert!(section.is_refused());
        let expected = "x: refused by firmware: status 0x03 (BAD_PARAM), syndrome 0x00000005\n";
        assert_eq!(section.text(false), expected);
        assert_eq!(section.json(false)["status"], 3);
        assert_eq!(section.json(false)["syndrome"], 5);
    }
}
