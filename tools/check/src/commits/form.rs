// SPDX-License-Identifier: GPL-2.0
//! The form of a commit message: `dir/sub: Imperative summary`, an empty line, and why.

#![forbid(unsafe_code)]

use super::Commit;

/// The longest line of a message.
const WIDTH: usize = 75;

/// Words that look like another form of a verb and are none.
const IMPERATIVE: &[&str] = &[
    "Bring", "Embed", "Exceed", "Feed", "Need", "Proceed", "Ring", "Seed", "Shed", "Speed",
    "String", "Bias", "Alias",
];

/// What is wrong with the form.
pub fn check(commit: &Commit) -> Vec<String> {
    let mut lines = commit.message.trim_end().lines();
    let subject = lines.next().unwrap_or_default();
    let mut texts = Vec::new();
    if subject.chars().count() > WIDTH {
        texts.push(format!("the summary is longer than {WIDTH} characters"));
    }
    match subject.split_once(": ") {
        None => texts.push("the summary is not `dir/sub: What is done`".to_owned()),
        Some((component, summary)) => {
            if !names_a_place(component, commit) {
                texts.push(format!("`{component}` is not where the change is"));
            }
            texts.extend(mood(summary));
        }
    }
    if lines.next().is_some_and(|line| !line.is_empty()) {
        texts.push("the second line is not empty".to_owned());
    }
    let body: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !is_trailer(line))
        .collect();
    if body.is_empty() {
        texts.push("the message does not say why".to_owned());
    }
    if body.iter().any(|line| {
        line.chars().count() > WIDTH && line.contains(' ') && !line.starts_with([' ', '\t'])
    }) {
        texts.push(format!(
            "a line of the message is longer than {WIDTH} characters"
        ));
    }
    texts
}

/// Whether the change is in this directory or file, or everywhere.
fn names_a_place(component: &str, commit: &Commit) -> bool {
    let below = format!("{component}/");
    component == "treewide" || commit.touches(|file| file == component || file.starts_with(&below))
}

/// What is wrong with the words after the colon.
fn mood(summary: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let word: &str = summary.split_whitespace().next().unwrap_or_default();
    if !word.starts_with(|first: char| first.is_uppercase()) {
        texts.push("what is done begins with a capital letter".to_owned());
    }
    if summary.ends_with('.') {
        texts.push("the summary ends with a full stop".to_owned());
    }
    let third_person = word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us");
    if !IMPERATIVE.contains(&word)
        && (word.ends_with("ed") || word.ends_with("ing") || third_person)
    {
        texts.push(format!("`{word}` is not an order to the code"));
    }
    texts
}

/// Whether a line is `Some-key: value`.
fn is_trailer(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(key, _)| {
        key.contains('-')
            && key
                .chars()
                .all(|one| one.is_ascii_alphabetic() || one == '-')
    })
}
