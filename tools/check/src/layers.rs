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
                ("kernel::dma", "a consumer maps no memory"),
                ("auxcore::pci", "a consumer knows no PCI"),
                ("auxcore::dma", "a consumer maps no memory"),
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

    /// Whether it is a consumer's.
    fn is_consumers(&self) -> bool {
        matches!(self, Self::Fwctl | Self::Class(_) | Self::Half(..))
    }

    /// Whether all vendors share it: words that name one must not stand in the code.
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
        findings.extend(words(layer, vendors, file, &found));
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

/// Words of code, comments apart, that a file of the layer must not have: names of vendors, and what C's PCI and DMA
/// layers are called in `kernel::bindings`.
fn words(
    layer: &Layer<'_>,
    vendors: &BTreeSet<&str>,
    file: &str,
    found: &Mentions,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut say = |text: String| findings.push(Finding::new(file, 0, text));
    for word in &found.words {
        let small = word.to_lowercase();
        for vendor in vendors {
            if layer.is_neutral() && small.contains(vendor) && !exempt(file, vendor) {
                say(format!(
                    "`{word}` names the vendor {vendor} in a file that all vendors share"
                ));
            }
        }
        let module = small == "pci" && exempt(file, "mod pci");
        let names_pci = small == "pci" || small.starts_with("pci_");
        let may_not = layer.is_neutral() || layer.is_consumers();
        if may_not && names_pci && !module && !exempt(file, "pci") {
            say(format!("`{word}`: only core/pci names PCI"));
        }
        if layer.is_consumers() && small.starts_with("dma_") {
            say(format!("`{word}`: a consumer maps no memory"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSUMERS: [Layer<'_>; 3] = [
        Layer::Fwctl,
        Layer::Class("netdev"),
        Layer::Half("netdev", "acme"),
    ];

    /// What is wrong with this code in a file of the layer.
    fn wrong(layer: &Layer<'_>, code: &str) -> Vec<String> {
        let tokens = tokens::of_file("x.rs", code).unwrap();
        let found = Mentions::of(&tokens, "x");
        let vendors = BTreeSet::from(["acme"]);
        let mut findings = paths(layer, "x.rs", &found);
        findings.extend(words(layer, &vendors, "x.rs", &found));
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_consumer_names_neither_dma_nor_pci_and_a_vendor_may() {
        for code in [
            "use kernel::dma::Coherent;",
            "use kernel::{device, dma};",
            "use auxcore::dma as _;",
            "fn f(memory: &auxcore::dma::DmaBuf) {}",
            "use kernel::bindings::dma_alloc_attrs;",
            "fn f() { bindings::dma_map_page_attrs() }",
            "use kernel::bindings::pci_dev;",
            "fn f(dev: *mut bindings::pci_dev) {}",
            "use kernel::pci;",
        ] {
            for layer in &CONSUMERS {
                assert!(!wrong(layer, code).is_empty(), "{layer:?}: {code}");
            }
            assert!(wrong(&Layer::Vendor("acme"), code).is_empty(), "{code}");
        }
    }

    #[test]
    fn what_only_sounds_like_it_may_be_named() {
        for code in [
            "use kernel::bindings::net_device;",
            "fn dmabuf(address: u64) {}",
            "// kernel::dma, pci_dev",
            "const PCIE: u32 = 1;",
        ] {
            for layer in &CONSUMERS {
                assert_eq!(wrong(layer, code), [""; 0], "{layer:?}: {code}");
            }
        }
    }

    #[test]
    fn only_a_half_for_a_vendor_names_the_vendor() {
        let code = "struct AcmeQueue;";
        for layer in [
            Layer::Bus,
            Layer::Core,
            Layer::Fwctl,
            Layer::Class("netdev"),
        ] {
            assert!(!wrong(&layer, code).is_empty(), "{layer:?}");
        }
        assert!(wrong(&Layer::Half("netdev", "acme"), code).is_empty());
    }
}
