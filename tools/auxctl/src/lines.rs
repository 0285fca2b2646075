// SPDX-License-Identifier: GPL-2.0

//! Files of lines of `key=value`, as drivers of auxcore write them.

#![forbid(unsafe_code)]

use crate::places::printable;
use serde_json::{Map, Value};

/// The key of a task's name.
const NAME: &str = "comm";

/// One line.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Line {
    words: Vec<(String, String)>,
}

impl Line {
    /// Reads a line. Words without `=` are left out: a later driver may have some.
    pub(crate) fn parse(text: &str) -> Self {
        let words = text.split_whitespace().filter_map(|word| {
            let (key, value) = word.split_once('=')?;
            Some((printable(key), printable(value)))
        });
        Self {
            words: words.collect(),
        }
    }

    /// Returns the value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let mut words = self.words.iter();
        words.find_map(|(name, value)| (name == key).then_some(value.as_str()))
    }

    /// Returns the number of a key.
    pub(crate) fn number(&self, key: &str) -> Option<u64> {
        self.get(key)?.parse().ok()
    }

    /// Returns the line as text again.
    pub(crate) fn text(&self) -> String {
        let words = self.words.iter();
        let words: Vec<_> = words.map(|(key, value)| format!("{key}={value}")).collect();
        words.join(" ")
    }

    /// Returns the line as an object, numbers as numbers. The name of a task is none, whatever it
    /// looks like.
    pub(crate) fn json(&self) -> Value {
        let words = self.words.iter().map(|(key, value)| {
            let number = value.parse::<i64>().ok();
            let number = number.filter(|number| key != NAME && number.to_string() == *value);
            let value = number.map_or_else(|| value.as_str().into(), Value::from);
            (key.clone(), value)
        });
        Value::Object(Map::from_iter(words))
    }
}

/// Reads all lines of a file, comments and empty ones left out.
pub(crate) fn parse(text: &str) -> Vec<Line> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let lines = lines.map(Line::parse);
    lines.filter(|line| !line.words.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_keys_and_values_in_order() {
        let lines = parse("# 1 entry\nseq=1 comm=a=b pid=-3 odd\n\nnone\n");
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].text(), "seq=1 comm=a=b pid=-3");
        assert_eq!(lines[0].number("seq"), Some(1));
        assert_eq!(lines[0].get("comm"), Some("a=b"));
        assert_eq!((lines[0].get("none"), lines[0].number("pid")), (None, None));
        let json = lines[0].json();
        assert_eq!(
            (&json["seq"], &json["pid"]),
            (&Value::from(1), &Value::from(-3))
        );
    }

    #[test]
    fn only_what_is_written_as_a_number_is_one() {
        let json = Line::parse("comm=7 pid=7 a=007 b=+7 c=0x7 d=-0").json();
        assert_eq!(json["pid"], Value::from(7));
        for (key, text) in [
            ("comm", "7"),
            ("a", "007"),
            ("b", "+7"),
            ("c", "0x7"),
            ("d", "-0"),
        ] {
            assert_eq!(json[key], Value::from(text), "{key}");
        }
    }

    #[test]
    fn what_a_terminal_would_act_on_is_replaced() {
        assert_eq!(Line::parse("comm=\u{1b}[2J").text(), "comm=?[2J");
    }
}
