// SPDX-License-Identifier: GPL-2.0
//! Where unsafe code may stand.
//!
//! Every Rust file begins, after its licence line and its documentation, with `#![forbid(unsafe_code)]`. What a file forbids
//! is forbidden in the files of its modules too, so these cannot say it, and must hold no `unsafe` if they are not the place
//! for it:
//!
//! - files named `ffi.rs` or `dma.rs`, the only ones where `unsafe` may stand;
//! - files with a module of that kind below them, which hold nothing unsafe themselves: roots of crates, and parents.

#![forbid(unsafe_code)]

use std::{collections::BTreeSet, path::Path};

use crate::{error::Error, finding::Finding, tokens, tree::Tree};

/// Checks every Rust file of the tree.
pub fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let files: Vec<&str> = tree.files().filter(|file| file.ends_with(".rs")).collect();
    for file in &files {
        let text = tree.read(file)?;
        let tokens = tokens::of_file(file, &text)?;
        let unsafe_at = tokens
            .iter()
            .find(|token| token.word && token.text == "unsafe");
        if is_place(file) {
            let kernel = tree.kernel_rust().any(|other| other == *file);
            if kernel
                && unsafe_at.is_none()
                && !modules(&tokens).iter().any(|name| is_place_name(name))
            {
                findings.push(Finding::new(
                    *file,
                    0,
                    "holds no unsafe code: give it another name, and let it forbid that",
                ));
            }
            continue;
        }
        if let Some(token) = unsafe_at {
            findings.push(Finding::new(
                *file,
                token.line,
                "unsafe code stands only in ffi.rs and dma.rs",
            ));
        }
        let forbids = forbids_at_head(&text);
        let parent = has_place_below(file, &tokens, &files);
        if !forbids && !parent {
            findings.push(Finding::new(
                *file,
                1,
                "does not begin with #![forbid(unsafe_code)]",
            ));
        }
    }
    Ok(findings)
}

fn is_place_name(module: &str) -> bool {
    matches!(module, "ffi" | "dma")
}

/// Whether `unsafe` may stand in this file.
fn is_place(file: &str) -> bool {
    let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str());
    stem.is_some_and(is_place_name)
}

/// The modules that a file declares without a body.
fn modules(tokens: &[tokens::Token]) -> BTreeSet<String> {
    tokens
        .windows(3)
        .filter_map(|three| match three {
            [word, name, end] if word.text == "mod" && name.word && end.text == ";" => {
                Some(name.text.clone())
            }
            _ => None,
        })
        .collect()
}

/// Whether one of the file's modules, at any depth, is a place for unsafe code.
fn has_place_below(file: &str, tokens: &[tokens::Token], files: &[&str]) -> bool {
    let declared = modules(tokens);
    if declared.iter().any(|name| is_place_name(name)) {
        return true;
    }
    // A module that is not a leaf has a directory of its name beside or below the file that declares it.
    let (directory, stem) = match file.rsplit_once('/') {
        Some((directory, name)) => (directory, name.trim_end_matches(".rs")),
        None => ("", file.trim_end_matches(".rs")),
    };
    let below = [format!("{directory}/"), format!("{directory}/{stem}/")];
    declared.iter().any(|module| {
        below.iter().any(|beginning| {
            let inner = format!("{beginning}{module}/");
            files
                .iter()
                .any(|other| other.starts_with(&inner) && is_place(other))
        })
    })
}

/// Whether the first thing after comments is the attribute.
fn forbids_at_head(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("//"))
        == Some("#![forbid(unsafe_code)]")
}
