// SPDX-License-Identifier: GPL-2.0

//! Any request, by hand.

#![forbid(unsafe_code)]

use crate::cli::{self, Cli};
use crate::error::Error;
use crate::hex;
use crate::mlx5::wire::{status_name, Request};
use crate::session::Session;
use auxcore_uapi::fwctl::Scope;
use auxcore_uapi::mlx5::HEADER_LEN;
use serde_json::json;
use std::process::ExitCode;

/// Executes one request, once or more, and prints each reply.
pub(crate) fn rpc(cli: &Cli, args: &cli::Rpc) -> Result<ExitCode, Error> {
    let request = request(&args.request).ok_or(Error::NoRequest)?;
    let session = Session::open(&cli.device)?;
    for _ in 0..args.repeat {
        let (reply, time) = session.execute(&request)?;
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        if cli.json {
            let mut line = json!({
                "status": reply.status(),
                "syndrome": reply.syndrome(),
                "bytes": hex::run(reply.bytes()),
            });
            if let (true, Some(map)) = (cli.times, line.as_object_mut()) {
                map.insert("time_us".to_owned(), json!(micros));
            }
            println!("{line}");
            continue;
        }
        let (status, name) = (reply.status(), status_name(reply.status()));
        let times = if cli.times {
            format!(", {micros} us")
        } else {
            String::new()
        };
        println!(
            "status {status:#04x} ({name}), syndrome {:#010x}{times}",
            reply.syndrome()
        );
        print!("{}", hex::lines(reply.bytes()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the request given on the command line, if one is.
pub(crate) fn request(args: &cli::Request) -> Option<Request> {
    let bytes = args.hex.as_ref()?.0.clone();
    Some(Request {
        name: "request".to_owned(),
        scope: args.scope.unwrap_or(Scope::Configuration),
        bytes,
        room: args.out_len.unwrap_or(HEADER_LEN),
    })
}
