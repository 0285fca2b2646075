// SPDX-License-Identifier: GPL-2.0
//! Properties of the command handlers.
#![forbid(unsafe_code)]

use super::*;
use crate::field::{get16, get64, put16, put64};
use crate::firmware::tests::{input, Bench};
use crate::firmware::{Hca, TOOLS};
use crate::mutation::Mutations;

fn create_eq(uar: u32, log_size: u32, pages: &[u64]) -> Vec<u8> {
    let mut create = input(0x301, 0, 0, 0x110 + 8 * pages.len());
    put32(&mut create, 0x1c, (log_size << 24) | uar);
    for (n, page) in pages.iter().enumerate() {
        put64(&mut create, 0x110 + 8 * n, *page);
    }
    create
}

fn numbered(opcode: u16, number: u32) -> Vec<u8> {
    let mut command = input(opcode, 0, 0, 16);
    put32(&mut command, 8, number);
    command
}

fn object(bench: &mut Bench, opcode: u16) -> u32 {
    let output = bench.run(&input(opcode, 0, 0, 16));
    assert_eq!(output[0], 0);
    get32(&output, 8)
}

#[test]
fn opcodes_are_sorted_unique_and_named_as_in_the_name_table() {
    assert!(COMMANDS
        .windows(2)
        .all(|pair| pair[0].opcode < pair[1].opcode));
    assert!(names::NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    for command in COMMANDS.iter().filter(|c| c.opcode != 0xa05) {
        assert_eq!(name(command.opcode), command.name);
    }
}

#[test]
fn a_function_goes_up_and_down_and_up_again() {
    let mut bench = Bench::ready();
    assert_eq!(bench.status(&input(0x103, 0, 0, 16)), 0);
    assert_eq!(bench.firmware.hca, Hca::Enabled);
    let mut take = input(0x108, 0, 2, 16);
    put32(&mut take, 12, 768);
    let output = bench.run(&take);
    assert_eq!(
        (output[0], get32(&output, 8), output.len()),
        (0, 40, 16 + 8 * 40)
    );
    assert_ne!(get64(&output, 16), 0);
    assert_eq!(bench.status(&input(0x105, 0, 0, 16)), 0);
    assert_eq!(
        (bench.firmware.hca, bench.violations.total()),
        (Hca::Off, 0)
    );
    assert_eq!(bench.status(&input(0x104, 0, 0, 16)), 0);
}

#[test]
fn what_is_left_behind_is_counted() {
    let mut bench = Bench::ready();
    object(&mut bench, 0x802);
    object(&mut bench, 0x800);
    bench.uctx(TOOLS);
    assert_eq!(bench.status(&input(0x103, 0, 0, 16)), 0);
    assert_eq!(bench.violations.of(Kind::ObjectLeaked), 3);
    assert_eq!(bench.status(&input(0x105, 0, 0, 16)), 0);
    assert_eq!(bench.violations.of(Kind::PagesLeaked), 1);
}

#[test]
fn initialisation_needs_the_pages_asked_for() {
    let mut bench = Bench::new();
    assert_eq!(bench.status(&input(0x104, 0, 0, 16)), 0);
    assert_eq!(bench.give(0x4_0000, 39), 0);
    assert_eq!(
        bench.status(&input(0x102, 0, 0, 32)),
        Status::BadSysState as u8
    );
    assert_eq!(bench.violations.of(Kind::TooEarly), 1);
    assert_eq!(bench.status(&input(0x108, 0, 0, 16)), 0);
    assert_eq!(
        bench.status(&input(0x102, 0, 0, 32)),
        Status::NoResources as u8
    );
    assert_eq!(bench.violations.total(), 1);
}

#[test]
fn page_lists_must_match_their_count_and_their_room() {
    let mut bench = Bench::new();
    bench.status(&input(0x104, 0, 0, 16));
    let mut give = input(0x108, 0, 1, 24);
    put32(&mut give, 12, u32::MAX);
    assert_eq!(bench.status(&give), Status::BadInputLen as u8);
    let mut take = input(0x108, 0, 2, 16);
    put32(&mut take, 12, 2);
    assert_eq!(bench.run_into(&take, 31)[0], Status::BadOutputLen as u8);
    assert_eq!(bench.run_into(&take, 32)[0], 0);
}

#[test]
fn an_event_queue_needs_its_uar_and_its_memory() {
    let mut bench = Bench::ready();
    let uar = object(&mut bench, 0x802);
    assert_eq!(bench.status(&create_eq(uar, 7, &[0x1000, 0x2000])), 0);
    assert_eq!(bench.violations.total(), 0);
    let cases = [
        (
            create_eq(uar + 1, 7, &[0x1000, 0x2000]),
            Status::BadParam,
            Kind::Parameter,
        ),
        (
            create_eq(uar, 23, &[0x1000]),
            Status::BadParam,
            Kind::Parameter,
        ),
        (
            create_eq(uar, 7, &[0x1000]),
            Status::BadInputLen,
            Kind::InputLength,
        ),
        (
            create_eq(uar, 7, &[0x1000, 0x2001]),
            Status::BadParam,
            Kind::EqMemory,
        ),
        (
            create_eq(uar, 7, &[0x1000, 1 << 40]),
            Status::BadParam,
            Kind::EqMemory,
        ),
    ];
    for (command, status, kind) in cases {
        let before = bench.violations.of(kind);
        assert_eq!(bench.status(&command), status as u8);
        assert_eq!(bench.violations.of(kind), before + 1, "{kind:?}");
    }
    assert_eq!(
        bench.status(&numbered(0x803, uar)),
        Status::BadResState as u8
    );
    assert_eq!(bench.status(&numbered(0x302, 1)), 0);
    assert_eq!(bench.status(&numbered(0x302, 1)), Status::BadResource as u8);
    assert_eq!(bench.status(&numbered(0x803, uar)), 0);
}

#[test]
fn event_queues_are_limited_by_the_capability() {
    let mut bench = Bench::ready();
    let uar = object(&mut bench, 0x802);
    for _ in 0..64 {
        assert_eq!(bench.status(&create_eq(uar, 1, &[0x1000])), 0);
    }
    assert_eq!(
        bench.status(&create_eq(uar, 1, &[0x1000])),
        Status::ExceedLim as u8
    );
}

#[test]
fn a_queried_event_queue_shows_its_pages_to_the_kernel_only() {
    let mut bench = Bench::ready();
    let uar = object(&mut bench, 0x802);
    bench.status(&create_eq(uar, 7, &[0x1000, 0x2000]));
    let mut query = numbered(0x303, 1);
    let kernel = bench.run(&query);
    assert_eq!(
        (get32(&kernel, 0x1c), get64(&kernel, 0x118)),
        ((7 << 24) | uar, 0x2000)
    );
    let uid = bench.uctx(TOOLS);
    put16(&mut query, 2, uid);
    assert_eq!(bench.run(&query).len(), 0x110);
}

#[test]
fn chosen_capabilities_are_current_until_the_function_is_disabled() {
    let mut bench = Bench::new();
    bench.status(&input(0x104, 0, 0, 16));
    let current = bench.run(&input(0x100, 0, 1, 16));
    let mut set = input(0x109, 0, 0, 4112);
    set[16..].copy_from_slice(&current[16..]);
    set[16 + 0x13] = 18;
    assert_eq!(bench.status(&set), 0);
    assert_eq!(bench.run(&input(0x100, 0, 1, 16))[16 + 0x13], 18);
    set[16 + 0x37] = 2;
    assert_eq!(bench.status(&set), Status::BadParam as u8);
    assert_eq!(bench.violations.of(Kind::Parameter), 1);
    assert_eq!(bench.status(&input(0x105, 0, 0, 16)), 0);
    bench.status(&input(0x104, 0, 0, 16));
    assert_eq!(bench.run(&input(0x100, 0, 1, 16))[16 + 0x13], 17);
}

#[test]
fn a_user_can_query_capabilities_and_set_none() {
    let mut bench = Bench::ready();
    let uid = bench.uctx(TOOLS);
    assert_eq!(bench.status(&input(0x100, uid, 1, 16)), 0);
    assert_eq!(
        bench.status(&input(0x109, uid, 0, 4112)),
        Status::BadParam as u8
    );
    let mut other = input(0x109, uid, 0, 4112);
    put32(&mut other, 8, (1 << 31) | 1);
    assert_eq!(bench.status(&other), Status::BadParam as u8);
    assert_eq!(bench.violations.total(), 0);
}

#[test]
fn contexts_are_limited_and_ask_only_for_what_is_offered() {
    let mut bench = Bench::ready();
    let mut greedy = input(0xa04, 0, 0, 64);
    put32(&mut greedy, 16, 0x1);
    assert_eq!(bench.status(&greedy), Status::BadParam as u8);
    let mut uids: Vec<u16> = (0..256).map(|_| bench.uctx(TOOLS)).collect();
    uids.dedup();
    assert!(uids.len() == 256 && !uids.contains(&0));
    assert_eq!(
        bench.status(&input(0xa04, 0, 0, 64)),
        Status::ExceedLim as u8
    );
}

#[test]
fn a_user_sees_its_own_context_only() {
    let mut bench = Bench::ready();
    let (one, two) = (bench.uctx(TOOLS), bench.uctx(TOOLS));
    let query = |uid, of| {
        let mut query = input(0xa05, uid, 0, 16);
        put16(&mut query, 10, of);
        query
    };
    assert_eq!(get32(&bench.run(&query(one, one)), 16), TOOLS);
    assert_eq!(bench.status(&query(one, two)), Status::BadResource as u8);
    assert_eq!(bench.status(&query(0, two)), 0);
}

#[test]
fn a_register_write_shows_in_the_next_read_and_moves_the_port() {
    let mut bench = Bench::ready();
    let paos = |op_mod, admin: u8| {
        let mut access = input(0x805, 0, op_mod, 32);
        put16(&mut access, 10, 0x5006);
        access[17] = 1;
        access[18] = admin;
        access
    };
    assert_eq!(bench.run(&paos(1, 0))[16..20], [0, 1, 1, 1]);
    assert_eq!(bench.status(&paos(0, 2)), 0);
    assert_eq!(bench.run(&paos(1, 0))[16..20], [0, 1, 2, 2]);
    assert_eq!(bench.run(&input(0x750, 0, 0, 16))[15], 0x10);
    let event = &bench.firmware.events[0];
    assert_eq!((event.kind, event.subtype, event.data[8]), (9, 1, 0x10));
    assert_eq!(bench.status(&paos(0, 7)), Status::BadParam as u8);
    assert_eq!(bench.status(&paos(2, 0)), Status::BadParam as u8);
}

#[test]
fn the_byte_order_of_the_host_is_set_by_its_kernel_only() {
    let mut bench = Bench::ready();
    let uid = bench.uctx(TOOLS);
    let mut access = input(0x805, uid, 0, 32);
    put16(&mut access, 10, 0x7004);
    assert_eq!(bench.status(&access), Status::BadParam as u8);
    put16(&mut access, 2, 0);
    assert_eq!(bench.status(&access), 0);
}

#[test]
fn a_register_is_cut_to_the_room_there_is() {
    let mut bench = Bench::ready();
    let mut access = input(0x805, 0, 1, 16);
    put16(&mut access, 10, 0x6001);
    assert_eq!(bench.run_into(&access, 24).len(), 24);
    assert_eq!(&bench.run_into(&access, 24)[16..], b"auxcore ");
    assert_eq!(bench.run_into(&access, 8).len(), 16);
}

#[test]
fn the_driver_version_is_kept_as_it_was_told() {
    let mut bench = Bench::ready();
    let mut set = input(0x10d, 0, 0, 80);
    assert_eq!(bench.status(&set), Status::BadParam as u8);
    set[16..22].copy_from_slice(b"Linux,");
    assert_eq!(bench.status(&set), 0);
    assert_eq!(&bench.run(&input(0x10c, 0, 0, 16))[16..22], b"Linux,");
}

#[test]
fn issi_is_chosen_among_the_offered_before_initialisation() {
    let mut bench = Bench::new();
    bench.status(&input(0x104, 0, 0, 16));
    let set = |issi| {
        let mut set = input(0x10b, 0, 0, 16);
        put16(&mut set, 10, issi);
        set
    };
    assert_eq!(get32(&bench.run(&input(0x10a, 0, 0, 16)), 0x6c), 3);
    assert_eq!(bench.status(&set(1)), 0);
    assert_eq!(get16(&bench.run(&input(0x10a, 0, 0, 16)), 10), 1);
    assert_eq!(bench.status(&set(2)), Status::BadParam as u8);
    assert_eq!(bench.status(&set(u16::MAX)), Status::BadParam as u8);
}

#[test]
fn the_roce_table_exists_only_with_its_capability() {
    let mut bench = Bench::ready();
    let mut set = input(0x761, 0, 0, 48);
    set[47] = 9;
    assert_eq!(bench.status(&set), Status::BadParam as u8);
    let (group, fields) = (&crate::caps::GROUPS[0], crate::caps::general::FIELDS);
    bench
        .firmware
        .caps
        .configure(group, crate::field::find(fields, "roce").unwrap(), 1)
        .unwrap();
    assert_eq!(bench.status(&set), 0);
    assert_eq!(bench.run(&input(0x760, 0, 0, 16))[47], 9);
    put16(&mut set, 8, 16);
    assert_eq!(bench.status(&set), Status::BadParam as u8);
}

#[test]
fn planted_lies_change_what_they_are_named_after() {
    let planted = |names: &str| {
        let mut bench = Bench::ready();
        let mut mutations = Mutations::default();
        mutations.plant(names).unwrap();
        bench.mutations = mutations;
        bench
    };
    assert_eq!(planted("uid-zero").uctx(TOOLS), 0);
    let mut shared = planted("uid-shared");
    assert_eq!(shared.uctx(TOOLS), shared.uctx(TOOLS));
    assert_eq!(planted("uid-unchecked").status(&input(0x80d, 99, 0, 16)), 0);
    assert_eq!(
        planted("opcode-unchecked").status(&input(0x7ff, 0, 0, 16)),
        0
    );
    assert_eq!(
        get32(&planted("uar-zero").run(&input(0x802, 0, 0, 16)), 8),
        0
    );
    assert_eq!(
        get32(&planted("issi-unknown").run(&input(0x10a, 0, 0, 16)), 0x6c),
        0x80
    );
    assert_eq!(
        planted("cap-swap").run(&input(0x100, 0, 1, 16))[16 + 0x13],
        18
    );
    let mut access = input(0x805, 0, 1, 16);
    put16(&mut access, 10, 0x6001);
    assert_eq!(&planted("reg-shift").run(&access)[20..24], b"auxc");
}

#[test]
fn planted_page_lies_are_told_when_pages_go_back() {
    let taken = |name: &str| {
        let mut bench = Bench::ready();
        bench.mutations.plant(name).unwrap();
        bench.status(&input(0x103, 0, 0, 16));
        let mut take = input(0x108, 0, 2, 16);
        put32(&mut take, 12, 768);
        let output = bench.run(&take);
        let count = usize::try_from(get32(&output, 8)).unwrap();
        let mut pages: Vec<u64> = (0..count).map(|n| get64(&output, 16 + 8 * n)).collect();
        pages.sort_unstable();
        pages.dedup();
        (
            count,
            pages.len(),
            pages
                .iter()
                .filter(|p| (0x4_0000..0x6_8000).contains(*p))
                .count(),
        )
    };
    assert_eq!(taken("none"), (40, 40, 40));
    assert_eq!(taken("page-twice"), (40, 39, 39));
    assert_eq!(taken("page-foreign"), (40, 40, 39));
    assert_eq!(taken("page-withheld"), (39, 39, 39));
    assert_eq!(taken("page-flood"), (41, 41, 40));
}
