// SPDX-License-Identifier: GPL-2.0
//! Properties of the checks before every command, and a bench to run commands on.
#![forbid(unsafe_code)]

use super::*;
use crate::field::{get32, put16, put64};
use crate::memory::fake::Ram;

/// A firmware with everything a command needs.
pub struct Bench {
    /// The firmware.
    pub firmware: Firmware,
    /// Guest memory.
    pub ram: Ram,
    /// What the commands did wrong.
    pub violations: Violations,
    /// What the firmware lies about.
    pub mutations: Mutations,
}

/// Returns an input of `length` bytes.
pub fn input(opcode: u16, uid: u16, op_mod: u16, length: usize) -> Vec<u8> {
    let mut input = vec![0; length];
    put16(&mut input, 0, opcode);
    put16(&mut input, 2, uid);
    put16(&mut input, 6, op_mod);
    input
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

impl Bench {
    /// Returns a function after power-on.
    pub fn new() -> Self {
        Self {
            firmware: Firmware::new(Identity::new("test")),
            ram: Ram::new(1 << 20),
            violations: Violations::default(),
            mutations: Mutations::default(),
        }
    }

    /// Returns a function after INIT_HCA.
    pub fn ready() -> Self {
        let mut bench = Self::new();
        assert_eq!(bench.status(&input(0x104, 0, 0, 16)), 0);
        assert_eq!(bench.give(0x4_0000, 40), 0);
        assert_eq!(bench.status(&input(0x102, 0, 0, 32)), 0);
        bench
    }

    /// Gives pages from `first` on.
    pub fn give(&mut self, first: u64, count: u32) -> u8 {
        let mut give = input(0x108, 0, 1, 16 + 8 * usize::try_from(count).unwrap());
        put32(&mut give, 12, count);
        for n in 0..count {
            put64(
                &mut give,
                16 + 8 * usize::try_from(n).unwrap(),
                first + 4096 * u64::from(n),
            );
        }
        self.status(&give)
    }

    /// Runs a command with plenty of room for its output.
    pub fn run(&mut self, input: &[u8]) -> Vec<u8> {
        self.run_into(input, 8192)
    }

    /// Runs a command with this much room for its output.
    pub fn run_into(&mut self, input: &[u8], outlen: usize) -> Vec<u8> {
        let mut context = Context {
            memory: &self.ram,
            violations: &mut self.violations,
            mutations: &self.mutations,
        };
        self.firmware
            .execute(&Request { input, outlen }, &mut context)
    }

    /// Runs a command and returns its status.
    pub fn status(&mut self, input: &[u8]) -> u8 {
        self.run(input)[0]
    }

    /// Creates a user context and returns its uid.
    pub fn uctx(&mut self, caps: u32) -> u16 {
        let mut create = input(0xa04, 0, 0, 64);
        put32(&mut create, 16, caps);
        let output = self.run(&create);
        assert_eq!(output[0], 0);
        u16::try_from(get32(&output, 8)).unwrap()
    }
}

#[test]
fn the_kernel_gets_a_violation_for_an_unknown_opcode_and_a_user_does_not() {
    let mut bench = Bench::ready();
    assert_eq!(bench.status(&input(0x7ff, 0, 0, 16)), Status::BadOp as u8);
    assert_eq!(bench.violations.of(Kind::UnknownOpcode), 1);
    let uid = bench.uctx(TOOLS);
    assert_eq!(bench.status(&input(0x7ff, uid, 0, 16)), Status::BadOp as u8);
    assert_eq!(bench.violations.total(), 1);
}

#[test]
fn a_uid_counts_only_while_its_context_lives() {
    let mut bench = Bench::ready();
    let nop = |uid| input(0x80d, uid, 0, 16);
    assert_eq!(bench.status(&nop(1)), Status::BadResource as u8);
    assert_eq!(bench.violations.of(Kind::Uid), 1);
    let uid = bench.uctx(TOOLS);
    assert_eq!(bench.status(&nop(uid)), 0);
    let mut destroy = input(0xa06, 0, 0, 16);
    put16(&mut destroy, 10, uid);
    assert_eq!(bench.status(&destroy), 0);
    assert_eq!(bench.status(&nop(uid)), Status::BadResource as u8);
    assert_eq!(bench.status(&destroy), Status::BadResource as u8);
    assert_eq!(bench.violations.of(Kind::Uid), 3);
}

#[test]
fn a_user_cannot_change_objects_nor_use_tools_without_the_capability() {
    let mut bench = Bench::ready();
    let tools = bench.uctx(TOOLS);
    let plain = bench.uctx(0);
    for opcode in [0x105, 0x103, 0x108, 0x302, 0x802, 0xa04, 0xa06] {
        assert_eq!(
            bench.status(&input(opcode, tools, 0, 64)),
            Status::BadParam as u8,
            "{opcode:#x}"
        );
    }
    assert_eq!(bench.status(&input(0x10a, tools, 0, 16)), 0);
    assert_eq!(
        bench.status(&input(0x10a, plain, 0, 16)),
        Status::BadParam as u8
    );
    assert_eq!(bench.status(&input(0x100, plain, 0, 16)), 0);
    assert_eq!(bench.violations.total(), 0);
    assert_eq!(bench.firmware.hca, Hca::Ready);
}

#[test]
fn only_event_queues_may_carry_the_shared_uid() {
    let mut bench = Bench::ready();
    bench.status(&input(0x301, SHARED_UID, 0, 0x118));
    assert_eq!(bench.violations.of(Kind::Uid), 0);
    bench.status(&input(0x80d, SHARED_UID, 0, 16));
    assert_eq!(bench.violations.of(Kind::Uid), 1);
}

#[test]
fn lengths_are_exact_for_the_kernel_and_a_minimum_for_users() {
    let mut bench = Bench::ready();
    let uid = bench.uctx(TOOLS);
    for (length, by_kernel, by_user) in
        [(8, 0x50, 0x50), (15, 0x50, 0x50), (16, 0, 0), (20, 0x50, 0)]
    {
        assert_eq!(
            bench.status(&input(0x80d, 0, 0, length)),
            by_kernel,
            "kernel, {length}"
        );
        assert_eq!(
            bench.status(&input(0x80d, uid, 0, length)),
            by_user,
            "user, {length}"
        );
    }
    assert_eq!(bench.violations.of(Kind::InputLength), 3);
    for (room, status) in [(111, 0x51), (112, 0)] {
        assert_eq!(bench.run_into(&input(0x10a, uid, 0, 16), room)[0], status);
        assert_eq!(bench.run_into(&input(0x10a, 0, 0, 16), room)[0], status);
    }
    assert_eq!(bench.violations.of(Kind::OutputLength), 1);
}

#[test]
fn every_command_is_refused_before_its_time_and_counted() {
    let mut bench = Bench::new();
    let mut early = 0;
    for command in command::COMMANDS.iter().filter(|c| c.phase != Phase::Off) {
        let (Length::Exactly(length) | Length::AtLeast(length)) = command.input;
        let status = bench.status(&input(command.opcode, 0, 0, length));
        assert_eq!(status, Status::BadSysState as u8, "{}", command.name);
        early += 1;
    }
    assert_eq!(bench.violations.of(Kind::TooEarly), early);
    assert_eq!(bench.status(&input(0x104, 0, 0, 16)), 0);
    assert_eq!(
        bench.status(&input(0x104, 0, 0, 16)),
        Status::BadSysState as u8
    );
}

#[test]
fn random_commands_never_panic_and_never_answer_more_than_they_may() {
    let mut bench = Bench::ready();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for round in 0..60_000_u32 {
        let command =
            &command::COMMANDS[crate::field::index(random() % command::COMMANDS.len() as u64)];
        let (Length::Exactly(length) | Length::AtLeast(length)) = command.input;
        let length = if random() % 4 == 0 {
            crate::field::index(random() % 1200).max(8)
        } else {
            length
        };
        let mut bytes: Vec<u8> = (0..length)
            .map(|_| crate::field::low8(low(random())))
            .collect();
        if random() % 2 == 0 {
            bytes.iter_mut().skip(4).for_each(|b| *b &= 1);
        }
        put16(&mut bytes, 0, command.opcode);
        put16(&mut bytes, 2, u16::try_from(random() % 3).unwrap());
        let room = crate::field::index(random() % 6000).max(8);
        let output = bench.run_into(&bytes, room);
        assert!(
            output.len() >= 16 && output.len() <= 16 + 8 * (1 << 16),
            "{}",
            command.name
        );
        if round % 500 == 0 {
            bench = Bench::ready();
        }
    }
}

fn low(value: u64) -> u32 {
    crate::field::low32(value)
}
