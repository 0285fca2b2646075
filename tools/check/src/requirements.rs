// SPDX-License-Identifier: GPL-2.0
//! Every proof that Documentation/requirements.rst names exists, and what is done has a test among them.
//!
//! A row is a section `Row N: TITLE` with a list of fields. Proofs are literals of the form ``KIND:PLACE`` in the field
//! `Proof`:
//!
//! - ``suite:AREA/NAME`` or ``suite:AREA/NAME#TEXT``: a suite of tests/run, and a text in its script;
//! - ``check:NAME``: a check of tools/check/run;
//! - ``file:PATH`` or ``file:PATH#TEXT``: a file of the tree, and a text in it, which may be the name of a unit test.
//!
//! Behind a suite that `make test` leaves out stands why, in brackets: `(long)`, or the kernel it needs, as `(debug)`,
//! or `(full)` if it runs with AUXCORE_STRESS=full alone.

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

/// What a proof is worth.
enum Worth {
    /// It is a test: a suite, or a unit test.
    Test,
    /// It is a document.
    Document,
    /// It is something else that exists.
    Other,
    /// Something is wrong with it.
    Doubt(String),
}

impl Known<'_> {
    /// What a proof is worth. `remark` is what stands behind it.
    fn worth(&self, proof: &str, remark: &str) -> Result<Worth, Error> {
        let doubt = |text: String| Ok(Worth::Doubt(text));
        let Some((kind, place)) = proof.split_once(':') else {
            return doubt(format!("`{proof}` is no proof: it has no kind"));
        };
        let (place, text) = match place.split_once('#') {
            Some((place, text)) => (place, Some(text)),
            None => (place, None),
        };
        let file = match kind {
            "suite" if !self.suites.contains(place) => {
                return doubt(format!("there is no suite {place}"))
            }
            "suite" => format!("tests/selftests/{place}.sh"),
            "check" if self.checks.contains(place) => return Ok(Worth::Other),
            "check" => return doubt(format!("there is no check {place}")),
            "file" if !self.tree.has(place) => return doubt(format!("there is no file {place}")),
            "file" => place.to_owned(),
            _ => return doubt(format!("`{kind}` is no kind of proof")),
        };
        let content = self.tree.read(&file)?;
        if text.is_some_and(|text| !content.contains(text)) {
            let text = text.unwrap_or_default();
            return doubt(format!("{file} does not hold `{text}`"));
        }
        if kind == "suite" {
            let wanted = left_out(&content).map_or(String::new(), |why| format!("({why})"));
            if remark != wanted {
                return doubt(format!(
                    "behind `{proof}` belongs `{wanted}`, not `{remark}`"
                ));
            }
            return Ok(Worth::Test);
        }
        Ok(match text {
            Some(name) if is_unit_test(&content, name) => Worth::Test,
            _ if file.starts_with("Documentation/") => Worth::Document,
            _ => Worth::Other,
        })
    }
}

/// Why `make test` leaves a suite out, as tests/run reads it from the first lines of its script.
fn left_out(script: &str) -> Option<&str> {
    let header = || script.lines().take(12);
    if header().any(|line| line == "# long") {
        return Some("long");
    }
    if let Some(kernel) = header().find_map(|line| line.strip_prefix("# kernel: ")) {
        if kernel != "default" {
            return Some(kernel);
        }
    }
    let ways =
        || header().filter(|line| line.starts_with("# guest") || line.starts_with("# host:"));
    let full = ways().all(|way| way.starts_with("# guest[full"));
    (full && ways().count() > 0).then_some("full")
}

/// Whether a unit test of a Rust file has this name.
fn is_unit_test(code: &str, name: &str) -> bool {
    code.split_once(&format!("fn {name}("))
        .is_some_and(|(before, _)| before.trim_end().ends_with("#[test]"))
}

/// The literals of a field, each with what stands behind it.
fn literals(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut parts = text.split("``").skip(1);
    std::iter::from_fn(move || Some((parts.next()?, parts.next()?.trim())))
}

fn names(path: &Path) -> Result<BTreeSet<String>, Error> {
    let text = tree::read(path)?;
    // A suite that runs in several ways has the way in brackets.
    let names = text
        .lines()
        .map(|line| line.split(" [").next().unwrap_or(line).to_owned());
    Ok(names.collect())
}

/// Rows that are missing, or stand there twice.
fn not_once(rows: &[Row]) -> Vec<Finding> {
    let count = |number| rows.iter().filter(|row| row.number == number).count();
    (1..=ROWS)
        .filter(|number| count(*number) != 1)
        .map(|number| {
            let text = format!("row {number} stands there {} times", count(number));
            Finding::new(FILE, 0, text)
        })
        .collect()
}

/// Checks the document.
pub fn check(tree: &Tree, suites: &Path, checks: &Path) -> Result<Vec<Finding>, Error> {
    let known = Known {
        tree,
        suites: names(suites)?,
        checks: names(checks)?,
    };
    let rows = rows(&tree.read(FILE)?);
    let mut findings = not_once(&rows);
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
        let (mut count, mut tests, mut documents, mut doubts) = (0, 0, 0, 0);
        for (name, text, line) in &row.fields {
            if name != "Proof" {
                continue;
            }
            for (proof, remark) in literals(text) {
                count += 1;
                match known.worth(proof, remark)? {
                    Worth::Test => tests += 1,
                    Worth::Document => documents += 1,
                    Worth::Other => {}
                    Worth::Doubt(doubt) => {
                        doubts += 1;
                        say(*line, doubt);
                    }
                }
            }
        }
        match row.field("State").unwrap_or_default() {
            "done" if count == 0 => say(row.line, "is done, and nothing proves it".to_owned()),
            // It may be a test that is in doubt.
            "done" if tests + doubts == 0 => {
                say(row.line, "is done, and no test proves it".to_owned());
            }
            "documented" if documents + doubts == 0 => {
                say(
                    row.line,
                    "is documented, and no document says it".to_owned(),
                );
            }
            "done" | "documented" => {}
            state if state.starts_with("open: ") || state.starts_with("outside: ") => {}
            state => say(
                row.line,
                format!(
                    "`{state}` is neither done, nor documented, nor open or outside with a reason"
                ),
            ),
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_is_left_out_for_the_reason_in_its_first_lines() {
        for (header, why) in [
            ("# guest: --driver ours", None),
            ("# host:\n# alone", None),
            ("# long\n# host: guests", Some("long")),
            ("# guest:\n# kernel: debug", Some("debug")),
            ("# guest:\n# kernel: default", None),
            ("# guest[full]: --mem 3G", Some("full")),
            ("# guest[few]:\n# guest[full]:", None),
        ] {
            assert_eq!(left_out(header), why, "{header}");
        }
    }

    #[test]
    fn a_unit_test_is_a_function_with_the_attribute() {
        let code = "    #[test]\n    fn it_holds() {}\n\n    fn helper() {}\n// it_might";
        assert!(is_unit_test(code, "it_holds"));
        for name in ["helper", "it_might", "it_hold", ""] {
            assert!(!is_unit_test(code, name), "{name}");
        }
    }

    #[test]
    fn literals_have_what_stands_behind_them() {
        let found: Vec<_> = literals("``suite:a/b#c`` (long), ``check:d``").collect();
        assert_eq!(found, [("suite:a/b#c", "(long),"), ("check:d", "")]);
    }
}
