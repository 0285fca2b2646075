// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! What a run leaves: the guest's output, the counts, the kernel's symbols.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::error::Error;

/// One series of intervals.
#[derive(Debug, Default)]
pub(crate) struct Series {
    /// Nanoseconds of each interval, by the rounds in which the series was measured.
    pub(crate) rounds: Vec<Vec<f64>>,
    /// Instructions of each interval; empty where none were counted.
    pub(crate) total: Vec<f64>,
    /// Of them, those in the function that the subsystem calls for a request.
    pub(crate) inner: Vec<f64>,
    /// Instructions by symbol, of all intervals.
    pub(crate) symbols: BTreeMap<String, u64>,
}

/// One run.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// Series by name.
    pub(crate) series: BTreeMap<String, Series>,
    /// Single figures by name.
    pub(crate) facts: BTreeMap<String, f64>,
}

impl Run {
    /// Reads a run's directory; one that is not there is an empty run.
    pub(crate) fn read(directory: &Path) -> Result<Self, Error> {
        let Some(output) = text(&directory.join("output"))? else {
            return Ok(Self::default());
        };
        let mut run = Self::default();
        let mut names: Vec<String> = Vec::new();
        for line in output.lines() {
            let words: Vec<_> = line.split_ascii_whitespace().collect();
            match *words.as_slice() {
                ["series", name] => {
                    names.push(name.to_owned());
                    let series = run.series.entry(name.to_owned()).or_default();
                    series.rounds.push(Vec::new());
                }
                ["ns", number] => {
                    let series = names.last().and_then(|name| run.series.get_mut(name));
                    let round = series.and_then(|series| series.rounds.last_mut());
                    if let (Some(round), Ok(number)) = (round, number.parse()) {
                        round.push(number);
                    }
                }
                ["fact", name, number] => {
                    let number = number.parse().map_err(|_| Error::Line {
                        path: directory.join("output"),
                        line: line.to_owned(),
                    })?;
                    run.facts.insert(name.to_owned(), number);
                }
                // What else the guest's programs say.
                _ => {}
            }
        }
        if let Some(counts) = text(&directory.join("counts"))? {
            let symbols = text(&directory.join("scratch/kallsyms"))?.unwrap_or_default();
            run.count(&counts, &names, &Symbols::parse(&symbols));
        }
        Ok(run)
    }

    /// Adds the counts; their series have the names in this order.
    fn count(&mut self, counts: &str, names: &[String], symbols: &Symbols<'_>) {
        let mut names = names.iter();
        let mut current = None;
        for line in counts.lines() {
            let words: Vec<_> = line.split_ascii_whitespace().collect();
            match *words.as_slice() {
                ["series"] => current = names.next(),
                ["interval", total, inner] => {
                    if let (Some(name), Ok(total), Ok(inner)) =
                        (current, total.parse(), inner.parse())
                    {
                        let series = self.series.entry(name.clone()).or_default();
                        series.total.push(total);
                        series.inner.push(inner);
                    }
                }
                ["block", address, instructions] => {
                    if let (Some(name), Ok(address), Ok(instructions)) = (
                        current,
                        u64::from_str_radix(address, 16),
                        instructions.parse::<u64>(),
                    ) {
                        let series = self.series.entry(name.clone()).or_default();
                        let symbol = symbols.of(address).to_owned();
                        *series.symbols.entry(symbol).or_default() += instructions;
                    }
                }
                _ => {}
            }
        }
    }
}

/// Reads a file that need not be there.
fn text(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::File {
            path: path.to_owned(),
            source,
        }),
    }
}

/// How symbols begin that are no functions, or second names of one.
const ALIASES: [&str; 2] = ["__pfx_", "__pi_"];

/// The first address of the kernel's half.
const KERNEL: u64 = 1 << 63;

/// The kernel's functions, as `/proc/kallsyms` lists them: name, and module in brackets.
struct Symbols<'a>(BTreeMap<u64, &'a str>);

impl<'a> Symbols<'a> {
    fn parse(text: &'a str) -> Self {
        let function = |line: &'a str| {
            let (address, rest) = line.split_once(' ')?;
            let (kind, name) = rest.split_once(' ')?;
            let code = kind.eq_ignore_ascii_case("t")
                && !ALIASES.iter().any(|head| name.starts_with(head));
            code.then_some((u64::from_str_radix(address, 16).ok()?, name))
        };
        Self(text.lines().filter_map(function).collect())
    }

    fn of(&self, address: u64) -> &str {
        if address < KERNEL {
            return "user";
        }
        self.0
            .range(..=address)
            .next_back()
            .map_or("unknown", |(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_belongs_to_the_function_before_it() {
        let text = "ffffffff81000000 T first\nffffffff81000010 d data\nffffffff81000020 t second\t[module]\n";
        let symbols = Symbols::parse(text);
        assert_eq!(symbols.of(0xffff_ffff_8100_001f), "first");
        assert_eq!(symbols.of(0xffff_ffff_8100_0020), "second\t[module]");
        assert_eq!(symbols.of(0x1000), "user");
        assert_eq!(symbols.of(0xffff_ffff_8000_0000), "unknown");
    }

    #[test]
    fn counts_take_the_names_of_the_output_in_order() {
        let mut run = Run::default();
        let names = ["a".to_owned(), "b".to_owned()];
        let counts = "series\ninterval 10 4\nblock 10 10\nseries\ninterval 7 0\n";
        run.count(counts, &names, &Symbols::parse(""));
        assert_eq!(run.series["a"].total, [10.0]);
        assert_eq!(run.series["a"].symbols["user"], 10);
        assert_eq!(run.series["b"].inner, [0.0]);
    }
}
