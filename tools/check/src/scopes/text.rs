// SPDX-License-Identifier: GPL-2.0
//! The parts of a document.

#![forbid(unsafe_code)]

/// How long a line of a paragraph is at most.
pub const WIDTH: usize = 80;

/// Begins a document that is made from `sources`.
pub fn document(sources: &str, title: &str) -> String {
    let mut text = String::new();
    line(&mut text, ".. SPDX-License-Identifier: GPL-2.0");
    line(
        &mut text,
        &format!(".. Made from {sources} by `make scopes`."),
    );
    line(&mut text, "");
    heading(&mut text, title, '=');
    text
}

/// Ends a document.
pub fn ended(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// A heading, underlined with the mark.
pub fn heading(text: &mut String, title: &str, mark: char) {
    line(text, title);
    line(text, &mark.to_string().repeat(title.len()));
    line(text, "");
}

/// A paragraph, wrapped.
pub fn paragraph(text: &mut String, words: &str) {
    let mut filled = String::new();
    for word in words.split_whitespace() {
        if !filled.is_empty() && filled.len() + 1 + word.len() > WIDTH {
            line(text, &filled);
            filled.clear();
        }
        if !filled.is_empty() {
            filled.push(' ');
        }
        filled.push_str(word);
    }
    line(text, &filled);
    line(text, "");
}

/// The words as a sentence.
pub fn sentence(words: &str) -> String {
    let mut sentence = words.to_owned();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence.push('.');
    sentence
}

/// A table without a head.
pub fn table<const COLUMNS: usize>(text: &mut String, rows: &[[String; COLUMNS]]) {
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(String::len).max().unwrap_or(0).max(6)
    });
    let rule = widths.map(|width| "=".repeat(width)).join("  ");
    line(text, &rule);
    for row in rows {
        let cells = row.iter().zip(widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        line(text, cells.join("  ").trim_end());
    }
    line(text, &rule);
    line(text, "");
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}
