// SPDX-License-Identifier: GPL-2.0
//! Every proof that Documentation/requirements.rst names exists.
//!
//! A row is a section `Row N: TITLE` with a list of fields. Proofs are literals of the form ``KIND:PLACE`` in the field
//! `Proof`:
//!
//! - ``suite:AREA/NAME`` or ``suite:AREA/NAME#TEXT``: a suite of tests/run, and a text in its script;
//! - ``check:NAME``: a check of tools/check/run;
//! - ``file:PATH`` or ``file:PATH#TEXT``: a file of the tree, and a text in it.

#![forbid(unsafe_code)]

use std::{collections::BTreeSet, path::Path};

use crate::{
    error::Error,
    finding::Finding,
    tree::{self, Tree},
};

const FILE: &str = "Documentation/requirements.rst";

/// How many rows there are.
const ROWS: usize = 63;

/// The fields every row has.
const FIELDS: &[&str] = &["Asked by", "Wanted", "Ours", "State"];

/// A row of the document.
#[derive(Default)]
struct Row {
    number: usize,
    line: usize,
    /// Name, text, line.
    fields: Vec<(String, String, usize)>,
}

impl Row {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|field| field.0 == name)
            .map(|field| field.1.as_str())
    }
}

fn rows(text: &str) -> Vec<Row> {
    let mut found: Vec<Row> = Vec::new();
    let mut open = false;
    for (line, content) in (1..).zip(text.lines()) {
        if let Some((number, _)) = content
            .strip_prefix("Row ")
            .and_then(|rest| rest.split_once(':'))
        {
            if let Ok(number) = number.parse() {
                found.push(Row {
                    number,
                    line,
                    fields: Vec::new(),
                });
                open = false;
                continue;
            }
        }
        let Some(row) = found.last_mut() else {
            continue;
        };
        let field = content
            .strip_prefix(':')
            .and_then(|rest| rest.split_once(':'));
        if let Some((name, value)) = field {
            row.fields
                .push((name.to_owned(), value.trim().to_owned(), line));
            open = true;
        } else if content.trim().is_empty() {
            open = false;
        } else if open && content.starts_with(' ') {
            if let Some((_, value, _)) = row.fields.last_mut() {
                value.push(' ');
                value.push_str(content.trim());
            }
        }
    }
    found
}

/// The lists a proof is looked up in.
struct Known<'a> {
    tree: &'a Tree,
    suites: BTreeSet<String>,
    checks: BTreeSet<String>,
}

impl Known<'_> {
    /// What is wrong with a proof, if anything is.
    fn doubt(&self, proof: &str) -> Result<Option<String>, Error> {
        let Some((kind, place)) = proof.split_once(':') else {
            return Ok(Some(format!("`{proof}` is no proof: it has no kind")));
        };
        let (place, text) = match place.split_once('#') {
            Some((place, text)) => (place, Some(text)),
            None => (place, None),
        };
        let file = match kind {
            "suite" if !self.suites.contains(place) => {
                return Ok(Some(format!("there is no suite {place}")));
            }
            "suite" => format!("tests/selftests/{place}.sh"),
            "check" if self.checks.contains(place) => return Ok(None),
            "check" => return Ok(Some(format!("there is no check {place}"))),
            "file" if !self.tree.has(place) => {
                return Ok(Some(format!("there is no file {place}")))
            }
            "file" => place.to_owned(),
            _ => return Ok(Some(format!("`{kind}` is no kind of proof"))),
        };
        match text {
            Some(text) if !self.tree.read(&file)?.contains(text) => {
                Ok(Some(format!("{file} does not hold `{text}`")))
            }
            _ => Ok(None),
        }
    }
}

/// The literals of a field.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.split("``").skip(1).step_by(2)
}

fn names(path: &Path) -> Result<BTreeSet<String>, Error> {
    let text = tree::read(path)?;
    // A suite that runs in several ways has the way in brackets.
    let names = text
        .lines()
        .map(|line| line.split(" [").next().unwrap_or(line).to_owned());
    Ok(names.collect())
}

/// Checks the document.
pub fn check(tree: &Tree, suites: &Path, checks: &Path) -> Result<Vec<Finding>, Error> {
    let known = Known {
        tree,
        suites: names(suites)?,
        checks: names(checks)?,
    };
    let rows = rows(&tree.read(FILE)?);
    let mut findings = Vec::new();
    for number in 1..=ROWS {
        let count = rows.iter().filter(|row| row.number == number).count();
        if count != 1 {
            findings.push(Finding::new(
                FILE,
                0,
                format!("row {number} stands there {count} times"),
            ));
        }
    }
    for row in &rows {
        let mut say = |line: usize, text: String| {
            findings.push(Finding::new(
                FILE,
                line,
                format!("row {}: {text}", row.number),
            ));
        };
        for name in FIELDS {
            if row.field(name).is_none_or(str::is_empty) {
                say(row.line, format!("no field `{name}`"));
            }
        }
        let proofs: Vec<(&str, usize)> = row
            .fields
            .iter()
            .filter(|(name, ..)| name == "Proof")
            .flat_map(|(_, text, line)| literals(text).map(|proof| (proof, *line)))
            .collect();
        match row.field("State").unwrap_or_default() {
            "done" if proofs.is_empty() => {
                say(row.line, "is done, and nothing proves it".to_owned());
            }
            "done" => {}
            state if state.starts_with("open") || state.starts_with("outside: ") => {}
            state => say(
                row.line,
                format!("the state `{state}` is neither done, nor open, nor outside with a reason"),
            ),
        }
        for (proof, line) in proofs {
            if let Some(doubt) = known.doubt(proof)? {
                say(line, doubt);
            }
        }
    }
    Ok(findings)
}
