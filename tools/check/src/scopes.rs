// SPDX-License-Identifier: GPL-2.0
//! The documents that show what a user program may have a device execute are those made from the
//! tables that decide it.
//!
//! The tables are compiled into this program from the vendors' own files.

#![forbid(unsafe_code)]

mod cxl;
mod mlx5;
mod text;

use clap::ValueEnum;

use crate::{error::Error, finding::Finding, tree::Tree};

/// A vendor with such a document.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Vendor {
    Cxl,
    Mlx5,
}

impl Vendor {
    const fn file(self) -> &'static str {
        match self {
            Self::Cxl => "Documentation/userspace-api/fwctl-cxl-scopes.rst",
            Self::Mlx5 => "Documentation/userspace-api/fwctl-mlx5-scopes.rst",
        }
    }

    fn document(self) -> String {
        match self {
            Self::Cxl => cxl::document(),
            Self::Mlx5 => mlx5::document(),
        }
    }
}

/// Checks the documents, or prints what one of them must be.
pub fn check(tree: &Tree, print: Option<Vendor>) -> Result<Vec<Finding>, Error> {
    if let Some(vendor) = print {
        print!("{}", vendor.document());
        return Ok(Vec::new());
    }
    let mut findings = Vec::new();
    for vendor in Vendor::value_variants() {
        let (expected, found) = (vendor.document(), tree.read(vendor.file())?);
        if found != expected {
            let same = found
                .lines()
                .zip(expected.lines())
                .take_while(|(found, expected)| found == expected);
            let text = "not what the tables say: run `make scopes`";
            findings.push(Finding::new(vendor.file(), same.count() + 1, text));
        }
    }
    Ok(findings)
}
