// SPDX-License-Identifier: GPL-2.0
//! Properties of the whole function: doorbells in, memory and interrupts out.
#![forbid(unsafe_code)]

use super::mmio::{EQ_ARM, UAR};
use super::*;
use crate::engine::Next;
use crate::fault::Failure;
use crate::field::{get32, low32, put32, put64};
use crate::firmware::tests::input;
use crate::firmware::FIRST_UAR;
use crate::memory::fake::{Lines, Ram};
use crate::queue::tests::{guest, output, status, submit, QUEUE};

/// A guest that polls, with a function brought up as far as INIT_HCA.
struct Guest {
    ram: Ram,
    device: Device,
    lines: Lines,
    now: u64,
}

const EQ_PAGES: [u64; 2] = [0x1f_0000, 0x1f_1000];

impl Guest {
    fn new() -> Self {
        let mut device = Device::new(Identity::new("test"));
        device.firmware.pages.configure(1, 0);
        device.firmware.reset();
        let mut guest = Self {
            ram: guest(),
            device,
            lines: Lines::default(),
            now: 1000,
        };
        guest.word(0x10, 0);
        guest.word(0x14, u32::try_from(QUEUE).unwrap());
        guest
    }

    fn ready() -> Self {
        let mut guest = Self::new();
        assert_eq!(guest.call(&input(0x104, 0, 0, 16), 16)[0], 0);
        let mut give = input(0x108, 0, 1, 24);
        put32(&mut give, 12, 1);
        put64(&mut give, 16, 0x1f_8000);
        assert_eq!(guest.call(&give, 16)[0], 0);
        assert_eq!(guest.call(&input(0x102, 0, 0, 32), 16)[0], 0);
        guest
    }

    /// A guest with one event queue for commands and page requests, on the first UAR.
    fn with_events() -> Self {
        let mut guest = Self::ready();
        let uar = get32(&guest.call(&input(0x802, 0, 0, 16), 16), 8);
        assert_eq!(uar, FIRST_UAR);
        let mut create = input(0x301, 0, 0, 0x120);
        put32(&mut create, 0x1c, (7 << 24) | uar);
        put32(&mut create, 0x24, 3);
        put64(&mut create, 0x58, (1 << 0x0a) | (1 << 0x0b));
        put64(&mut create, 0x110, EQ_PAGES[0]);
        put64(&mut create, 0x118, EQ_PAGES[1]);
        assert_eq!(guest.call(&create, 16)[0], 0);
        assert!(
            guest.lines.0.is_empty(),
            "the command that creates the queue is not told on it"
        );
        guest
    }

    fn word(&mut self, at: u64, word: u32) -> bool {
        self.device
            .write(at, &word.to_be_bytes(), self.now, &mut self.lines)
    }

    fn step(&mut self) -> Next {
        self.device.step(self.now, &self.ram, &mut self.lines)
    }

    fn ring(&mut self, slots: u32) -> Next {
        assert!(self.word(0x18, slots));
        self.step()
    }

    fn call(&mut self, input: &[u8], outlen: usize) -> Vec<u8> {
        submit(&self.ram, 0, 0x5a, input, outlen);
        self.ring(1);
        assert_eq!(status(&self.ram, 0), 0);
        output(&self.ram, 0, outlen)
    }

    fn arm(&mut self, index: u32) {
        self.word(u64::from(FIRST_UAR) * UAR + EQ_ARM, (1 << 24) | index);
    }

    fn event(&self, n: usize) -> (u8, u32) {
        let entry = self
            .ram
            .bytes(usize::try_from(EQ_PAGES[0]).unwrap() + 64 * n, 64);
        (entry[1], get32(&entry, 0x20))
    }

    fn nops(&mut self, slots: u32) -> Next {
        for slot in (0..32).filter(|slot| (slots >> slot) & 1 == 1) {
            submit(
                &self.ram,
                slot,
                0x10 + crate::field::low8(slot),
                &input(0x80d, 0, 0, 16),
                16,
            );
        }
        self.ring(slots)
    }
}

#[test]
fn all_slots_fly_at_once_and_complete_in_one_event() {
    let mut guest = Guest::with_events();
    guest.arm(0);
    assert_eq!(guest.nops(u32::MAX), Next::Idle);
    assert!((0..32).all(|slot| status(&guest.ram, slot) == 0));
    assert_eq!(guest.event(0), (event::COMMAND, u32::MAX));
    assert_eq!(guest.lines.0, [3]);
    assert_eq!(guest.device.violations.total(), 0);
}

#[test]
fn delays_run_in_parallel_and_completions_overtake() {
    let mut guest = Guest::with_events();
    guest.device.faults.delay_us = 500;
    guest.device.faults.delay_of.insert(0x101, 2000);
    submit(&guest.ram, 0, 1, &input(0x101, 0, 0, 16), 272);
    submit(&guest.ram, 1, 2, &input(0x80d, 0, 0, 16), 16);
    submit(&guest.ram, 2, 3, &input(0x80d, 0, 0, 16), 16);
    assert_eq!(guest.ring(0b111), Next::At(1500));
    guest.now = 1499;
    assert_eq!(guest.step(), Next::At(1500));
    guest.now = 1500;
    assert_eq!(guest.step(), Next::At(3000));
    assert_eq!([0, 1, 2].map(|slot| status(&guest.ram, slot)), [1, 0, 0]);
    assert_eq!(guest.event(0), (event::COMMAND, 0b110));
    guest.now = 3000;
    assert_eq!(guest.step(), Next::Idle);
    assert_eq!(
        (status(&guest.ram, 0), guest.event(1)),
        (0, (event::COMMAND, 1))
    );
}

#[test]
fn doorbells_for_busy_owned_or_no_slots_are_counted() {
    let mut guest = Guest::ready();
    guest.device.faults.delay_us = 100;
    guest.nops(1);
    guest.ring(1);
    assert_eq!(guest.device.violations.of(Kind::BusySlot), 1);
    guest.ring(0);
    assert_eq!(guest.device.violations.of(Kind::EmptyDoorbell), 1);
    guest.ring(1 << 9);
    assert_eq!(guest.device.violations.of(Kind::Ownership), 1);
    assert_eq!(guest.device.violations.total(), 3);
}

#[test]
fn a_queue_that_moves_or_is_missing_is_counted() {
    let mut guest = Guest::ready();
    guest.word(0x14, 0x8000);
    assert_eq!(guest.device.violations.of(Kind::Queue), 1);
    guest.device.reset();
    guest.word(0x14, 0x8000);
    guest.word(0x14, 0x8000);
    assert_eq!(guest.device.violations.of(Kind::Queue), 1);
    guest.device.reset();
    assert!(guest.word(0x18, 1));
    assert_eq!(guest.device.violations.of(Kind::Queue), 2);
}

#[test]
fn a_swallowed_command_keeps_its_slot_and_frees_it_for_the_next_doorbell() {
    let mut guest = Guest::ready();
    guest.device.faults.drop = 1;
    guest.nops(1);
    assert_eq!(status(&guest.ram, 0), 1);
    guest.nops(1);
    assert_eq!(
        (status(&guest.ram, 0), guest.device.violations.total()),
        (0, 0)
    );
}

#[test]
fn a_stalled_engine_takes_nothing_and_goes_on_where_it_stood() {
    let mut guest = Guest::ready();
    guest.device.faults.stall = true;
    assert_eq!(guest.nops(0b11), Next::Idle);
    assert_eq!((status(&guest.ram, 0), status(&guest.ram, 1)), (1, 1));
    assert_eq!(guest.device.read_word(0x1010, 1_000_000), 11);
    guest.device.faults.stall = false;
    assert_eq!(guest.step(), Next::Idle);
    assert_eq!((status(&guest.ram, 0), status(&guest.ram, 1)), (0, 0));
}

#[test]
fn a_dying_device_answers_nothing_any_more() {
    let mut guest = Guest::ready();
    guest.device.faults.die_after = 2;
    assert_eq!(guest.nops(1), Next::Idle);
    assert_eq!(guest.nops(1), Next::Die);
    assert_eq!(status(&guest.ram, 0), 1);
}

#[test]
fn a_failed_opcode_is_answered_and_not_executed() {
    let mut guest = Guest::ready();
    guest.device.faults.fail.insert(
        0x802,
        Failure {
            status: 0x8,
            syndrome: 0xabc,
        },
    );
    let reply = guest.call(&input(0x802, 0, 0, 16), 16);
    assert_eq!((reply[0], get32(&reply, 4)), (0x8, 0xabc));
    assert!(guest.device.firmware.uars.all().is_empty());
}

#[test]
fn run_time_pages_are_asked_for_once_the_driver_listens() {
    let mut guest = Guest::ready();
    guest.device.regular_pages = 7;
    guest.step();
    assert!(guest.device.firmware.events.is_empty());
    let mut guest = Guest::with_events();
    guest.device.request_pages(-3);
    guest.step();
    assert_eq!(guest.event(0).0, event::PAGE_REQUEST);
    let count = get32(
        &guest.ram.bytes(usize::try_from(EQ_PAGES[0]).unwrap(), 64),
        0x24,
    );
    assert_eq!(count, u32::MAX - 2);
    guest.step();
    assert_eq!(guest.event(1).0, 0, "it is asked once");
}

#[test]
fn writes_to_read_only_words_and_foreign_pages_are_counted() {
    let mut guest = Guest::ready();
    guest.word(0x0, 1);
    guest.word(0x1fc, 1);
    guest.word(u64::from(FIRST_UAR) * UAR + EQ_ARM, 1 << 24);
    guest.word(u64::MAX & !3, 1);
    let now = guest.now;
    for (at, data) in [(0x10, &[1, 2][..]), (0x11, &[1, 2, 3, 4])] {
        assert!(!guest.device.write(at, data, now, &mut guest.lines));
    }
    assert_eq!(guest.device.violations.of(Kind::Mmio), 6);
}

#[test]
fn a_doorbell_of_a_queue_that_is_not_there_is_counted() {
    let mut guest = Guest::with_events();
    guest.word(u64::from(FIRST_UAR) * UAR + EQ_ARM, 2 << 24);
    guest.arm(5);
    assert_eq!(guest.device.violations.of(Kind::EqDoorbell), 2);
}

#[test]
fn a_function_left_enabled_is_counted_unless_a_reset_follows() {
    let mut guest = Guest::ready();
    guest.device.bus_master(false);
    guest.device.reset();
    guest.device.end();
    assert_eq!(guest.device.violations.total(), 0);
    let mut guest = Guest::ready();
    guest.device.bus_master(false);
    guest.device.end();
    assert_eq!(guest.device.violations.of(Kind::LeftEnabled), 1);
    let mut guest = Guest::new();
    guest.device.bus_master(false);
    guest.device.end();
    assert_eq!(guest.device.violations.total(), 0);
}

#[test]
fn a_reset_forgets_queue_objects_and_commands() {
    let mut guest = Guest::with_events();
    guest.device.faults.delay_us = 1000;
    guest.nops(0xff);
    guest.device.reset();
    guest.now += 5000;
    assert_eq!(guest.step(), Next::Idle);
    assert_eq!(status(&guest.ram, 0), 1);
    assert_eq!(guest.device.firmware.eqs.numbers().len(), 0);
    assert_eq!(guest.device.read_word(0x14, 0), 0x56);
}

#[test]
fn dead_firmware_answers_nothing_until_a_software_reset() {
    let mut guest = Guest::ready();
    guest.device.crash();
    guest.word(0x14, u32::try_from(QUEUE).unwrap());
    submit(&guest.ram, 0, 1, &input(0x104, 0, 0, 16), 16);
    guest.word(0x18, 1);
    guest.step();
    assert_eq!(
        (
            status(&guest.ram, 0),
            guest.device.read_word(0x238, 0) >> 31
        ),
        (1, 1)
    );
    guest.word(0x14, 7 << 8);
    assert_eq!(guest.device.read_word(0x238, 0) >> 31, 0);
    assert_eq!((guest.device.read_word(0x14, 0) >> 8) & 7, 1);
    guest.word(0x14, u32::try_from(QUEUE).unwrap());
    guest.ring(1);
    assert_eq!(
        (status(&guest.ram, 0), output(&guest.ram, 0, 16)[0]),
        (0, 0)
    );
    assert_eq!(guest.device.violations.total(), 0);
}

#[test]
fn planted_completion_lies_do_what_they_are_named_after() {
    let run = |name: &str| {
        let mut guest = Guest::with_events();
        guest.arm(0);
        guest.device.mutations.plant(name).unwrap();
        let next = guest.nops(0b1);
        (guest, next)
    };
    let (guest, _) = run("wrong-slot");
    assert_eq!(guest.event(0).1, 0b10);
    let (guest, _) = run("double-eqe");
    assert_eq!((guest.event(0).1, guest.event(1).1), (1, 1));
    let (guest, _) = run("lost-interrupt");
    assert_eq!((guest.event(0).1, guest.lines.0.len()), (1, 0));
    let (guest, _) = run("wrong-vector");
    assert_eq!(guest.lines.0, [4]);
    let (guest, _) = run("delivery-lie");
    assert_eq!(status(&guest.ram, 0), 7 << 1);
    let (guest, next) = run("early-eqe");
    assert_eq!(
        (guest.event(0).1, status(&guest.ram, 0), next),
        (1, 1, Next::At(6000))
    );
    let (guest, _) = run("early-release");
    assert_eq!(status(&guest.ram, 0), 0);
    let (mut guest, _) = run("drop-second");
    guest.device.faults.delay_us = 10;
    guest.nops(0b11);
    guest.now += 10;
    guest.step();
    assert_eq!((status(&guest.ram, 0), status(&guest.ram, 1)), (0, 1));
}

#[test]
fn a_function_that_starts_answers_later_and_takes_nothing_before() {
    let mut guest = Guest::new();
    guest.device.start.absent_ms = 1;
    guest.device.start.starting_ms = 1;
    assert_eq!(
        guest.device.read_word(0x230, guest.now),
        (28 << 24) | (43 << 16) | 1002
    );
    guest.device.reset();
    assert!(!guest.word(0x18, 1), "a doorbell is lost");
    assert_eq!(guest.device.read_word(0x230, guest.now), u32::MAX);
    guest.now += 1000;
    assert_eq!(guest.device.read_word(0x1fc, guest.now) >> 31, 1);
    assert!(!guest.word(0x18, 1));
    assert_eq!(guest.device.violations.total(), 0);
    guest.word(0x14, 0x5000);
    assert_eq!(guest.device.violations.total(), 1, "a queue is not set now");
    assert_eq!(guest.device.iseg.queue, None);
    guest.now += 1000;
    assert_eq!(guest.device.read_word(0x1fc, guest.now) >> 31, 0);
    guest.word(0x14, u32::try_from(QUEUE).unwrap());
    assert_eq!(guest.device.iseg.queue, Some(QUEUE));
    assert_eq!(guest.device.violations.total(), 1);
}

#[test]
fn random_slots_and_doorbells_never_panic() {
    let mut guest = Guest::with_events();
    let mut seed = 88_172_645_463_325_252_u64;
    for _ in 0..30_000 {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let at = QUEUE + seed % 2048;
        assert!(guest.ram.write(
            at,
            &seed.to_be_bytes()[..(1 + crate::field::index(seed >> 61))]
        ));
        match (seed >> 40) & 7 {
            0 => guest.word(0x18, low32(seed)),
            1 => guest.word(
                u64::from(FIRST_UAR) * UAR + (seed & 0xffc),
                low32(seed >> 8),
            ),
            2 => guest
                .device
                .write(seed, &seed.to_be_bytes(), guest.now, &mut guest.lines),
            3 => {
                let slot = low32(seed >> 20) % 32;
                submit(&guest.ram, slot, 1, &input(low16(seed), 0, 1, 64), 64);
                guest.word(0x18, 1 << slot)
            }
            _ => false,
        };
        guest.now += 7;
        guest.step();
        guest.device.read(seed, &mut [0; 8], guest.now);
        if guest.device.iseg.queue != Some(QUEUE) {
            guest = Guest::with_events();
        }
    }
}

fn low16(seed: u64) -> u16 {
    let commands = crate::command::COMMANDS;
    commands[crate::field::index(seed >> 8) % commands.len()].opcode
}
