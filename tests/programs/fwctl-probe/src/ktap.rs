// SPDX-License-Identifier: GPL-2.0

//! Test results in the kernel's form, KTAP.

#![forbid(unsafe_code)]

/// Prints results and counts them.
#[derive(Debug, Default)]
pub(crate) struct Ktap {
    number: usize,
    failed: usize,
}

impl Ktap {
    /// Starts a run of `plan` tests.
    pub(crate) fn start(plan: usize) -> Self {
        println!("KTAP version 1\n1..{plan}");
        Self::default()
    }

    /// Reports that a test found `got` where it expected `expected`.
    pub(crate) fn result(&mut self, name: &str, got: &str, expected: &str) {
        println!("{}", self.line(name, got, expected));
    }

    /// Reports that a test was not run.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        self.number += 1;
        println!("ok {} {name} # SKIP {why}", self.number);
    }

    /// Tells whether every test passed.
    pub(crate) fn passed(&self) -> bool {
        self.failed == 0
    }

    /// Prints the totals.
    pub(crate) fn totals(&self) {
        println!(
            "# {} passed or skipped, {} failed",
            self.number - self.failed,
            self.failed
        );
    }

    fn line(&mut self, name: &str, got: &str, expected: &str) -> String {
        self.number += 1;
        if got == expected {
            format!("# got {got}\nok {} {name}", self.number)
        } else {
            self.failed += 1;
            format!(
                "# got {got}, expected {expected}\nnot ok {} {name}",
                self.number
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_expected_passes() {
        let mut ktap = Ktap::default();
        assert_eq!(ktap.line("a", "OK", "OK"), "# got OK\nok 1 a");
        assert!(ktap.passed());
        assert_eq!(
            ktap.line("b", "OK", "EIO"),
            "# got OK, expected EIO\nnot ok 2 b"
        );
        assert!(!ktap.passed());
    }
}
