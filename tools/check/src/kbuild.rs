// SPDX-License-Identifier: GPL-2.0
//! The kernel crates, as Kbuild lists them.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use crate::{error::Error, tree::Tree};

/// A kernel crate.
#[derive(Debug)]
pub struct Crate {
    /// The crate's and its module's name.
    pub name: String,
    /// Its root file, with the ending.
    pub root: String,
    /// The directory of the root file.
    pub directory: String,
    /// The crates that Kbuild lets it use.
    pub uses: BTreeSet<String>,
    /// The line of [`RULES`] that says so, if there is one; other crates are found by where they stand.
    pub line: Option<usize>,
}

/// The file with the rules.
pub const RULES: &str = "crates.mk";

/// The crates of the tree.
pub struct Crates(Vec<Crate>);

/// Asks make for the crates: their names, root files and what they may use, one crate a line.
const ASK: &str = "src := .
obj := .
AUXCORE_KUNIT := 1
include Kbuild
$(foreach c,$(auxcore-crates),$(info $(c) $(root-$(c)) $(uses-$(c))))
.PHONY: no-target
no-target: ;
";

impl Crates {
    /// Reads Kbuild, by make itself. A crate whose root file is not in the tree is left out, as Kbuild does.
    pub fn read(tree: &Tree) -> Result<Self, Error> {
        let listed = tree.make(ASK, "no-target")?;
        let rules = tree.read(RULES)?;
        let mut crates = Vec::new();
        for line in listed.lines() {
            let mut words = line.split_whitespace().map(str::to_owned);
            let (Some(name), Some(stem)) = (words.next(), words.next()) else {
                continue;
            };
            let root = format!("{stem}.rs");
            if !tree.has(&root) {
                continue;
            }
            let explicit = format!("uses-{name} :=");
            crates.push(Crate {
                directory: stem.rsplit_once('/').map_or("", |(dir, _)| dir).to_owned(),
                line: (1..)
                    .zip(rules.lines())
                    .find(|(_, line)| line.starts_with(&explicit))
                    .map(|(number, _)| number),
                name,
                root,
                uses: words.collect(),
            });
        }
        // Without this, a list that is not understood any more would please every rule.
        if crates.is_empty() {
            return Err(Error::NoCrates);
        }
        Ok(Self(crates))
    }

    /// All crates, in the order of Kbuild.
    pub fn iter(&self) -> impl Iterator<Item = &Crate> {
        self.0.iter()
    }

    /// The crate of this name.
    pub fn named(&self, name: &str) -> Option<&Crate> {
        self.iter().find(|one| one.name == name)
    }

    /// The crate a file belongs to: the one whose directory is the innermost around it.
    pub fn owner(&self, file: &str) -> Option<&Crate> {
        self.iter()
            .filter(|one| {
                file.strip_prefix(one.directory.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
            })
            .max_by_key(|one| one.directory.len())
    }
}
