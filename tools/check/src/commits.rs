// SPDX-License-Identifier: GPL-2.0
//! Form, reviews and acknowledgments of commits; Documentation/process/maintainer-auxcore.rst says why.
//!
//! A role is the part before the `@` of an address in MAINTAINERS. A review or an acknowledgment says for which role it is
//! given in a remark at its end: `Reviewed-by: Name <address> # mlx5`.

#![forbid(unsafe_code)]

mod form;
mod roles;

use std::collections::BTreeSet;

use roles::Roles;

use crate::{acks, error::Error, finding::Finding, tree::Tree};

/// A commit.
pub struct Commit {
    /// The abbreviated hash.
    pub id: String,
    /// The author's address.
    pub author: String,
    /// The message.
    pub message: String,
    /// Letter of the change, and file.
    pub changes: Vec<(char, String)>,
}

/// A line `Key: Name <address> # role` of a message.
struct Trailer<'a> {
    address: &'a str,
    role: &'a str,
}

impl Commit {
    fn read(tree: &Tree, id: &str) -> Result<Self, Error> {
        let head = tree.git(&["show", "--no-patch", "--format=%h%n%ae%n%B", id])?;
        let mut parts = head.splitn(3, '\n');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        let (id_short, author, message) = (part(), part(), part());
        let changes = tree
            .git(&["show", "--format=", "--name-status", "--no-renames", id])?
            .lines()
            .filter_map(|line| {
                let (letter, file) = line.split_once('\t')?;
                Some((letter.chars().next()?, file.to_owned()))
            })
            .collect();
        Ok(Self {
            id: id_short,
            author,
            message,
            changes,
        })
    }

    fn trailers<'a>(&'a self, key: &'a str) -> impl Iterator<Item = Trailer<'a>> {
        self.message.lines().filter_map(move |line| {
            let rest = line.strip_prefix(key)?.strip_prefix(": ")?;
            let (person, role) = rest.split_once(" # ").unwrap_or((rest, ""));
            let address = person.split_once('<')?.1.trim_end().trim_end_matches('>');
            Some(Trailer {
                address,
                role: role.trim(),
            })
        })
    }

    fn touches(&self, what: impl Fn(&str) -> bool) -> bool {
        self.changes.iter().any(|(_, file)| what(file))
    }
}

/// Checks the commits of a range; merges have no rule.
pub fn check(tree: &Tree, range: &str, form_only: bool) -> Result<Vec<Finding>, Error> {
    let roles = Roles::read(tree)?;
    let mut findings = Vec::new();
    for id in tree
        .git(&["rev-list", "--reverse", "--no-merges", range])?
        .lines()
    {
        let commit = Commit::read(tree, id)?;
        let mut texts = form::check(&commit);
        if !form_only {
            texts.extend(reviews(&commit, &roles));
            texts.extend(acknowledgments(&commit, &roles));
        }
        findings.extend(
            texts
                .into_iter()
                .map(|text| Finding::new(commit.id.clone(), 0, text)),
        );
    }
    Ok(findings)
}

/// A change of what all vendors share is reviewed by two of them.
fn reviews(commit: &Commit, roles: &Roles) -> Option<String> {
    if !commit.touches(|file| roles.is_shared(file)) {
        return None;
    }
    let given: Vec<Trailer<'_>> = commit
        .trailers("Reviewed-by")
        .filter(|review| review.address != commit.author)
        .collect();
    let people: BTreeSet<&str> = given.iter().map(|review| review.address).collect();
    let vendors: BTreeSet<&str> = given
        .iter()
        .map(|review| review.role)
        .filter(|role| roles.vendors.contains(*role))
        .collect();
    let subsystems = given
        .iter()
        .any(|review| roles.subsystems.contains(review.role));
    // While the tree has one vendor, a subsystem stands in for the second.
    let enough = vendors.len() >= 2 || roles.vendors.len() < 2 && vendors.len() == 1 && subsystems;
    if enough && people.len() >= 2 {
        return None;
    }
    Some(format!(
        "changes what all vendors share, and has reviews of {} people for the vendors [{}]: it needs two of each, none of \
         them the author",
        people.len(),
        vendors.into_iter().collect::<Vec<_>>().join(", ")
    ))
}

/// A change of a user interface is acknowledged by every subsystem, and recorded in the list of acknowledgments.
fn acknowledgments(commit: &Commit, roles: &Roles) -> Vec<String> {
    if !commit.touches(roles::is_user_interface) {
        return Vec::new();
    }
    let given: BTreeSet<&str> = commit
        .trailers("Acked-by")
        .filter(|acknowledgment| acknowledgment.address != commit.author)
        .map(|acknowledgment| acknowledgment.role)
        .collect();
    let mut texts: Vec<String> = roles
        .subsystems
        .iter()
        .filter(|role| !given.contains(role.as_str()))
        .map(|role| format!("changes a user interface, and has no Acked-by for {role}"))
        .collect();
    if commit.touches(acks::is_interface) && !commit.touches(|file| file == acks::FILE) {
        texts.push(format!(
            "changes a user interface, and no line of {}",
            acks::FILE
        ));
    }
    texts
}
