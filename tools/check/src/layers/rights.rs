// SPDX-License-Identifier: GPL-2.0
//! What only the subsystem's core decides: who may do what, and whether the kernel is tainted by it.
//!
//! A vendor's code, Rust or C, says the lowest scope of a request and executes it. It cannot ask for a capability in the
//! caller's place, nor taint the kernel or keep it from being tainted, because it has no name for any of that.

#![forbid(unsafe_code)]

use crate::{finding::Finding, tokens::Token, uses::Mentions};

/// Modules of the kernel crate that lead there.
const PATHS: &[&str] = &["kernel::cred", "kernel::security", "kernel::fs"];

const WHY: &str = "capabilities, credentials and taint are the business of the subsystem's core";

/// Whether a word of code names a function, a type or a constant of those, as C and the bindings call them.
fn is_forbidden(word: &str) -> bool {
    let small = word.to_lowercase();
    let mut parts = small.split('_');
    let about = |part: &str| matches!(part, "taint" | "tainted" | "lockdown" | "cred" | "creds");
    let constant = ["CAP_SYS_", "CAP_NET_"];
    parts.any(about)
        || small == "capable"
        || small.starts_with("capable_")
        || small.contains("ns_capable")
        || small.contains("has_capability")
        || small.contains("locked_down")
        // Gives a symbol another name.
        || small == "link_name"
        || constant.iter().any(|begin| word.starts_with(begin))
}

fn finding(file: &str, line: usize, name: &str) -> Finding {
    Finding::new(
        file,
        line,
        format!("`{name}` must not be named here: {WHY}"),
    )
}

/// Checks a Rust file of a vendor.
pub fn rust(file: &str, tokens: &[Token], found: &Mentions) -> Vec<Finding> {
    let words = tokens
        .iter()
        .filter(|token| token.word && is_forbidden(&token.text))
        .map(|token| finding(file, token.line, &token.text));
    let paths = PATHS
        .iter()
        .filter_map(|path| Some(finding(file, *found.paths.get(*path)?, path)));
    words.chain(paths).collect()
}

/// Checks a C file of a vendor.
pub fn c(file: &str, text: &str) -> Vec<Finding> {
    (1..)
        .zip(code(text).lines())
        .flat_map(|(line, code)| {
            code.split(|character: char| !character.is_alphanumeric() && character != '_')
                .filter(|word| is_forbidden(word))
                .map(|word| finding(file, line, word))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// C without comments and texts; lines stay where they are.
fn code(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let end = if rest.starts_with("/*") {
            rest.find("*/").map(|at| at + 2)
        } else if rest.starts_with("//") {
            rest.find('\n')
        } else if next == '"' {
            text_end(rest)
        } else {
            kept.push(next);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
            continue;
        };
        let (skipped, after) = rest.split_at(end.unwrap_or(rest.len()));
        kept.extend(skipped.chars().filter(|character| *character == '\n'));
        kept.push(' ');
        rest = after;
    }
    kept
}

/// Where the text that `rest` begins with ends.
fn text_end(rest: &str) -> Option<usize> {
    let mut escaped = false;
    rest.char_indices().skip(1).find_map(|(at, character)| {
        let end = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        end.then_some(at + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_about_rights_is_forbidden_and_what_only_sounds_like_it_is_not() {
        for word in [
            "add_taint",
            "TAINT_FWCTL",
            "taint_flag",
            "capable",
            "ns_capable",
            "capable_wrt_inode_uidgid",
            "file_ns_capable",
            "has_capability_noaudit",
            "CAP_SYS_RAWIO",
            "current_cred",
            "security_locked_down",
            "LOCKDOWN_PCI_ACCESS",
            "link_name",
        ] {
            assert!(is_forbidden(word), "{word}");
        }
        for word in [
            "capabilities",
            "CAP_TOOLS_RESOURCES",
            "credit",
            "incapable",
            "maintain",
            "roce_capable",
        ] {
            assert!(!is_forbidden(word), "{word}");
        }
    }

    #[test]
    fn comments_and_texts_of_c_are_no_code_and_lines_stay() {
        let text =
            "/* capable\n * capable */ a\nb; // capable\nc(\"capable \\\" capable\", capable);\n";
        let lines: Vec<String> = c("x.c", text).iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 1);
        assert!(lines[0].starts_with("x.c:4: "), "{lines:?}");
    }
}
