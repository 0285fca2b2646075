// SPDX-License-Identifier: GPL-2.0

//! Calls nobody would make, to see that each ends in a way the interface knows.
//!
//! The same seed makes the same calls, and what becomes of them must not depend on the driver: the
//! digest of two drivers' results and replies is the same.

#![forbid(unsafe_code)]

mod calls;
mod cxl;
pub(crate) mod mlx5;
pub(crate) mod random;
mod tally;
mod vendor;

use crate::cli::{self, Cli};
use crate::errno;
use crate::error::Error;
use auxcore_uapi::Device;
use calls::Call;
use random::Random;
use serde_json::json;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;
use tally::{Kind, Tally};
use vendor::Vendor;

/// Makes random calls, one after the other in each thread.
pub(crate) fn fuzz(cli: &Cli, args: &cli::Fuzz) -> Result<ExitCode, Error> {
    let vendor = &*vendor::of(&cli.device)?;
    let begin = Instant::now();
    let tally = thread::scope(|scope| {
        let threads: Vec<_> = (0..u64::from(args.threads))
            .map(|thread| scope.spawn(move || calls(cli, args, vendor, thread)))
            .collect();
        let mut tally = Tally::new();
        for thread in threads {
            tally.merge(thread.join().map_err(|_| Error::Thread)??);
        }
        Ok::<_, Error>(tally)
    })?;
    let took = begin.elapsed();
    let made: u64 = tally.counts.values().sum();
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = made.saturating_mul(60_000) / millis;

    if cli.json {
        let mut line = json!({
            "counts": tally.counts,
            "digest": tally.digest.to_string(),
            "rpcs": tally.rpcs,
            "reached": tally.reached,
        });
        if let (true, Some(map)) = (cli.times, line.as_object_mut()) {
            map.insert("per_minute".to_owned(), json!(rate));
        }
        println!("{line}");
    } else {
        for (result, count) in &tally.counts {
            println!("{count} {result}");
        }
        let (reached, rpcs, share) = (tally.reached, tally.rpcs, tally.share());
        println!("{reached} of {rpcs} requests reached firmware, {share} %");
        println!("digest {}", tally.digest);
        if cli.times {
            println!("{made} calls in {millis} ms, {rate} per minute");
        }
    }
    Ok(if tally.is_known(vendor.results()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Makes the calls of one thread, on a file of its own.
fn calls(cli: &Cli, args: &cli::Fuzz, vendor: &dyn Vendor, thread: u64) -> Result<Tally, Error> {
    let device = Device::open(&cli.device)?;
    let mut random = Random::new(args.seed.wrapping_add(thread));
    let mut tally = Tally::new();
    for _ in 0..args.count / u32::from(args.threads) {
        let call = Call::random(&mut random, vendor, args.taint);
        let kind = match call.request() {
            Some(request) if vendor.is_for_firmware(request) => Kind::ForFirmware,
            Some(_) => Kind::ForDriver,
            None => Kind::Other,
        };
        match call.make(&device) {
            Ok(reply) => tally.add(kind, "OK".to_owned(), &reply),
            Err(error) => tally.add(kind, errno::name(error.raw_os_error()), &[]),
        }
    }
    Ok(tally)
}
