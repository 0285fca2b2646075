// SPDX-License-Identifier: GPL-2.0
//! Files one can read in one sitting. Unit tests at the end of a file do not count.

#![forbid(unsafe_code)]

use crate::{error::Error, finding::Finding, tree::Tree};

/// The most lines that a Rust file of a kernel crate may have.
const LIMIT: usize = 330;

fn begins_tests(line: &str) -> bool {
    line.starts_with("#[cfg(any(test, auxcore_kunit))]") || line.starts_with("mod tests {")
}

/// Checks the Rust files of the kernel crates.
pub fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for file in tree.kernel_rust() {
        let text = tree.read(file)?;
        let lines = text.lines().take_while(|line| !begins_tests(line)).count();
        if lines > LIMIT {
            let text =
                format!("has {lines} lines, more than {LIMIT}: give a part a file of its own");
            findings.push(Finding::new(file, 0, text));
        }
    }
    Ok(findings)
}
