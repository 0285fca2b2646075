// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The tables as the documentation shows them.

use std::fmt::Write;

use crate::figures::Figures;
use crate::groups;
use crate::table::Row;

const HEAD: &str =
    ".. SPDX-License-Identifier: GPL-2.0\n\n.. Written by tools/bench/bench; not to be edited.\n";

/// Returns the figures, and where the instructions of a request are spent, as text to include.
pub(crate) fn text(rows: &[Row], upstream: &Figures, ours: &Figures) -> String {
    let head = ["", "C", "ours", "ratio", "goal"].map(str::to_owned);
    let mut lines = vec![head.to_vec()];
    lines.extend(rows.iter().map(|row| row.cells().map(spaced).to_vec()));
    let mut text = format!("{HEAD}\n{}", table(&lines));
    let lines = groups::cells(upstream, ours);
    if !lines.is_empty() {
        let lines: Vec<Vec<String>> = lines
            .into_iter()
            .map(|line| line.into_iter().map(spaced).collect())
            .collect();
        let _ = write!(
            text,
            "\nWhere the instructions are spent, mean of all intervals:\n\n{}",
            table(&lines)
        );
    }
    text
}

/// Puts a space between the thousands of a number that is one.
fn spaced(cell: String) -> String {
    if cell.len() < 4 || !cell.bytes().all(|byte| byte.is_ascii_digit()) {
        return cell;
    }
    let digits = cell.len();
    let mut text = String::new();
    for (at, digit) in cell.chars().enumerate() {
        if at > 0 && (digits - at) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Returns a table with a line of titles.
fn table(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column| {
        lines
            .iter()
            .filter_map(|line| line.get(column))
            .map(String::len)
            .max()
    };
    let widths: Vec<usize> = (0..columns)
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let rule: Vec<String> = widths.iter().map(|width| "=".repeat(*width)).collect();
    let rule = rule.join("  ") + "\n";
    let mut text = rule.clone();
    for (number, line) in lines.iter().enumerate() {
        let mut cells = String::new();
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            // A cell of the first column that is empty would continue the line before.
            let cell = if column == 0 && cell.is_empty() {
                "\\"
            } else {
                cell
            };
            let _ = match column {
                0 => write!(cells, "{cell:width$}"),
                _ if cell.starts_with(|first: char| first.is_ascii_digit()) => {
                    write!(cells, "  {cell:>width$}")
                }
                _ => write!(cells, "  {cell:width$}"),
            };
        }
        let _ = writeln!(text, "{}", cells.trim_end());
        if number == 0 {
            text.push_str(&rule);
        }
    }
    text + &rule
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_of_numbers_stand_apart() {
        assert_eq!(spaced("1234567".to_owned()), "1 234 567");
        assert_eq!(spaced("123".to_owned()), "123");
        assert_eq!(spaced("16 functions".to_owned()), "16 functions");
    }

    #[test]
    fn a_table_has_a_rule_around_its_titles() {
        let lines = [["", "C"], ["RPC", "12"]].map(|line| line.map(str::to_owned).to_vec());
        assert_eq!(
            table(&lines),
            "===  ==\n\\    C\n===  ==\nRPC  12\n===  ==\n"
        );
    }
}
