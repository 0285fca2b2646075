// SPDX-License-Identifier: GPL-2.0
//! What a file mentions of other crates: its `use` items, and its paths with those applied.

#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};

use crate::tokens::{chains, Token};

/// What a file mentions.
#[derive(Debug, Default)]
pub struct Mentions {
    /// Full paths, and all their beginnings, with the first line.
    pub paths: BTreeMap<String, usize>,
    /// Names that follow a dot: fields and methods.
    pub dotted: BTreeSet<String>,
    /// Names that a function of this file has.
    pub defined: BTreeSet<String>,
    /// What follows a type of this name, or `>` or `Self`, after `::`.
    pub members: BTreeSet<(String, String)>,
    /// All words.
    pub words: BTreeSet<String>,
}

impl Mentions {
    /// Reads the tokens of a file. `home` is what `$crate` stands for.
    pub fn of(tokens: &[Token], home: &str) -> Self {
        let imports = imports(tokens);
        let mut found = Self::default();
        for (path, line) in imports.values() {
            found.mention(path, *line);
        }
        for chain in chains(tokens) {
            let Some(first) = chain.words.first() else {
                continue;
            };
            found.words.extend(chain.words.iter().cloned());
            match chain.before.as_str() {
                "." => {
                    found.dotted.insert(first.clone());
                }
                "fn" => {
                    found.defined.insert(first.clone());
                }
                "::" => {
                    found.members.insert((">".to_owned(), first.clone()));
                }
                _ => {
                    let head = match imports.get(first) {
                        Some((path, _)) => path.clone(),
                        None if first == "$crate" => vec![home.to_owned()],
                        None => vec![first.clone()],
                    };
                    let path: Vec<String> = head
                        .into_iter()
                        .chain(chain.words.iter().skip(1).cloned())
                        .collect();
                    for pair in path.windows(2) {
                        if let [owner, name] = pair {
                            found.members.insert((owner.clone(), name.clone()));
                        }
                    }
                    found.mention(&path, chain.line);
                }
            }
        }
        found
    }

    fn mention(&mut self, path: &[String], line: usize) {
        let mut beginning = String::new();
        for word in path {
            if !beginning.is_empty() {
                beginning.push_str("::");
            }
            beginning.push_str(word);
            let known = self.paths.entry(beginning.clone()).or_insert(line);
            *known = line.min(*known);
        }
    }

    /// Whether a path or something below it is mentioned.
    pub fn has(&self, path: &str) -> bool {
        self.paths.contains_key(path)
    }

    /// The words that a path which is mentioned begins with, with their lines.
    pub fn first_words(&self) -> impl Iterator<Item = (&str, usize)> {
        self.paths
            .iter()
            .filter(|(path, _)| !path.contains("::"))
            .map(|(path, line)| (path.as_str(), *line))
    }
}

/// Names in scope through `use`: the name, what it stands for, and the line.
type Imports = BTreeMap<String, (Vec<String>, usize)>;

fn imports(tokens: &[Token]) -> Imports {
    let mut found = Imports::new();
    let mut before = ";";
    for (index, token) in tokens.iter().enumerate() {
        if token.text == "use" && matches!(before, ";" | "{" | "}" | "]" | "pub" | ")") {
            let after = tokens.get(index + 1..).unwrap_or_default();
            let end = after.iter().position(|one| one.text == ";");
            tree(
                after.get(..end.unwrap_or(0)).unwrap_or_default(),
                &[],
                &mut found,
            );
        }
        before = &token.text;
    }
    found
}

/// One tree of a `use` item: `a::b`, `a as b`, `a::*`, `a::{b, c}`.
fn tree(tokens: &[Token], prefix: &[String], found: &mut Imports) {
    let mut path = prefix.to_vec();
    let mut rest = tokens.iter().enumerate();
    let mut name = None;
    let mut line = 0;
    while let Some((index, token)) = rest.next() {
        line = token.line;
        match token.text.as_str() {
            "::" => {}
            "*" => {
                path.push("*".to_owned());
                name = Some(path.join("::"));
                break;
            }
            "as" => {
                name = rest.next().map(|(_, alias)| alias.text.clone());
                break;
            }
            "{" => {
                for part in parts(tokens.get(index + 1..).unwrap_or_default()) {
                    tree(part, &path, found);
                }
                return;
            }
            "self" if !path.is_empty() => {}
            word => path.push(word.to_owned()),
        }
    }
    if let Some(name) = name.or_else(|| path.last().cloned()) {
        found.insert(name, (path, line));
    }
}

/// The parts of a group that commas divide, up to the group's end.
fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let mut found = Vec::new();
    let (mut depth, mut begin) = (0, 0);
    for (index, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" if depth > 0 => depth -= 1,
            "," | "}" if depth == 0 => {
                found.push(tokens.get(begin..index).unwrap_or_default());
                begin = index + 1;
                if token.text == "}" {
                    break;
                }
            }
            _ => {}
        }
    }
    found.retain(|part| !part.is_empty());
    found
}
