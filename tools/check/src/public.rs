// SPDX-License-Identifier: GPL-2.0
//! Public items of the shared crates (`aux/` and `core/`) that nobody outside their crate uses.
//!
//! Every item that can be named from outside counts: functions, types, traits, constants, macros, and their public methods,
//! constants and fields. Users are the other kernel crates and the crates below `tests/` and `tools/` that name the crate;
//! the unit tests of the pure files, which see private items too, are none. An item is used if
//!
//! - a user names it, through whatever `use`; a method also by `.name`, since the type is not known here;
//! - it stands in the signature of an item that is used, or in the body of a macro that is;
//! - it is a method that a used trait demands of its implementors.

#![forbid(unsafe_code)]

mod items;
mod modules;

use std::collections::{BTreeMap, BTreeSet};

use items::{Item, Kind, Member};

use crate::{
    error::Error,
    finding::Finding,
    kbuild::{Crate, Crates},
    tokens,
    tree::Tree,
    uses::Mentions,
};

/// The directories of the shared crates.
const SHARED: &[&str] = &["aux", "core"];

/// Directories whose files see the crates from inside, or are no kernel code.
const NO_USERS: &[&str] = &["tests/pure/", "tests/kunit/", "uapi/"];

/// Checks the shared crates.
pub fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let crates = Crates::read(tree)?;
    let mut findings = Vec::new();
    for one in crates
        .iter()
        .filter(|one| SHARED.contains(&one.directory.as_str()))
    {
        let items = items::of_crate(tree, one)?;
        let mut users = users(tree, &crates, one)?;
        users.extend(macros(&items, &users, one)?);
        findings.extend(unused(&items, &users));
    }
    Ok(findings)
}

/// What every file of the users of a crate mentions.
fn users(tree: &Tree, crates: &Crates, one: &Crate) -> Result<Vec<Mentions>, Error> {
    let mut units: BTreeMap<String, Vec<Mentions>> = BTreeMap::new();
    for file in tree.files() {
        let rust = file.ends_with(".rs") || file.contains(".rs.");
        if !rust || NO_USERS.iter().any(|directory| file.starts_with(directory)) {
            continue;
        }
        let unit = match crates.owner(file) {
            Some(owner) if owner.name == one.name => continue,
            Some(owner) => owner.name.clone(),
            None => file
                .rsplit_once('/')
                .map_or("", |(directory, _)| directory)
                .to_owned(),
        };
        let text = without_holes(&tree.read(file)?);
        let mentions = Mentions::of(&tokens::of_file(file, &text)?, "");
        units.entry(unit).or_default().push(mentions);
    }
    Ok(units
        .into_values()
        .filter(|files| files.iter().any(|file| file.has(&one.name)))
        .flatten()
        .collect())
}

/// A template with a word in place of each `@HOLE@`.
fn without_holes(text: &str) -> String {
    let mut filled = String::new();
    for line in text.split_inclusive('\n') {
        let mut parts = line.split('@').peekable();
        let mut closed = true;
        while let Some(part) = parts.next() {
            let hole = !closed && parts.peek().is_some();
            let word = !part.is_empty()
                && part
                    .chars()
                    .all(|one| one.is_ascii_alphanumeric() || one == '_');
            if hole && word {
                filled.push_str("hole");
                closed = true;
            } else {
                if !closed {
                    filled.push('@');
                }
                filled.push_str(part);
                closed = false;
            }
        }
    }
    filled
}

/// What the bodies of the macros that are used mention.
fn macros(items: &[Item], users: &[Mentions], one: &Crate) -> Result<Vec<Mentions>, Error> {
    let mut found = Vec::new();
    for item in items {
        if let (Kind::Macro(body), true) = (&item.kind, named(item, users)) {
            found.push(Mentions::of(&tokens::of_file(&item.file, body)?, &one.name));
        }
    }
    Ok(found)
}

/// Whether a user names the item.
fn named(item: &Item, users: &[Mentions]) -> bool {
    item.paths.iter().any(|path| {
        let parent = path.rsplit_once("::").map_or("", |(parent, _)| parent);
        let all = format!("{parent}::*");
        users
            .iter()
            .any(|user| user.has(path) || user.has(&all) && user.words.contains(&item.name))
    })
}

/// Whether a user names the member of an item that is used.
fn member_named(item: &Item, member: &Member, users: &[Mentions]) -> bool {
    let of = |owner: &str| (owner.to_owned(), member.name.clone());
    users.iter().any(|user| {
        user.members.contains(&of(&item.name))
            || user.members.contains(&of(">"))
            || member.dotted
                && (user.dotted.contains(&member.name) || user.defined.contains(&member.name))
            || member.field && user.words.contains(&member.name)
    })
}

fn unused(items: &[Item], users: &[Mentions]) -> Vec<Finding> {
    let mut used: BTreeSet<usize> = (0..)
        .zip(items)
        .filter(|(_, item)| named(item, users))
        .map(|(at, _)| at)
        .collect();
    // What stands in the signatures of what is used, until nothing is added.
    loop {
        let mut words: BTreeSet<&String> = BTreeSet::new();
        for item in used.iter().filter_map(|at| items.get(*at)) {
            words.extend(&item.words);
            for member in &item.members {
                if member.demanded || member_named(item, member, users) {
                    words.extend(&member.words);
                }
            }
        }
        let before = used.len();
        used.extend(
            (0..)
                .zip(items)
                .filter(|(_, item)| words.contains(&item.name))
                .map(|(at, _)| at),
        );
        if used.len() == before {
            break;
        }
    }
    let mut findings = Vec::new();
    for (at, item) in (0..).zip(items) {
        if item.paths.is_empty() {
            continue;
        }
        let path = item
            .paths
            .first()
            .map_or(item.name.as_str(), String::as_str);
        if !used.contains(&at) {
            findings.push(Finding::new(
                &item.file,
                item.line,
                format!("nobody outside the crate uses {path}"),
            ));
            continue;
        }
        for member in &item.members {
            if !member.demanded && !member_named(item, member, users) {
                let text = format!("nobody outside the crate uses {path}::{}", member.name);
                findings.push(Finding::new(&member.file, member.line, text));
            }
        }
    }
    findings
}
