// SPDX-License-Identifier: GPL-2.0
//! A reason at every unsafe block and implementation, and a contract at every unsafe function and trait.
//!
//! clippy has lints of the same kind; this one also sees what stands in macros, needs no build, and knows no exception.

#![forbid(unsafe_code)]

use crate::{
    error::Error,
    finding::Finding,
    tokens::{self, Token},
    tree::Tree,
};

/// Checks every Rust file of the tree.
pub fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for file in tree.files().filter(|file| file.ends_with(".rs")) {
        let text = tree.read(file)?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let tokens = tokens::of_file(file, &text)?;
        for (index, token) in tokens.iter().enumerate() {
            if !token.word || token.text != "unsafe" {
                continue;
            }
            let rest = tokens.get(index + 1..).unwrap_or_default();
            let before = tokens.get(..index).unwrap_or_default();
            if let Some(text) = missing(before, rest, &lines, token.line) {
                findings.push(Finding::new(file, token.line, text));
            }
        }
    }
    Ok(findings)
}

/// What is missing at an `unsafe` on this line.
fn missing(before: &[Token], rest: &[Token], lines: &[&str], line: usize) -> Option<&'static str> {
    let words: Vec<&str> = rest
        .iter()
        .take(4)
        .map(|token| token.text.as_str())
        .collect();
    match words.as_slice() {
        // `unsafe fn(...)` is a type, not a function.
        ["fn", "(", ..] | ["extern", _, "fn", "("] => None,
        ["fn", ..] | ["extern", _, "fn", ..] => {
            let documented = in_trait_impl(before)
                || comment_above(lines, line, "# Safety")
                || comment_above(lines, line, "SAFETY:");
            (!documented).then_some("this unsafe function has no section `# Safety`")
        }
        ["trait", ..] => (!comment_above(lines, line, "# Safety"))
            .then_some("this unsafe trait has no section `# Safety`"),
        ["impl", ..] => (!comment_above(lines, line, "SAFETY:"))
            .then_some("this unsafe implementation has no SAFETY comment"),
        _ => (!comment_above(lines, line, "SAFETY:"))
            .then_some("this unsafe block has no SAFETY comment"),
    }
}

/// Whether the innermost open block belongs to `impl ... for ...`: the trait has the contract then.
fn in_trait_impl(before: &[Token]) -> bool {
    let mut depth = 0_usize;
    for (index, token) in before.iter().enumerate().rev() {
        match token.text.as_str() {
            "}" => depth += 1,
            "{" if depth > 0 => depth -= 1,
            "{" => {
                let head = before.get(..index).unwrap_or_default();
                let head = head
                    .rsplit(|one| matches!(one.text.as_str(), ";" | "}" | "{"))
                    .next();
                let head = head.unwrap_or_default();
                return head.iter().any(|one| one.text == "impl")
                    && head.iter().any(|one| one.text == "for");
            }
            _ => {}
        }
    }
    false
}

/// Whether the comment above the statement that holds this line, or one on the line itself, has the text.
fn comment_above(lines: &[&str], line: usize, text: &str) -> bool {
    let is_comment = |line: &str| line.starts_with("//");
    let at = |number: usize| {
        lines
            .get(number.wrapping_sub(1))
            .copied()
            .unwrap_or_default()
    };
    if at(line)
        .split_once("//")
        .is_some_and(|(_, comment)| comment.contains(text))
    {
        return true;
    }
    let mut above = line.saturating_sub(1);
    // Up to the statement's first line.
    while above > 0 && !is_comment(at(above)) && !ends_statement(at(above)) {
        above -= 1;
    }
    while above > 0 && (is_comment(at(above)) || at(above).starts_with("#[")) {
        if at(above).contains(text) {
            return true;
        }
        above -= 1;
    }
    false
}

/// Whether what follows this line is a new statement or item.
fn ends_statement(line: &str) -> bool {
    let attribute = line.starts_with("#[");
    !attribute && (line.is_empty() || line.ends_with([';', '{', '}']))
}
