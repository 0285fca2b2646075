// SPDX-License-Identifier: GPL-2.0
//! uapi/ACKS names every user interface in uapi/, and who acknowledged it.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use crate::{error::Error, finding::Finding, tree::Tree};

/// The list.
pub const FILE: &str = "uapi/ACKS";

/// What an entry says, in this order.
const FIELDS: &[&str] = &[
    "Interface",
    "Upstream",
    "Merged in",
    "Acknowledged",
    "Here",
    "Served by",
];

/// Files of the crate that describe no interface.
const PLUMBING: &[&str] = &["lib", "error", "ffi", "raw", "device"];

/// The module of uapi/src that a file is of, if it is one that describes an interface.
fn interface(file: &str) -> Option<&str> {
    let module = file.strip_prefix("uapi/src/")?.strip_suffix(".rs")?;
    let top = module.split('/').next().unwrap_or(module);
    (!PLUMBING.contains(&top)).then_some(top)
}

/// Whether a file describes an interface, so that who acknowledged it is listed.
pub fn is_interface(file: &str) -> bool {
    interface(file).is_some()
}

/// The entries of the list: the line of the first field, and the fields in order.
fn entries(text: &str) -> Vec<(usize, Vec<(String, String)>)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, Vec<(String, String)>)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let field = FIELDS.iter().find_map(|field| {
            let value = line.strip_prefix(field)?;
            value
                .starts_with("  ")
                .then(|| ((*field).to_owned(), value.trim().to_owned()))
        });
        match (field, line.is_empty()) {
            (Some(field), _) => open.get_or_insert((number, Vec::new())).1.push(field),
            (None, true) => found.extend(open.take()),
            (None, false) => {
                if let Some((_, (_, value))) = open
                    .as_mut()
                    .and_then(|(at, fields)| Some((at, fields.last_mut()?)))
                {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            }
        }
    }
    found.extend(open);
    found
}

/// Checks the list against uapi/src.
pub fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let text = tree.read(FILE)?;
    let mut findings = Vec::new();
    let mut listed = BTreeSet::new();
    for (line, fields) in entries(&text) {
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        if names != FIELDS {
            let text = format!(
                "the entry has the fields {}, not {}",
                names.join(", "),
                FIELDS.join(", ")
            );
            findings.push(Finding::new(FILE, line, text));
        }
        for (name, value) in &fields {
            if value.is_empty() {
                findings.push(Finding::new(FILE, line, format!("{name} is empty")));
            }
            if name == "Here" {
                let files = value.split([' ', ',']).filter(|word| word.contains('/'));
                for file in files {
                    listed.insert(file.to_owned());
                    if !tree.has(file) {
                        findings.push(Finding::new(FILE, line, format!("{file} does not exist")));
                    }
                }
            }
        }
    }
    for file in tree.files() {
        let Some(top) = interface(file) else {
            continue;
        };
        if !listed.contains(file) && !listed.contains(&format!("uapi/src/{top}.rs")) {
            findings.push(Finding::new(
                file,
                0,
                "this interface has no entry in uapi/ACKS",
            ));
        }
    }
    Ok(findings)
}
