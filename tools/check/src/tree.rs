// SPDX-License-Identifier: GPL-2.0
//! The tree that is checked: its files as git knows them, whether committed yet or not.

#![forbid(unsafe_code)]

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::error::Error;

/// A checkout.
pub struct Tree {
    root: PathBuf,
    files: Vec<String>,
}

impl Tree {
    /// Lists the files of the checkout at `root`.
    pub fn open(root: &Path) -> Result<Self, Error> {
        let mut tree = Self {
            root: root.to_owned(),
            files: Vec::new(),
        };
        let list = tree.git(&["ls-files", "--cached", "--others", "--exclude-standard"])?;
        tree.files = list
            .lines()
            .filter(|file| tree.root.join(file).is_file())
            .map(str::to_owned)
            .collect();
        tree.files.sort();
        tree.files.dedup();
        Ok(tree)
    }

    /// What a git command prints.
    pub fn git(&self, arguments: &[&str]) -> Result<String, Error> {
        let failed = |text: String| Error::Git {
            command: arguments.join(" "),
            text,
        };
        let output = Command::new("git")
            .arg("-C")
            .arg(&self.root)
            .args(arguments)
            .output()
            .map_err(|error| failed(error.to_string()))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()))
        }
    }

    /// What make prints when it makes a target of these rules.
    pub fn make(&self, rules: &str, target: &str) -> Result<String, Error> {
        let failed = |error: io::Error| Error::Make(error.to_string());
        let mut make = Command::new("make")
            .arg("-s")
            .arg("-C")
            .arg(&self.root)
            .args(["--no-print-directory", "-f", "-", target])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(mut input) = make.stdin.take() {
            input.write_all(rules.as_bytes()).map_err(failed)?;
        }
        let output = make.wait_with_output().map_err(failed)?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(Error::Make(
                String::from_utf8_lossy(&output.stderr).into_owned(),
            ))
        }
    }

    /// All files, sorted, relative to the tree.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// The Rust files of the kernel crates: those below the directories whose code may be loaded into a user's kernel.
    pub fn kernel_rust(&self) -> impl Iterator<Item = &str> {
        self.files().filter(|file| {
            let rust = Path::new(file).extension().is_some_and(|end| end == "rs");
            rust && SHIPPED.iter().any(|directory| file.starts_with(directory))
        })
    }

    /// Whether the tree has this file or directory.
    pub fn has(&self, path: &str) -> bool {
        let directory = format!("{}/", path.trim_end_matches('/'));
        self.files()
            .any(|file| file == path || file.starts_with(&directory))
    }

    /// The text of a file.
    pub fn read(&self, file: &str) -> Result<String, Error> {
        read(&self.root.join(file))
    }
}

/// Where the crates live that a user loads.
const SHIPPED: &[&str] = &["aux/", "core/", "fwctl/", "consumers/"];

/// The text of any file.
pub fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}
