// SPDX-License-Identifier: GPL-2.0
//! Who stands for what: the roles of MAINTAINERS.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use crate::{error::Error, tree::Tree};

/// The roles that the rules about reviews know.
#[derive(Default)]
pub struct Roles {
    /// Of the plugins: the maintainers of `core/<vendor>/`.
    pub vendors: BTreeSet<String>,
    /// Of the subsystems: the maintainers of `uapi/`.
    pub subsystems: BTreeSet<String>,
    /// Directories of vendors.
    directories: BTreeSet<String>,
}

impl Roles {
    /// Reads MAINTAINERS.
    pub fn read(tree: &Tree) -> Result<Self, Error> {
        let mut roles = Self::default();
        for section in tree.read("MAINTAINERS")?.split("\n\n") {
            let lines = |letter: &'static str| {
                section
                    .lines()
                    .filter_map(move |line| Some(line.strip_prefix(letter)?.trim()))
            };
            let people: Vec<String> = lines("M:")
                .filter_map(|person| Some(person.split_once('<')?.1.split_once('@')?.0.to_owned()))
                .collect();
            for place in lines("F:") {
                let vendor = place
                    .strip_prefix("core/")
                    .and_then(|rest| rest.strip_suffix('/'));
                if place == "uapi/" {
                    roles.subsystems.extend(people.iter().cloned());
                } else if vendor.is_some_and(|vendor| vendor != "class" && !vendor.contains('/')) {
                    roles.directories.insert(place.to_owned());
                    roles.vendors.extend(people.iter().cloned());
                }
            }
        }
        Ok(roles)
    }

    /// Whether all vendors depend on this file.
    pub fn is_shared(&self, file: &str) -> bool {
        let core = file.starts_with("core/")
            && !self
                .directories
                .iter()
                .any(|vendor| file.starts_with(vendor));
        core || file.starts_with("aux/")
    }
}

/// Whether the file describes what user programs see.
pub fn is_user_interface(file: &str) -> bool {
    file.starts_with("uapi/") || file.starts_with("Documentation/ABI/")
}
