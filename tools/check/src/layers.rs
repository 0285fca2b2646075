// SPDX-License-Identifier: GPL-2.0
//! Who may import whom, and who may name what.
//!
//! ```text
//! kernel <- aux <- core <- core/<vendor> <- consumers/<class>/<vendor>
//!                       <- fwctl
//!                       <- consumers/<class>
//! ```

#![forbid(unsafe_code)]

mod rights;

use std::collections::BTreeSet;

use crate::{
    error::Error,
    finding::Finding,
    kbuild::{Crate, Crates, RULES},
    tokens,
    tree::Tree,
    uses::Mentions,
};

/// A layer, told from the directory.
#[derive(Debug, PartialEq, Eq)]
enum Layer<'a> {
    /// `aux`: the bus.
    Bus,
    /// `core`: the core driver.
    Core,
    /// `core/<vendor>`: a plugin.
    Vendor(&'a str),
    /// `fwctl`: the consumer of all vendors.
    Fwctl,
    /// `consumers/<class>`: what is the same for all vendors.
    Class(&'a str),
    /// `consumers/<class>/<vendor>`.
    Half(&'a str, &'a str),
    /// Below `tests` or `tools`: may use everything.
    Test,
}

impl<'a> Layer<'a> {
    fn of(directory: &'a str) -> Option<Self> {
        let parts: Vec<&str> = directory.split('/').collect();
        Some(match parts.as_slice() {
            ["aux"] => Self::Bus,
            ["core"] => Self::Core,
            ["core", vendor] => Self::Vendor(vendor),
            ["fwctl"] => Self::Fwctl,
            ["consumers", class] => Self::Class(class),
            ["consumers", class, vendor] => Self::Half(class, vendor),
            ["tests" | "tools", ..] => Self::Test,
            _ => return None,
        })
    }

    /// Whether code of this layer may import the other one.
    fn may_use(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Test, _) | (Self::Core, Self::Bus) => true,
            (Self::Half(_, vendor), Self::Vendor(other)) => vendor == other,
            (Self::Half(class, _), Self::Class(other)) => class == other,
            (
                Self::Vendor(_) | Self::Fwctl | Self::Class(_) | Self::Half(..),
                Self::Bus | Self::Core,
            ) => true,
            _ => false,
        }
    }

    /// Paths that code of this layer must not name, and why.
    fn forbidden(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Bus => &[
                ("kernel::pci", "the bus knows no PCI"),
                ("kernel::fwctl", "the bus knows no class"),
                ("kernel::firmware", "the bus knows no firmware"),
                ("kernel::io", "the bus knows no registers"),
                ("kernel::dma", "the bus knows no DMA"),
            ],
            Self::Core => &[
                ("kernel::pci", "only core/pci names PCI"),
                ("kernel::drm", "core knows no class"),
            ],
            Self::Vendor(_) | Self::Test => &[],
            Self::Fwctl | Self::Class(_) | Self::Half(..) => &[
                ("kernel::pci", "a consumer knows no PCI"),
                ("kernel::io", "a consumer has no registers"),
                ("kernel::irq", "a consumer has no interrupts of its own"),
                ("auxcore::pci", "a consumer knows no PCI"),
                ("auxcore::function", "a consumer sees no function"),
                ("auxcore::vendor", "a consumer is no vendor"),
                ("auxcore::ring", "a consumer has no command ring"),
                ("auxcore::owner", "a consumer does not own the channel"),
            ],
        }
    }

    /// Whether it is a vendor's: what decides about rights and taint must not be named in it.
    fn is_vendors(&self) -> bool {
        matches!(self, Self::Vendor(_) | Self::Half(..))
    }

    /// Whether words that name a vendor or C's PCI layer may stand in the code.
    fn is_neutral(&self) -> bool {
        matches!(self, Self::Bus | Self::Core | Self::Fwctl | Self::Class(_))
    }
}

/// Files of a neutral layer where such words must stand, and why.
const EXEMPT: &[(&str, &str)] = &[
    // kernel::fwctl names its four device types in a closed enum; this is the list of them.
    ("fwctl/kinds.rs", "mlx5"),
    ("fwctl/kinds.rs", "cxl"),
    ("core/pci.rs", "pci"),
    ("core/pci/", "pci"),
    // Declare the module, and no more; the root has the macro that makes a PCI driver of a vendor.
    ("core/auxcore.rs", "mod pci"),
    ("core/ffi.rs", "mod pci"),
];

fn exempt(file: &str, word: &str) -> bool {
    EXEMPT.iter().any(|(place, what)| {
        *what == word && (file == *place || place.ends_with('/') && file.starts_with(place))
    })
}

/// The names of the vendors.
fn vendors(crates: &Crates) -> BTreeSet<&str> {
    crates
        .iter()
        .filter_map(|one| match Layer::of(&one.directory) {
            Some(Layer::Vendor(vendor)) => Some(vendor),
            _ => None,
        })
        .collect()
}

/// Checks the layers of all crates.
pub fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let crates = Crates::read(tree)?;
    let vendors = vendors(&crates);
    let mut findings = Vec::new();
    for one in crates.iter() {
        let line = one.line.unwrap_or(0);
        let Some(layer) = Layer::of(&one.directory) else {
            let text = format!("the directory {} is no layer", one.directory);
            findings.push(Finding::new(RULES, line, text));
            continue;
        };
        for used in &one.uses {
            findings.extend(import(&crates, &layer, one, used, RULES, line));
        }
        let (found, named) = files(tree, &crates, &vendors, one, &layer)?;
        findings.extend(found);
        if let Some(line) = one.line {
            for unused in one.uses.difference(&named) {
                let text = format!(
                    "{} does not name {unused}: take it out of uses-{}",
                    one.name, one.name
                );
                findings.push(Finding::new(RULES, line, text));
            }
        }
    }
    Ok(findings)
}

/// Checks the files of one crate. Returns what is wrong, and the crates that they name.
fn files(
    tree: &Tree,
    crates: &Crates,
    vendors: &BTreeSet<&str>,
    one: &Crate,
    layer: &Layer<'_>,
) -> Result<(Vec<Finding>, BTreeSet<String>), Error> {
    let (mut findings, mut named) = (Vec::new(), BTreeSet::new());
    for file in tree.files() {
        let owner = crates.owner(file);
        if owner.is_none_or(|owner| owner.name != one.name) || *layer == Layer::Test {
            continue;
        }
        if layer.is_vendors() && (file.ends_with(".c") || file.ends_with(".h")) {
            findings.extend(rights::c(file, &tree.read(file)?));
        }
        if !file.ends_with(".rs") {
            continue;
        }
        let tokens = tokens::of_file(file, &tree.read(file)?)?;
        let found = Mentions::of(&tokens, &one.name);
        if layer.is_vendors() {
            findings.extend(rights::rust(file, &tokens, &found));
        }
        for (word, line) in found.first_words() {
            if word != one.name && crates.named(word).is_some() {
                named.insert(word.to_owned());
                findings.extend(import(crates, layer, one, word, file, line));
            }
        }
        findings.extend(paths(layer, file, &found));
        if layer.is_neutral() {
            findings.extend(words(vendors, file, &found));
        }
    }
    Ok((findings, named))
}

/// A finding if the layer may not import the crate, or Kbuild does not say that it does.
fn import(
    crates: &Crates,
    layer: &Layer<'_>,
    one: &Crate,
    used: &str,
    file: &str,
    line: usize,
) -> Option<Finding> {
    let text = match crates.named(used) {
        None => format!("{} uses {used}, which is no crate of the tree", one.name),
        Some(other) if !Layer::of(&other.directory).is_some_and(|other| layer.may_use(&other)) => {
            format!(
                "{} ({}) must not import {used} ({})",
                one.name, one.directory, other.directory
            )
        }
        Some(_) if !one.uses.contains(used) => {
            format!(
                "{} names {used}, which is not in uses-{}",
                one.name, one.name
            )
        }
        Some(_) => return None,
    };
    Some(Finding::new(file, line, text))
}

fn paths(layer: &Layer<'_>, file: &str, found: &Mentions) -> Vec<Finding> {
    layer
        .forbidden()
        .iter()
        .filter(|(path, _)| !(path.ends_with("::pci") && exempt(file, "pci")))
        .filter_map(|(path, why)| {
            let line = found.paths.get(*path)?;
            Some(Finding::new(
                file,
                *line,
                format!("{path} must not be named here: {why}"),
            ))
        })
        .collect()
}

/// Words of code, comments apart, that a file all vendors share must not have.
fn words(vendors: &BTreeSet<&str>, file: &str, found: &Mentions) -> Vec<Finding> {
    let mut findings = Vec::new();
    for word in &found.words {
        let small = word.to_lowercase();
        for vendor in vendors {
            if small.contains(vendor) && !exempt(file, vendor) {
                let text =
                    format!("`{word}` names the vendor {vendor} in a file that all vendors share");
                findings.push(Finding::new(file, 0, text));
            }
        }
        let module = small == "pci" && exempt(file, "mod pci");
        let names_it = small == "pci" || small.starts_with("pci_");
        if names_it && !module && !exempt(file, "pci") {
            findings.push(Finding::new(
                file,
                0,
                format!("`{word}`: only core/pci names PCI"),
            ));
        }
    }
    findings
}
