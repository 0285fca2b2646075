// SPDX-License-Identifier: GPL-2.0

//! Calls nobody would make, to see that each ends in a way the interface knows.
//!
//! The same seed makes the same calls, and what becomes of them must not depend on the driver: the
//! digest of two drivers' results and replies is the same.

#![forbid(unsafe_code)]

mod calls;
pub(crate) mod random;

use crate::cli::{self, Cli};
use crate::digest::Digest;
use crate::errno;
use crate::error::Error;
use crate::mlx5::wire;
use crate::mlx5::{field::Value, ADAPTER};
use crate::session::Session;
use calls::Call;
use random::Random;
use serde_json::json;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

/// What the board id of every device model starts with.
pub(crate) const MODEL_BOARD: &str = "MT_AUXCORE";

/// The results that a healthy device and driver can give.
const KNOWN: [&str; 8] = [
    "OK",
    "EMSGSIZE",
    "EBADMSG",
    "EFAULT",
    "EINVAL",
    "E2BIG",
    "EOPNOTSUPP",
    "ENOTTY",
];

/// What became of all calls.
#[derive(Debug, Eq, PartialEq)]
struct Tally {
    counts: BTreeMap<String, u64>,
    digest: Digest,
    /// Remote procedure calls, and those of them that firmware answered.
    rpcs: u64,
    reached: u64,
}

impl Tally {
    const fn new() -> Self {
        Self {
            counts: BTreeMap::new(),
            digest: Digest::new(),
            rpcs: 0,
            reached: 0,
        }
    }

    fn add(&mut self, rpc: bool, result: String, reply: &[u8]) {
        self.digest.add(result.as_bytes());
        self.digest.add(&[0]);
        self.digest.add(reply);
        self.rpcs += u64::from(rpc);
        self.reached += u64::from(rpc && result == "OK");
        *self.counts.entry(result).or_insert(0) += 1;
    }

    fn merge(&mut self, other: Self) {
        for (result, count) in other.counts {
            *self.counts.entry(result).or_insert(0) += count;
        }
        self.digest.add(other.digest.to_string().as_bytes());
        self.rpcs += other.rpcs;
        self.reached += other.reached;
    }

    fn is_known(&self) -> bool {
        self.counts.keys().all(|key| KNOWN.contains(&key.as_str()))
    }

    /// Returns how many in a hundred of the remote procedure calls firmware answered.
    fn share(&self) -> u64 {
        (self.reached * 100).checked_div(self.rpcs).unwrap_or(0)
    }
}

/// Makes random calls, one after the other in each thread.
pub(crate) fn fuzz(cli: &Cli, args: &cli::Fuzz) -> Result<ExitCode, Error> {
    let session = Session::open(&cli.device)?;
    let board = board(&session)?;
    if !board.starts_with(MODEL_BOARD) {
        return Err(Error::RealBoard(board));
    }

    let begin = Instant::now();
    let tally = thread::scope(|scope| {
        let threads: Vec<_> = (0..u64::from(args.threads))
            .map(|thread| scope.spawn(move || calls(cli, args, args.seed.wrapping_add(thread))))
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
    Ok(if tally.is_known() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Makes the calls of one thread, on a file of its own.
fn calls(cli: &Cli, args: &cli::Fuzz, seed: u64) -> Result<Tally, Error> {
    let session = Session::open(&cli.device)?;
    let mut random = Random::new(seed);
    let mut tally = Tally::new();
    for _ in 0..args.count / u32::from(args.threads) {
        let call = Call::random(&mut random, args.taint);
        let rpc = call.is_rpc();
        match call.make(session.device()) {
            Ok(reply) => tally.add(rpc, "OK".to_owned(), &reply),
            Err(error) => tally.add(rpc, errno::name(error.raw_os_error()), &[]),
        }
    }
    Ok(tally)
}

/// Returns the board's name. A real board could be damaged by what follows.
pub(crate) fn board(session: &Session) -> Result<String, Error> {
    let (reply, _) = session.execute(&wire::query_adapter())?;
    let psid = ADAPTER.iter().find(|field| field.name == "vsd_contd_psid");
    match psid.and_then(|field| field.read(reply.data())) {
        Some(Value::Text(text)) => Ok(text),
        _ => Ok(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(results: &[&str]) -> Tally {
        let mut tally = Tally::new();
        results
            .iter()
            .for_each(|r| tally.add(true, (*r).to_owned(), &[]));
        tally
    }

    #[test]
    fn the_digest_depends_on_order_and_unknown_results_are_told() {
        let (one, other) = (tally(&["OK", "EBADMSG"]), tally(&["EBADMSG", "OK"]));
        assert_eq!(one.counts, other.counts);
        assert_ne!(one.digest, other.digest);
        assert!(one.is_known());
        assert!(!tally(&["OK", "EIO"]).is_known());
    }

    #[test]
    fn threads_add_up() {
        let mut all = tally(&["OK"]);
        all.merge(tally(&["OK", "EBADMSG"]));
        assert_eq!((all.rpcs, all.reached, all.share()), (3, 2, 66));
        assert_eq!(all.counts.get("OK"), Some(&2));
    }
}
