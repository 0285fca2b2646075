// SPDX-License-Identifier: GPL-2.0
//! Properties of the command queue, and a guest side to drive it with.
#![forbid(unsafe_code)]

use super::*;
use crate::field::{get8, put, put32, put64};
use crate::memory::fake::Ram;

/// Where the queue of the test guest lies.
pub const QUEUE: u64 = 0x1000;
const INPUT: u64 = 0x1_0000;
const OUTPUT: u64 = 0x10_0000;
const STEP: u64 = 1024;

/// Returns a guest with 2 MiB of memory.
pub fn guest() -> Ram {
    Ram::new(2 << 20)
}

fn chain(ram: &Ram, first: u64, length: usize, token: u8, data: &[u8]) -> u64 {
    let count = length.saturating_sub(16).div_ceil(512);
    for n in 0..count {
        let mut block = vec![0; 576];
        let chunk: Vec<u8> = data.iter().skip(512 * n).take(512).copied().collect();
        put(&mut block, 0, &chunk);
        let next = if n + 1 < count {
            first + STEP * (n as u64 + 1)
        } else {
            0
        };
        put64(&mut block, 0x230, next);
        put32(&mut block, 0x238, u32::try_from(n).unwrap());
        put(&mut block, 0x23d, &[token]);
        assert!(ram.write(first + STEP * n as u64, &block));
    }
    if count == 0 {
        0
    } else {
        first
    }
}

/// Puts a command into a slot, each slot with its own mailboxes.
pub fn submit(ram: &Ram, slot: u32, token: u8, input: &[u8], outlen: usize) {
    let shift = u64::from(slot) * 0x8000;
    let rest = input.get(16..).unwrap_or_default();
    let in_ptr = chain(ram, INPUT + shift, input.len(), token, rest);
    let out_ptr = chain(ram, OUTPUT + shift, outlen, token, &[]);
    let mut entry = vec![0; 64];
    entry[0] = 7;
    put32(&mut entry, 4, u32::try_from(input.len()).unwrap());
    put64(&mut entry, 8, in_ptr);
    put(&mut entry, 16, &input[..input.len().min(16)]);
    put64(&mut entry, 0x30, out_ptr);
    put32(&mut entry, 0x38, u32::try_from(outlen).unwrap());
    entry[0x3c] = token;
    entry[0x3f] = 1;
    assert!(ram.write(slot_address(QUEUE, slot), &entry));
}

/// Returns the ownership and delivery byte of a slot.
pub fn status(ram: &Ram, slot: u32) -> u8 {
    get8(
        &ram.bytes(usize::try_from(slot_address(QUEUE, slot)).unwrap(), 64),
        0x3f,
    )
}

/// Returns the output of a slot.
pub fn output(ram: &Ram, slot: u32, length: usize) -> Vec<u8> {
    let at = usize::try_from(slot_address(QUEUE, slot)).unwrap() + 0x20;
    let mut output = ram.bytes(at, 16);
    let first = usize::try_from(OUTPUT).unwrap() + usize::try_from(slot).unwrap() * 0x8000;
    for n in 0..length.saturating_sub(16).div_ceil(512) {
        output.extend(ram.bytes(first + 1024 * n, 512));
    }
    output.truncate(length);
    output
}

fn poke(ram: &Ram, at: u64, byte: u8) {
    assert!(ram.write(at, &[byte]));
}

fn delivery(ram: &Ram) -> Option<Delivery> {
    fetch(ram, QUEUE, 0, false).unwrap_err().delivery
}

#[test]
fn lengths_at_the_edges_of_mailboxes_are_read_whole() {
    for length in [8, 15, 16, 17, 527, 528, 529, 1040, 4112] {
        let ram = guest();
        let input: Vec<u8> = (0..length)
            .map(|n| u8::try_from(n % 251).unwrap())
            .collect();
        submit(&ram, 0, 9, &input, 16);
        let command = fetch(&ram, QUEUE, 0, false).unwrap();
        assert_eq!(
            (command.input.len().min(length), command.token),
            (length, 9)
        );
        assert_eq!(command.input[..length], input[..]);
    }
}

#[test]
fn a_reply_never_exceeds_the_room_and_fills_it() {
    for length in [8, 16, 17, 528, 529, 4112] {
        let ram = guest();
        submit(&ram, 3, 9, &[0xee; 16], length);
        let mut command = fetch(&ram, QUEUE, 3, false).unwrap();
        command.write(&ram, &[0x77; 5000], Style::default());
        assert_eq!(status(&ram, 3), 1, "the slot still belongs to the device");
        command.release(&ram, Delivery::Ok, Style::default());
        assert_eq!(status(&ram, 3), 0);
        assert_eq!(output(&ram, 3, length), vec![0x77; length]);
        let blocks = length.saturating_sub(16).div_ceil(512);
        let end = 0x10_0000 + 3 * 0x8000 + 1024 * blocks.saturating_sub(1);
        let used = (length.saturating_sub(16) + 511) % 512 + 1;
        if blocks > 0 && used < 512 {
            assert_eq!(ram.bytes(end + used, 512 - used), vec![0; 512 - used]);
        }
    }
}

#[test]
fn a_slot_software_owns_is_left_alone() {
    let ram = guest();
    submit(&ram, 0, 1, &[0; 16], 16);
    poke(&ram, QUEUE + 0x3f, 0);
    let fault = fetch(&ram, QUEUE, 0, false).unwrap_err();
    assert_eq!((fault.delivery, fault.kind), (None, Kind::Ownership));
}

#[test]
fn each_malformed_slot_has_its_delivery_status() {
    let cases: &[(u64, u8, Delivery)] = &[
        (0x00, 6, Delivery::CommandType),
        (0x01, 1, Delivery::ReservedNotZero),
        (0x3e, 1, Delivery::ReservedNotZero),
        (0x3f, 3, Delivery::ReservedNotZero),
        (0x04, 0xff, Delivery::InputLength),
        (0x07, 7, Delivery::InputLength),
        (0x38, 0xff, Delivery::OutputLength),
        (0x3b, 7, Delivery::OutputLength),
    ];
    for (at, byte, expected) in cases {
        let ram = guest();
        submit(&ram, 0, 1, &[0; 16], 16);
        poke(&ram, QUEUE + at, *byte);
        assert_eq!(delivery(&ram), Some(*expected), "byte {at:#x}");
    }
}

#[test]
fn each_malformed_mailbox_has_its_delivery_status() {
    for (first, pointer) in [
        (INPUT, Delivery::InputPointer),
        (OUTPUT, Delivery::OutputPointer),
    ] {
        let slot_field = if first == INPUT { 0x08 } else { 0x30 };
        let cases: &[(u64, u8, Delivery)] = &[
            (QUEUE + slot_field + 7, 0x10, pointer),
            (QUEUE + slot_field, 0x10, Delivery::Internal),
            (first + STEP + 0x23d, 8, Delivery::Token),
            (first + STEP + 0x23b, 7, Delivery::BlockNumber),
            (first + STEP + 0x210, 1, Delivery::ReservedNotZero),
            (first + STEP + 0x23c, 1, Delivery::ReservedNotZero),
            (first + 0x237, 0x11, pointer),
            (first + 0x230, 0x11, Delivery::Internal),
        ];
        for (at, byte, expected) in cases {
            let ram = guest();
            submit(&ram, 0, 1, &[0; 1200], 1200);
            poke(&ram, *at, *byte);
            assert_eq!(delivery(&ram), Some(*expected), "address {at:#x}");
        }
    }
}

#[test]
fn the_unused_tail_of_a_longer_chain_is_not_looked_at() {
    let ram = guest();
    submit(&ram, 0, 1, &[0; 528], 16);
    assert!(ram.write(INPUT + 0x230, &0xdead_beef_dead_beef_u64.to_be_bytes()));
    assert!(fetch(&ram, QUEUE, 0, false).is_ok());
}

#[test]
fn signatures_are_checked_and_written_when_they_are_on() {
    let ram = guest();
    submit(&ram, 0, 1, &[1; 600], 600);
    assert_eq!(
        fetch(&ram, QUEUE, 0, true).unwrap_err().delivery,
        Some(Delivery::Signature)
    );
    let mut slot = Slot::load(&ram, QUEUE).unwrap();
    slot.sign();
    poke(&ram, QUEUE + 0x3d, slot.sig);
    assert_eq!(
        fetch(&ram, QUEUE, 0, true).unwrap_err().delivery,
        Some(Delivery::Signature)
    );
    for block in [INPUT, INPUT + STEP] {
        chain::sign(&ram, block);
    }
    let mut command = fetch(&ram, QUEUE, 0, true).unwrap();
    let style = Style {
        sign: true,
        ..Style::default()
    };
    command.write(&ram, &[5; 600], style);
    command.release(&ram, Delivery::Ok, style);
    let xor = |at: u64, length| {
        let bytes = ram.bytes(usize::try_from(at).unwrap(), length);
        bytes.iter().fold(0, |x, b| x ^ b)
    };
    assert_eq!(
        (xor(QUEUE, 64), xor(OUTPUT, 576), xor(OUTPUT + 0x200, 63)),
        (0xff, 0xff, 0xff)
    );
}

#[test]
fn planted_styles_do_what_they_are_named_after() {
    let token = usize::try_from(OUTPUT).unwrap() + 0x23d;
    let ram = guest();
    submit(&ram, 0, 7, &[0; 16], 600);
    let mut command = fetch(&ram, QUEUE, 0, false).unwrap();
    command.write(
        &ram,
        &[1; 600],
        Style {
            wrong_token: true,
            ..Style::default()
        },
    );
    assert_eq!(ram.bytes(token, 1), [!7]);
    command.write(
        &ram,
        &[2; 600],
        Style {
            cut: true,
            ..Style::default()
        },
    );
    assert_eq!(
        (output(&ram, 0, 600)[527], output(&ram, 0, 600)[528]),
        (2, 1)
    );
    command.write(
        &ram,
        &[3; 600],
        Style {
            overrun: true,
            ..Style::default()
        },
    );
    assert_eq!(
        ram.bytes(usize::try_from(OUTPUT).unwrap() + 1024 + 511, 1),
        [0xa5]
    );
}
