// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The figures of one driver stack, of all its runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::raw::{Run, Series};

/// The figures of one driver stack.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// By name, as `SERIES.instructions` and `SERIES.inner` for the medians, `SERIES.us` for the
    /// median of the quickest round, or as the guest named them.
    pub(crate) values: BTreeMap<String, f64>,
    /// The series whose instructions were counted.
    pub(crate) counted: BTreeMap<String, Series>,
}

impl Figures {
    /// Reads all runs of a stack: the directories whose names end with it.
    pub(crate) fn read(directory: &Path, stack: &str) -> Result<Self, Error> {
        let mut figures = Self::default();
        let entries = fs::read_dir(directory).map_err(|source| Error::File {
            path: directory.to_owned(),
            source,
        })?;
        let suffix = format!("-{stack}");
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().ends_with(&suffix) {
                figures.add(Run::read(&entry.path())?);
            }
        }
        Ok(figures)
    }

    fn add(&mut self, run: Run) {
        self.values.extend(run.facts);
        for (name, series) in run.series {
            if series.total.is_empty() {
                let rounds = series.rounds.iter().map(|round| median(round) / 1000.0);
                let micros = rounds.fold(f64::INFINITY, f64::min);
                self.values.insert(format!("{name}.us"), micros);
            } else {
                let values = [("instructions", &series.total), ("inner", &series.inner)];
                for (what, numbers) in values {
                    self.values
                        .insert(format!("{name}.{what}"), median(numbers));
                }
                self.counted.insert(name, series);
            }
        }
    }

    /// Returns a figure, if it was measured.
    pub(crate) fn value(&self, name: &str) -> Option<f64> {
        self.values.get(name).copied()
    }
}

/// Returns the middle one of the numbers: interrupts of the clock fall into some intervals.
fn median(numbers: &[f64]) -> f64 {
    let mut numbers = numbers.to_vec();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_rounds_the_quickest_counts() {
        let mut run = Run::default();
        let series = Series {
            rounds: vec![vec![9000.0, 7000.0, 8000.0], vec![5000.0, 90000.0, 6000.0]],
            ..Series::default()
        };
        run.series.insert("rpc".to_owned(), series);
        let mut figures = Figures::default();
        figures.add(run);
        assert_eq!(figures.value("rpc.us"), Some(6.0));
    }

    #[test]
    fn the_median_ignores_what_sticks_out() {
        assert_eq!(median(&[3.0, 1000.0, 2.0]), 3.0);
        assert_eq!(median(&[]), 0.0);
    }
}
