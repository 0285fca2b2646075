// SPDX-License-Identifier: GPL-2.0

//! What firmware answered, as text or JSON.

#![forbid(unsafe_code)]

use auxcore_formats::hex;
use auxcore_formats::mlx5::field::Value;
use auxcore_formats::mlx5::wire::{status_name, Reply};
use serde_json::{json, Map};
use std::fmt::Write;

/// A reply of a ConnectX device, and its fields if they are known.
#[derive(Debug)]
pub(crate) struct Report {
    /// What was asked for.
    pub(crate) name: String,
    /// What came.
    pub(crate) reply: Reply,
    /// Its fields; none if only its bytes are known.
    pub(crate) fields: Option<Vec<(String, Value)>>,
}

impl Report {
    /// Tells whether firmware refused the request.
    pub(crate) fn is_refused(&self) -> bool {
        self.reply.status() != 0
    }

    /// Returns the report as text.
    pub(crate) fn text(&self) -> String {
        let (status, syndrome) = (self.reply.status(), self.reply.syndrome());
        let mut text = format!(
            "{}: status {status:#04x} ({}), syndrome {syndrome:#010x}\n",
            self.name,
            status_name(status)
        );
        match &self.fields {
            Some(_) if self.is_refused() => {}
            Some(fields) => {
                for (name, value) in fields {
                    // Writing to a String cannot fail.
                    let _ = match value {
                        Value::Number(number @ 0..=9) => writeln!(text, "  {name:<40} {number}"),
                        Value::Number(number) => {
                            writeln!(text, "  {name:<40} {number} ({number:#x})")
                        }
                        Value::Text(value) => writeln!(text, "  {name:<40} \"{value}\""),
                    };
                }
            }
            None => text += &hex::lines(self.reply.bytes()),
        }
        text
    }

    /// Returns the report as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        let mut value = json!({
            "name": self.name,
            "status": self.reply.status(),
            "status_name": status_name(self.reply.status()),
            "syndrome": self.reply.syndrome(),
            "bytes": hex::run(self.reply.bytes()),
        });
        let fields = self.fields.iter().filter(|_| !self.is_refused());
        let fields = fields.flatten().map(|(name, value)| {
            let value = match value {
                Value::Number(number) => json!(number),
                Value::Text(text) => json!(text),
            };
            (name.clone(), value)
        });
        if let (Some(map), Some(_)) = (value.as_object_mut(), &self.fields) {
            map.insert("fields".to_owned(), Map::from_iter(fields).into());
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(status: u8, fields: Option<Vec<(String, Value)>>) -> Report {
        let mut bytes = vec![0; 17];
        (bytes[0], bytes[7], bytes[16]) = (status, 5, 0xab);
        Report {
            name: "NOP".to_owned(),
            reply: Reply::new(bytes).unwrap(),
            fields,
        }
    }

    #[test]
    fn a_reply_shows_its_status_and_fields() {
        let fields = vec![
            ("small".to_owned(), Value::Number(3)),
            ("large".to_owned(), Value::Number(171)),
            ("word".to_owned(), Value::Text("x".to_owned())),
        ];
        let shown = report(0, Some(fields.clone()));
        let text = shown.text();
        assert!(text.starts_with("NOP: status 0x00 (OK), syndrome 0x00000005\n"));
        assert!(text.contains(" 3\n") && text.contains(" 171 (0xab)\n") && text.contains("\"x\""));
        assert_eq!(shown.json()["fields"]["large"], 171);
        let refused = report(2, Some(fields));
        assert_eq!(refused.text().lines().count(), 1);
        assert_eq!(refused.json()["fields"], json!({}));
        assert_eq!(refused.json()["status_name"], "BAD_OP");
    }

    #[test]
    fn a_reply_without_known_fields_shows_its_bytes() {
        let shown = report(0, None);
        assert!(shown.text().contains(" ab\n"));
        assert!(shown.json().get("fields").is_none());
        assert_eq!(
            shown.json()["bytes"],
            format!("{}05{}ab", "00".repeat(7), "00".repeat(8))
        );
    }
}
