// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The table: what was measured, beside what is wanted.

use std::fmt::Write;

use serde::Serialize;
use serde_json::json;

use crate::error::Error;
use crate::figures::Figures;

/// What is wanted of a row.
#[derive(Clone, Copy, Debug)]
enum Goal {
    /// Ours is at most so many times C's.
    Ratio(f64),
    /// Ours is at most this, whatever C's is.
    Most(f64),
    /// Ours is at least this.
    Least(f64),
}

/// A row of the table as it is defined: title, figure, unit, goal.
type Definition = (&'static str, &'static str, &'static str, Option<Goal>);

const ROWS: &[Definition] = &[
    (
        "RPC 16 B, outside fwctl/main.c",
        "rpc-16.inner",
        "instr",
        Some(Goal::Ratio(0.8)),
    ),
    (
        "RPC 4 KiB, outside fwctl/main.c",
        "rpc-4096.inner",
        "instr",
        None,
    ),
    (
        "RPC 64 KiB, outside fwctl/main.c",
        "rpc-65536.inner",
        "instr",
        Some(Goal::Ratio(0.7)),
    ),
    (
        "RPC 2 MiB, outside fwctl/main.c",
        "rpc-2097152.inner",
        "instr",
        Some(Goal::Ratio(0.7)),
    ),
    ("RPC 16 B, whole call", "rpc-16.instructions", "instr", None),
    (
        "RPC 4 KiB, whole call",
        "rpc-4096.instructions",
        "instr",
        None,
    ),
    (
        "RPC 64 KiB, whole call",
        "rpc-65536.instructions",
        "instr",
        None,
    ),
    (
        "RPC 2 MiB, whole call",
        "rpc-2097152.instructions",
        "instr",
        None,
    ),
    ("RPC 16 B, wall", "rpc-16.us", "us", None),
    ("RPC 4 KiB, wall", "rpc-4096.us", "us", None),
    ("RPC 64 KiB, wall", "rpc-65536.us", "us", None),
    ("RPC 2 MiB, wall", "rpc-2097152.us", "us", None),
    ("Open and close", "open.instructions", "instr", None),
    ("Open and close, wall", "open.us", "us", None),
    (
        "Probe until all children are bound",
        "probe.instructions",
        "instr",
        Some(Goal::Ratio(0.5)),
    ),
    (
        "Probe, commands",
        "probe.commands",
        "",
        Some(Goal::Ratio(0.5)),
    ),
    ("Probe, wall", "probe.us", "us", None),
    (
        "16 functions with 20 ms firmware, against one",
        "sixteen-20.factor",
        "times",
        Some(Goal::Most(1.5)),
    ),
    (
        "One function with 20 ms firmware",
        "sixteen-20.one",
        "ms",
        None,
    ),
    (
        "16 functions with 20 ms firmware",
        "sixteen-20.all",
        "ms",
        None,
    ),
    (
        "16 functions with 1 ms firmware, against one",
        "sixteen-1.factor",
        "times",
        None,
    ),
    (
        "One function with 1 ms firmware",
        "sixteen-1.one",
        "ms",
        None,
    ),
    (
        "16 functions with 1 ms firmware",
        "sixteen-1.all",
        "ms",
        None,
    ),
    (
        "Core in flight, at most",
        "flight.core.slots",
        "slots",
        Some(Goal::Least(31.0)),
    ),
    (
        "Core in flight, of firmware's limit",
        "flight.core.share",
        "",
        Some(Goal::Least(0.95)),
    ),
    (
        "The same, if firmware took 10 ms sharp",
        "flight.core.exact",
        "",
        None,
    ),
    (
        "Other driver in flight, at most",
        "flight.peer.slots",
        "slots",
        None,
    ),
    (
        "Other driver in flight, of firmware's limit",
        "flight.peer.share",
        "",
        Some(Goal::Least(0.95)),
    ),
    (
        "The same, if firmware took 10 ms sharp",
        "flight.peer.exact",
        "",
        None,
    ),
    (
        "Programs in flight, at most",
        "flight.programs.slots",
        "slots",
        None,
    ),
    (
        "Programs in flight, of firmware's limit",
        "flight.programs.share",
        "",
        None,
    ),
    (
        "The same, if firmware took 10 ms sharp",
        "flight.programs.exact",
        "",
        None,
    ),
    ("Dead firmware, until it is known", "dead.known", "ms", None),
    (
        "64 waiters back after that",
        "dead.told",
        "ms",
        Some(Goal::Most(50.0)),
    ),
    ("64 waiters, first to last", "dead.spread", "ms", None),
    (
        "4096 children added and removed",
        "children.instructions",
        "instr",
        Some(Goal::Ratio(1.2)),
    ),
    (
        "4096 children added and removed, wall",
        "children.us",
        "us",
        None,
    ),
    ("Code of the modules", "modules.text", "bytes", None),
    ("Modules in memory", "modules.bytes", "bytes", None),
];

/// A row of the table.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    /// What is measured.
    pub(crate) title: &'static str,
    /// Name of the figure.
    pub(crate) name: &'static str,
    unit: &'static str,
    upstream: Option<f64>,
    ours: Option<f64>,
    /// Ours by C's.
    pub(crate) ratio: Option<f64>,
    /// What the ratio is at most, if that is the goal.
    pub(crate) most: Option<f64>,
    /// What is wanted, in words.
    goal: Option<String>,
    /// Whether it is so.
    met: Option<bool>,
}

impl Row {
    fn ratio_text(&self) -> String {
        self.ratio.map_or_else(String::new, |r| format!("{r:.2}"))
    }

    fn goal_text(&self) -> String {
        match (&self.goal, self.met) {
            (Some(goal), Some(true)) => format!("{goal}: met"),
            (Some(goal), Some(false)) => format!("{goal}: MISSED"),
            (Some(goal), None) => format!("{goal}: not measured"),
            (None, _) => String::new(),
        }
    }

    /// Returns what the row says: title with unit, C's figure, ours, ratio, goal.
    pub(crate) fn cells(&self) -> [String; 5] {
        let title = match self.unit {
            "" => self.title.to_owned(),
            unit => format!("{} ({unit})", self.title),
        };
        let [upstream, ours] = [self.upstream, self.ours].map(number);
        [title, upstream, ours, self.ratio_text(), self.goal_text()]
    }
}

/// Returns the rows that have a figure.
pub(crate) fn rows(ours: &Figures, upstream: &Figures) -> Vec<Row> {
    ROWS.iter()
        .map(|definition| row(definition, ours, upstream))
        .filter(|row| row.ours.is_some() || row.upstream.is_some())
        .collect()
}

fn row((title, name, unit, goal): &Definition, ours: &Figures, upstream: &Figures) -> Row {
    let (ours, upstream) = (ours.value(name), upstream.value(name));
    let ratio = ours
        .zip(upstream)
        .and_then(|(ours, upstream)| (upstream > 0.0).then(|| ours / upstream));
    let most = match *goal {
        Some(Goal::Ratio(most)) => Some(most),
        _ => None,
    };
    let (words, met) = match *goal {
        None => (None, None),
        Some(Goal::Ratio(most)) => (Some(format!("ratio <= {most}")), ratio.map(|r| r <= most)),
        Some(Goal::Most(most)) => (Some(format!("<= {most}")), ours.map(|o| o <= most)),
        Some(Goal::Least(least)) => (Some(format!(">= {least}")), ours.map(|o| o >= least)),
    };
    Row {
        title,
        name,
        unit,
        upstream,
        ours,
        ratio,
        most,
        goal: words,
        met,
    }
}

/// Returns the table as text.
pub(crate) fn text(rows: &[Row]) -> String {
    let mut text = format!(
        "{:48} {:>12} {:>12} {:6} {:>6}  goal\n",
        "", "C", "ours", "", "ratio"
    );
    for row in rows {
        let [upstream, ours] = [row.upstream, row.ours].map(number);
        let ratio = row.ratio_text();
        let goal = row.goal_text();
        let line = format!(
            "{:48} {upstream:>12} {ours:>12} {:6} {ratio:>6}  {goal}",
            row.title, row.unit
        );
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Writes small figures with two digits, large ones without.
fn number(value: Option<f64>) -> String {
    match value {
        None => String::new(),
        Some(value) if value < 10.0 && value.fract() != 0.0 => format!("{value:.2}"),
        Some(value) => format!("{value:.0}"),
    }
}

/// Returns all there is as JSON.
///
/// # Errors
///
/// None that is known.
pub(crate) fn json(rows: &[Row], ours: &Figures, upstream: &Figures) -> Result<String, Error> {
    let all = json!({
        "rows": rows,
        "ours": ours.values,
        "upstream": upstream.values,
        "groups": {
            "ours": groups(ours),
            "upstream": groups(upstream),
        },
    });
    Ok(serde_json::to_string_pretty(&all)?)
}

fn groups(figures: &Figures) -> serde_json::Value {
    let groups = |name: &String| (name.clone(), json!(crate::groups::of(figures, name)));
    figures.counted.keys().map(groups).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(value: f64) -> Figures {
        let mut figures = Figures::default();
        figures.values.insert("rpc-16.inner".to_owned(), value);
        figures
    }

    #[test]
    fn a_goal_is_met_up_to_its_number() {
        let met = |ours| {
            rows(&figures(ours), &figures(10.0))
                .first()
                .and_then(|row| row.met)
        };
        assert_eq!(met(8.0), Some(true));
        assert_eq!(met(8.1), Some(false));
    }

    #[test]
    fn what_was_not_measured_is_left_out() {
        assert_eq!(rows(&figures(1.0), &Figures::default()).len(), 1);
    }
}
