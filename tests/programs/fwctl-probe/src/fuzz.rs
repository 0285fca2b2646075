// SPDX-License-Identifier: GPL-2.0

//! Requests nobody would send, to see that each ends in a way the interface knows.
//!
//! The same seed makes the same requests, and what becomes of them must not depend on the driver:
//! the digest of two drivers' results is the same.

#![forbid(unsafe_code)]

mod random;

use crate::cli::{self, Cli};
use crate::error::Error;
use crate::mlx5::wire::{self, Request};
use crate::mlx5::{field::Value, ADAPTER};
use crate::session::Session;
use auxcore_uapi::fwctl::Scope;
use random::Random;
use serde_json::json;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// What the board id of every device model starts with.
const MODEL_BOARD: &str = "MT_AUXCORE";

/// The results that a healthy device and driver can give.
const KNOWN: [&str; 3] = ["OK", "EMSGSIZE", "EBADMSG"];

/// What became of all requests.
#[derive(Debug, Eq, PartialEq)]
struct Tally {
    counts: BTreeMap<String, u32>,
    digest: u64,
}

impl Tally {
    fn new() -> Self {
        // FNV-1a, here and below.
        Self {
            counts: BTreeMap::new(),
            digest: 0xcbf2_9ce4_8422_2325,
        }
    }

    fn add(&mut self, result: String) {
        for byte in result.bytes().chain([0]) {
            self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        *self.counts.entry(result).or_insert(0) += 1;
    }

    fn is_known(&self) -> bool {
        self.counts.keys().all(|key| KNOWN.contains(&key.as_str()))
    }
}

/// Executes random requests, one after the other.
pub(crate) fn fuzz(cli: &Cli, args: &cli::Fuzz) -> Result<ExitCode, Error> {
    let session = Session::open(&cli.device)?;
    let board = board(&session)?;
    if !board.starts_with(MODEL_BOARD) {
        return Err(Error::RealBoard(board));
    }

    let mut random = Random::new(args.seed);
    let mut tally = Tally::new();
    for _ in 0..args.count {
        let request = request(&mut random);
        let result = match session.execute(&request) {
            Ok(_) => "OK".to_owned(),
            Err(error) => error.result(),
        };
        tally.add(result);
    }

    if cli.json {
        let digest = format!("{:016x}", tally.digest);
        println!("{}", json!({ "counts": tally.counts, "digest": digest }));
    } else {
        for (result, count) in &tally.counts {
            println!("{count} {result}");
        }
        println!("digest {:016x}", tally.digest);
    }
    Ok(if tally.is_known() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Returns the board's name. A real board could be damaged by what follows.
fn board(session: &Session) -> Result<String, Error> {
    let (reply, _) = session.execute(&wire::query_adapter())?;
    let psid = ADAPTER.iter().find(|field| field.name == "vsd_contd_psid");
    match psid.and_then(|field| field.read(reply.data())) {
        Some(Value::Text(text)) => Ok(text),
        _ => Ok(String::new()),
    }
}

/// Makes a request: often one that is permitted, or nearly so.
fn request(random: &mut Random) -> Request {
    let opcode = match random.below(8) {
        0 => random.word(),
        1 => 0x8000 | random.below(16),
        2 => wire::ACCESS_REG,
        3 => wire::QUERY_HCA_CAP,
        _ => random.below(0xc00),
    };
    let op_mod = match random.below(3) {
        0 => random.word(),
        1 => 0,
        _ => random.below(0x60),
    };
    let mut bytes = wire::header(opcode, op_mod).to_vec();
    // A uid of somebody else, and rubbish where the header is reserved.
    for place in [2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15] {
        if let (Some(byte), 0) = (bytes.get_mut(place), random.below(4)) {
            *byte = random.byte();
        }
    }
    bytes.resize(length(random), 0);
    for byte in bytes.iter_mut().skip(16) {
        *byte = random.byte();
    }
    let scope = if random.below(3) == 0 {
        Scope::Configuration
    } else {
        Scope::DebugReadOnly
    };
    Request {
        name: "fuzz".to_owned(),
        scope,
        bytes,
        room: length(random),
    }
}

/// Makes a length: mostly a header and some data, sometimes less, sometimes many pages.
fn length(random: &mut Random) -> usize {
    let len = match random.below(16) {
        0 => random.below(16),
        1..=3 => 16,
        4..=13 => 16 + random.below(600),
        _ => random.below(20_000),
    };
    usize::from(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_requests() {
        let make = |seed| {
            let mut random = Random::new(seed);
            let one = |_| {
                let request = request(&mut random);
                (request.scope, request.bytes, request.room)
            };
            (0..50).map(one).collect::<Vec<_>>()
        };
        assert_eq!(make(7), make(7));
        assert_ne!(make(7), make(8));
    }

    #[test]
    fn requests_are_of_every_kind() {
        let mut random = Random::new(1);
        let requests: Vec<_> = (0..2000).map(|_| request(&mut random)).collect();
        let any = |test: fn(&Request) -> bool| requests.iter().any(test);
        assert!(any(|r| r.bytes.is_empty()));
        assert!(any(|r| r.bytes.len() < 16));
        assert!(any(|r| r.bytes.len() == 16));
        assert!(any(|r| r.bytes.len() > 4096));
        assert!(any(|r| r.room < 16));
        assert!(any(|r| r.room > r.bytes.len()));
        assert!(any(|r| r.room <= r.bytes.len() && r.room >= 16));
        assert!(requests.iter().all(|r| r.scope <= Scope::DebugReadOnly));
    }

    #[test]
    fn the_digest_depends_on_order_and_unknown_results_are_told() {
        let tally = |results: &[&str]| {
            let mut tally = Tally::new();
            results.iter().for_each(|r| tally.add((*r).to_owned()));
            tally
        };
        let (one, other) = (tally(&["OK", "EBADMSG"]), tally(&["EBADMSG", "OK"]));
        assert_eq!(one.counts, other.counts);
        assert_ne!(one.digest, other.digest);
        assert!(one.is_known());
        assert!(!tally(&["OK", "EIO"]).is_known());
    }
}
