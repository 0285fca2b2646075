// SPDX-License-Identifier: GPL-2.0

//! auxcore-bench: makes tables, JSON and a plot of what the bench measured.
//!
//! `tools/bench/bench` runs the guests and leaves a directory for each run; this program reads them.

#![forbid(unsafe_code)]

mod document;
mod error;
mod figures;
mod groups;
mod plot;
mod raw;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use crate::error::Error;
use crate::figures::Figures;

/// Makes tables, JSON and a plot of what the bench measured
#[derive(Debug, Parser)]
#[command(name = "auxcore-bench")]
struct Args {
    /// Directory with a directory for each run, and for the results
    directory: PathBuf,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args.directory) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("auxcore-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(directory: &Path) -> Result<(), Error> {
    let [ours, upstream] = ["ours", "upstream"].map(|stack| Figures::read(directory, stack));
    let (ours, upstream) = (ours?, upstream?);
    let rows = table::rows(&ours, &upstream);
    print!("{}", groups::text(&upstream, &ours));
    print!("{}", table::text(&rows));
    let write = |name: &str, text: String| {
        let path = directory.join(name);
        fs::write(&path, text).map_err(|source| Error::File { path, source })
    };
    write("bench.json", table::json(&rows, &ours, &upstream)?)?;
    write("bench.rst", document::text(&rows, &upstream, &ours))?;
    plot::draw(&rows, &directory.join("bench.svg"))
}
