// SPDX-License-Identifier: GPL-2.0
//! The form of the files in Documentation/ABI: that of the kernel's own.

#![forbid(unsafe_code)]

use crate::{error::Error, finding::Finding, tree::Tree};

/// The fields of an entry, in order, and whether each must be there.
const FIELDS: &[(&str, bool)] = &[
    ("What", true),
    ("Date", true),
    ("KernelVersion", false),
    ("Contact", true),
    ("Description", true),
    ("Users", false),
];

const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Checks every file below Documentation/ABI.
pub fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for file in tree
        .files()
        .filter(|file| file.starts_with("Documentation/ABI/"))
    {
        if file.ends_with("README") || file.ends_with(".rst") {
            continue;
        }
        check_file(file, &tree.read(file)?, &mut findings);
    }
    Ok(findings)
}

/// The field that a line begins, and what stands after the colon.
fn field(line: &str) -> Option<(usize, &str, &str)> {
    let (name, value) = line.split_once(':')?;
    let place = FIELDS.iter().position(|(known, _)| *known == name)?;
    Some((place, name, value.trim()))
}

fn check_file(file: &str, text: &str, findings: &mut Vec<Finding>) {
    let mut seen: Vec<usize> = Vec::new();
    let mut began = 0;
    let mut described = true;
    for (number, line) in (1..).zip(text.lines()) {
        let Some((place, name, value)) = field(line) else {
            described |= !line.trim().is_empty();
            if seen.is_empty() && !line.is_empty() && !line.contains("SPDX-License-Identifier") {
                findings.push(Finding::new(file, number, "text before the first What:"));
            }
            if !line.is_empty() && !line.starts_with(['\t', ' ', '.']) && !line.contains("SPDX") {
                findings.push(Finding::new(
                    file,
                    number,
                    "a line of an entry begins with a tab",
                ));
            }
            continue;
        };
        let again = place == 0 && seen.last() == Some(&0);
        if place == 0 && !again {
            finish(file, began, &seen, described, findings);
            seen.clear();
            began = number;
            described = true;
        }
        if !again && seen.last().is_some_and(|last| *last >= place) {
            findings.push(Finding::new(
                file,
                number,
                format!("{name} stands too late in its entry, or twice"),
            ));
        }
        seen.push(place);
        match name {
            "Description" => described = !value.is_empty(),
            "Date" if !is_date(value) => {
                findings.push(Finding::new(file, number, "Date is not a month and a year"));
            }
            "What" if !value.starts_with('/') => {
                findings.push(Finding::new(file, number, "What is not an absolute path"));
            }
            _ if value.is_empty() => {
                findings.push(Finding::new(file, number, format!("{name} is empty")));
            }
            _ => {}
        }
    }
    finish(file, began, &seen, described, findings);
}

fn is_date(value: &str) -> bool {
    value.split_once(' ').is_some_and(|(month, year)| {
        MONTHS.contains(&month) && year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn finish(file: &str, began: usize, seen: &[usize], described: bool, findings: &mut Vec<Finding>) {
    if began == 0 {
        return;
    }
    for (place, (name, needed)) in FIELDS.iter().enumerate() {
        if *needed && !seen.contains(&place) {
            findings.push(Finding::new(
                file,
                began,
                format!("the entry has no {name}"),
            ));
        }
    }
    if !described {
        findings.push(Finding::new(
            file,
            began,
            "the entry's Description is empty",
        ));
    }
}
