// SPDX-License-Identifier: GPL-2.0
//! Properties of event queues.
#![forbid(unsafe_code)]

use super::*;
use crate::memory::fake::Ram;

fn layout(log_size: u8) -> Layout {
    // Two pages in reverse order, so that a ring that ignores its page list shows.
    let pages = vec![0x3000, 0x1000];
    Layout {
        pages,
        page_size: 4096,
        log_size,
        vector: 2,
        mask: [1 << 10, 0, 0, 0],
        uar: 5,
        uid: 0,
    }
}

fn event() -> Event {
    Event {
        kind: event::COMMAND,
        subtype: 0,
        data: [0x5a; 28],
    }
}

fn post(eq: &mut Eq, ram: &Ram) -> Posted {
    eq.post(ram, &event(), EqeStyle::default())
}

#[test]
fn an_entry_holds_type_data_and_the_lap_as_owner() {
    let ram = Ram::new(0x5000);
    let mut eq = Eq::new(layout(7));
    for n in 0..300_u32 {
        assert_eq!(post(&mut eq, &ram), Posted::Quiet);
        let page = [0x3000, 0x1000][usize::try_from(n % 128 / 64).unwrap()];
        let entry = ram.bytes(page + usize::try_from(n % 64).unwrap() * 64, 64);
        assert_eq!(
            (entry[1], entry[0x20], entry[0x3b]),
            (event::COMMAND, 0x5a, 0x5a)
        );
        assert_eq!(u32::from(entry[0x3f]), (n >> 7) & 1, "entry {n}");
        assert_eq!(eq.consume(n + 1, false), Ok(None));
    }
}

#[test]
fn arming_fires_once_and_at_once_if_an_entry_waits() {
    let ram = Ram::new(0x5000);
    let mut eq = Eq::new(layout(7));
    assert_eq!(eq.consume(0, true), Ok(None));
    assert_eq!(post(&mut eq, &ram), Posted::Fire(2));
    assert_eq!(post(&mut eq, &ram), Posted::Quiet);
    assert_eq!(eq.consume(1, true), Ok(Some(2)));
    assert_eq!(eq.consume(2, false), Ok(None));
    assert_eq!(post(&mut eq, &ram), Posted::Quiet);
    assert_eq!(eq.consume(3, true), Ok(None));
    assert_eq!(post(&mut eq, &ram), Posted::Fire(2));
}

#[test]
fn a_full_ring_takes_nothing_until_software_consumes() {
    let ram = Ram::new(0x5000);
    let mut eq = Eq::new(layout(1));
    assert_eq!(
        [post(&mut eq, &ram), post(&mut eq, &ram)],
        [Posted::Quiet; 2]
    );
    assert_eq!(post(&mut eq, &ram), Posted::Full);
    assert_eq!(eq.consume(1, false), Ok(None));
    assert_eq!(post(&mut eq, &ram), Posted::Quiet);
}

#[test]
fn a_consumer_index_beyond_the_producer_or_backwards_is_refused() {
    let ram = Ram::new(0x5000);
    let mut eq = Eq::new(layout(7));
    assert_eq!(eq.consume(1, true), Err(0));
    post(&mut eq, &ram);
    assert_eq!(eq.consume(1, false), Ok(None));
    assert_eq!(eq.consume(0, false), Err(1));
    assert!(!eq.armed);
}

#[test]
fn counters_wrap_at_24_bits() {
    let ram = Ram::new(0x5000);
    let mut eq = Eq::new(layout(7));
    (eq.producer, eq.consumer) = (0xff_ffff, 0xff_ffff);
    assert_eq!(post(&mut eq, &ram), Posted::Quiet);
    assert_eq!((eq.producer, eq.consume(0, true)), (0, Ok(None)));
    assert!(eq.armed);
}

#[test]
fn a_ring_that_left_memory_is_reported() {
    let mut eq = Eq::new(layout(7));
    assert_eq!(post(&mut eq, &Ram::new(0x3000)), Posted::NoMemory);
    assert_eq!(eq.producer, 0);
}

#[test]
fn numbers_are_reused_late_and_limited() {
    let mut eqs = Eqs::default();
    assert_eq!(
        (eqs.create(layout(1), 2), eqs.create(layout(1), 2)),
        (Some(1), Some(2))
    );
    assert_eq!(eqs.create(layout(1), 2), None);
    assert!(eqs.destroy(1) && !eqs.destroy(1));
    assert_eq!(eqs.create(layout(1), 2), Some(3));
    assert!(eqs.taker(event::COMMAND).is_some() && !eqs.has_taker(event::PAGE_REQUEST));
    assert!(eqs.uses_uar(5) && !eqs.uses_uar(6));
}
