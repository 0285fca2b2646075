// SPDX-License-Identifier: GPL-2.0

//! Every command in every scope, with what became of it: two drivers that print the same treat all
//! of them alike.
//!
//! Each case is one request: an opcode, a variant and a scope, in a fixed order, with a uid that is
//! not the context's. Opcodes whose cases all failed alike share a line; each delivered reply has a
//! line of its own.

#![forbid(unsafe_code)]

use crate::cli::{self, Cli};
use crate::digest::Digest;
use crate::errno;
use crate::error::Error;
use crate::fuzz::mlx5::Mlx5;
use crate::fuzz::random::Random;
use crate::mlx5::wire;
use crate::session::Session;
use auxcore_uapi::fwctl::RpcArgument;
use auxcore_uapi::raw::{self, Input, Output, Tail};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// The variants: the first three have a meaning for many commands, the last for none.
const OP_MODS: [u16; 4] = [0, 1, 2, 0xffff];

/// The scopes, and a number that is none.
const SCOPES: [u32; 5] = [0, 1, 2, 3, 4];

/// Opcodes of the ranges in which commands are.
const RANGES: [std::ops::Range<u16>; 2] = [0..0xc00, 0x8000..0x8100];

/// Bytes of each request. What is behind the header is zero, but for the number of a register.
const REQUEST: usize = 64;

/// Bytes of room for each reply: enough for a capability group.
const ROOM: usize = 4128;

/// Where a reply's data begins.
const DATA: usize = 16;

/// `MGIR`, the register every access names.
const REGISTER: [u8; 2] = [0x90, 0x20];

/// A result of each scope.
type Row = [String; SCOPES.len()];

/// Opcodes that follow each other and were treated alike.
struct Run {
    first: u16,
    last: u16,
    rows: [Row; OP_MODS.len()],
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}-{:04x}", self.first, self.last)?;
        let [one, others @ ..] = &self.rows;
        if others.iter().all(|row| row == one) {
            return write!(f, " any: {}", one.join(" "));
        }
        for (op_mod, row) in OP_MODS.iter().zip(&self.rows) {
            write!(f, " {op_mod:x}: {}", row.join(" "))?;
        }
        Ok(())
    }
}

/// What was seen so far.
#[derive(Default)]
struct Tally {
    cases: u64,
    results: BTreeMap<String, u64>,
    /// Opcodes that firmware answered with success and data that is not all zero.
    telling: std::collections::BTreeSet<u16>,
}

/// Runs every case and prints what became of it.
pub(crate) fn differential(cli: &Cli, args: &cli::Differential) -> Result<ExitCode, Error> {
    let session = Session::open(&cli.device)?;
    // Every command there is would damage a real device.
    Mlx5::of(&session)?;

    let mut out = BufWriter::new(io::stdout().lock());
    let mut tally = Tally::default();
    let mut run: Option<Run> = None;
    let mut reply = vec![0; ROOM];
    for opcode in opcodes(args) {
        let mut rows: [Row; OP_MODS.len()] = Default::default();
        for (op_mod, row) in OP_MODS.into_iter().zip(&mut rows) {
            for (scope, cell) in SCOPES.into_iter().zip(row) {
                *cell = case(&session, (opcode, op_mod, scope), &mut reply);
                if cell == "OK" {
                    let told = Told((opcode, op_mod, scope), &reply);
                    writeln!(out, "{told}")?;
                    if told.is_telling() {
                        tally.telling.insert(opcode);
                    }
                }
                tally.cases += 1;
                *tally.results.entry(cell.clone()).or_insert(0) += 1;
            }
        }
        match &mut run {
            Some(run) if run.rows == rows && run.last.checked_add(1) == Some(opcode) => {
                run.last = opcode;
            }
            _ => {
                if let Some(done) = run.replace(Run {
                    first: opcode,
                    last: opcode,
                    rows,
                }) {
                    writeln!(out, "{done}")?;
                }
            }
        }
    }
    if let Some(done) = run {
        writeln!(out, "{done}")?;
    }
    for (result, count) in &tally.results {
        writeln!(out, "result {result} {count}")?;
    }
    writeln!(out, "cases {}", tally.cases)?;
    writeln!(
        out,
        "reached firmware {}",
        tally.results.get("OK").unwrap_or(&0)
    )?;
    writeln!(out, "opcodes with state {}", tally.telling.len())?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the opcodes to try, ascending: all, or those of the ranges and some others.
fn opcodes(args: &cli::Differential) -> Vec<u16> {
    if args.full {
        return (0..=u16::MAX).collect();
    }
    let mut random = Random::new(args.seed);
    let others = (0..args.others).map(|_| random.word());
    let mut opcodes: Vec<u16> = RANGES.into_iter().flatten().chain(others).collect();
    opcodes.sort_unstable();
    opcodes.dedup();
    opcodes
}

/// Makes one request; the reply is in `reply` if the result is `OK`.
fn case(session: &Session, (opcode, op_mod, scope): (u16, u16, u32), reply: &mut [u8]) -> String {
    let request = request(opcode, op_mod);
    let mut argument = RpcArgument {
        size: 32,
        scope,
        in_len: u32::try_from(REQUEST).unwrap_or(0),
        out_len: u32::try_from(reply.len()).unwrap_or(0),
        ..RpcArgument::default()
    };
    let (input, output) = (Input::Bytes(&request), Output::Bytes(reply));
    match raw::rpc(session.device(), &mut argument, input, output, Tail::NONE) {
        Ok(()) => "OK".to_owned(),
        Err(error) => errno::name(error.raw_os_error()),
    }
}

fn request(opcode: u16, op_mod: u16) -> [u8; REQUEST] {
    let mut request = [0; REQUEST];
    for (to, from) in request.iter_mut().zip(wire::header(opcode, op_mod)) {
        *to = from;
    }
    if let Some(uid) = request.get_mut(2..4) {
        uid.copy_from_slice(&[0xbe, 0xef]);
    }
    if let (true, Some(id)) = (wire::is_register_access(opcode), request.get_mut(10..12)) {
        id.copy_from_slice(&REGISTER);
    }
    request
}

/// A reply as a line: the case, the header, a digest of all of it, and how its data begins.
struct Told<'a>((u16, u16, u32), &'a [u8]);

impl Told<'_> {
    fn is_telling(&self) -> bool {
        let data = self.1.get(DATA..).unwrap_or_default();
        self.1.first() == Some(&0) && data.iter().any(|byte| *byte != 0)
    }
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self((opcode, op_mod, scope), reply) = self;
        write!(f, "{opcode:04x} {op_mod:x} {scope} ")?;
        for byte in reply.iter().take(8) {
            write!(f, "{byte:02x}")?;
        }
        let mut digest = Digest::new();
        digest.add(reply);
        write!(f, " {digest} ")?;
        for byte in reply.iter().skip(DATA).take(16) {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(full: bool) -> cli::Differential {
        cli::Differential {
            full,
            seed: 1,
            others: 100,
        }
    }

    #[test]
    fn the_short_form_has_every_command_of_the_ranges_and_some_others_once() {
        let opcodes = opcodes(&args(false));
        assert!(RANGES
            .into_iter()
            .flatten()
            .all(|opcode| opcodes.contains(&opcode)));
        assert!(opcodes.len() > 0xc00 + 0x100 + 80);
        assert!(opcodes.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn the_long_form_has_all() {
        let opcodes = opcodes(&args(true));
        assert_eq!((opcodes.len(), opcodes.last()), (0x1_0000, Some(&0xffff)));
    }

    #[test]
    fn a_request_carries_a_foreign_uid_and_a_register_where_one_is_named() {
        let bytes = request(0x402, 0xffff);
        assert_eq!(bytes[..8], [4, 2, 0xbe, 0xef, 0, 0, 0xff, 0xff]);
        assert_eq!(bytes[10..12], [0, 0]);
        assert_eq!(request(wire::ACCESS_REG, 1)[10..12], REGISTER);
    }

    #[test]
    fn runs_of_one_treatment_are_one_line() {
        let row = |name: &str| -> Row { std::array::from_fn(|_| name.to_owned()) };
        let mut run = Run {
            first: 0,
            last: 0xff,
            rows: std::array::from_fn(|_| row("EBADMSG")),
        };
        assert!(run
            .to_string()
            .starts_with("0000-00ff any: EBADMSG EBADMSG"));
        run.rows[3] = row("EIO");
        assert!(run.to_string().ends_with("ffff: EIO EIO EIO EIO EIO"));
    }
}
