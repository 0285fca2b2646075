// SPDX-License-Identifier: GPL-2.0

//! An open file, and what becomes of it.

#![forbid(unsafe_code)]

use crate::cli::Cli;
use crate::error::Error;
use crate::mlx5::group_named;
use crate::mlx5::wire::{self, View};
use crate::report::say;
use crate::session::Session;
use std::io::{self, BufRead};
use std::process::ExitCode;

/// Opens the device and tells how that ended.
pub(crate) fn open(cli: &Cli) -> Result<ExitCode, Error> {
    match auxcore_uapi::Device::open(&cli.device) {
        Ok(_) => {
            println!("ok");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let error = Error::from(error);
            println!("{}", error.result());
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Holds the device open, and executes one request for each line on standard input.
pub(crate) fn hold(cli: &Cli) -> Result<ExitCode, Error> {
    let session = Session::open(&cli.device)?;
    let request = group_named("general")
        .map(|group| wire::query_hca_cap(group, View::Current))
        .ok_or(Error::NoRequest)?;
    say(&format!("open uid={}", session.info().uid))?;
    for line in io::stdin().lock().lines() {
        line?;
        match session.execute(&request) {
            Ok(_) => say("ok")?,
            Err(error) => say(&error.result())?,
        }
    }
    Ok(ExitCode::SUCCESS)
}
