// SPDX-License-Identifier: GPL-2.0
//! The rules of the tree that need more than grep: one subcommand each.
//!
//! A finding is a line `FILE:LINE: TEXT` on standard output. Exit status: 0 if there is none, 1 if there is one, 2 if the
//! rule could not be checked.

#![forbid(unsafe_code)]

mod abi;
mod acks;
mod commits;
mod error;
mod finding;
mod forbid;
mod kbuild;
mod layers;
mod length;
mod public;
mod requirements;
mod safety;
mod scopes;
mod tokens;
mod tree;
mod uses;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{error::Error, finding::Finding, tree::Tree};

/// Checks the rules of the tree.
#[derive(Parser)]
struct Arguments {
    /// The tree to check.
    #[arg(long, default_value = ".")]
    tree: PathBuf,
    #[command(subcommand)]
    rule: Rule,
}

/// The rules.
#[derive(Subcommand)]
enum Rule {
    /// Who may import whom, and who may name what.
    Layers,
    /// Public items of the shared crates that nobody outside their crate uses.
    Public,
    /// Files that forbid unsafe code, and those that need not.
    Forbid,
    /// A reason at every unsafe block, and a contract at every unsafe function.
    Safety,
    /// Documentation/userspace-api shows the scope tables as they are.
    Scopes {
        /// Print what the document of this vendor must be.
        #[arg(long, value_name = "VENDOR")]
        print: Option<scopes::Vendor>,
    },
    /// The length of kernel Rust files.
    Length,
    /// The form of the files in Documentation/ABI.
    Abi,
    /// uapi/ACKS names every user interface in uapi/, and who acknowledged it.
    Acks,
    /// Every proof that Documentation/requirements.rst names exists.
    Requirements {
        /// A file with the names of all suites, one a line, as `tests/run --list` prints them.
        #[arg(long)]
        suites: PathBuf,
        /// A file with the names of all checks, one a line, as `tools/check/run --list` prints them.
        #[arg(long)]
        checks: PathBuf,
    },
    /// Form, reviews and acknowledgments of commits.
    Commits {
        /// The commits, as `git rev-list` understands them.
        range: String,
        /// Only the form of the message.
        #[arg(long)]
        form: bool,
    },
}

fn check(arguments: &Arguments) -> Result<Vec<Finding>, Error> {
    let tree = Tree::open(&arguments.tree)?;
    match &arguments.rule {
        Rule::Layers => layers::check(&tree),
        Rule::Public => public::check(&tree),
        Rule::Forbid => forbid::check(&tree),
        Rule::Safety => safety::check(&tree),
        Rule::Scopes { print } => scopes::check(&tree, *print),
        Rule::Length => length::check(&tree),
        Rule::Abi => abi::check(&tree),
        Rule::Acks => acks::check(&tree),
        Rule::Requirements { suites, checks } => requirements::check(&tree, suites, checks),
        Rule::Commits { range, form } => commits::check(&tree, range, *form),
    }
}

fn main() -> ExitCode {
    match check(&Arguments::parse()) {
        Ok(mut findings) => {
            findings.sort();
            findings.dedup();
            for finding in &findings {
                println!("{finding}");
            }
            ExitCode::from(u8::from(!findings.is_empty()))
        }
        Err(error) => {
            eprintln!("auxcore-check: {error}");
            ExitCode::from(2)
        }
    }
}
