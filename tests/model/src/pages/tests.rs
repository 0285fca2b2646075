// SPDX-License-Identifier: GPL-2.0
//! Properties of the page account.
#![forbid(unsafe_code)]

use super::*;
use crate::memory::fake::Ram;

fn account(boot: u32, init: u32) -> Pages {
    let mut pages = Pages::default();
    pages.configure(boot, init);
    pages.reset();
    pages
}

#[test]
fn demands_shrink_as_pages_come_boot_first() {
    let ram = Ram::new(0x8000);
    let mut pages = account(2, 1);
    assert_eq!(pages.give(&ram, &[0x1000]), Ok(()));
    assert_eq!(
        (
            pages.demand(Stage::Boot),
            pages.demand(Stage::Init),
            pages.missing()
        ),
        (1, 1, 2)
    );
    assert_eq!(pages.give(&ram, &[0x2000, 0x3000]), Ok(()));
    assert_eq!((pages.missing(), pages.held()), (0, 3));
}

#[test]
fn a_wrong_page_refuses_the_whole_gift() {
    let ram = Ram::new(0x4000);
    let mut pages = account(3, 0);
    assert_eq!(
        pages.give(&ram, &[0x1000, 0x2001]),
        Err(PageError::Unaligned(0x2001))
    );
    assert_eq!(
        pages.give(&ram, &[0x1000, 0x1000]),
        Err(PageError::Twice(0x1000))
    );
    assert_eq!(
        pages.give(&ram, &[0x1000, 0x4000]),
        Err(PageError::NotMemory(0x4000))
    );
    assert_eq!(
        pages.give(&ram, &[0x1000; 4]),
        Err(PageError::Unasked(4, 3))
    );
    assert_eq!(pages.held(), 0);
    assert_eq!(pages.give(&ram, &[0x1000]), Ok(()));
    assert_eq!(pages.give(&ram, &[0x1000]), Err(PageError::Twice(0x1000)));
}

#[test]
fn a_resting_function_gives_back_every_page_once() {
    let ram = Ram::new(0x8000);
    let mut pages = account(3, 0);
    pages.give(&ram, &[0x1000, 0x2000, 0x3000]).unwrap();
    let (first, touched) = pages.take(&ram, 2, true);
    assert_eq!((first.len(), touched.len(), pages.held()), (2, 0, 1));
    let (rest, _) = pages.take(&ram, 768, true);
    let mut all = [first, rest].concat();
    all.sort_unstable();
    assert_eq!(all, [0x1000, 0x2000, 0x3000]);
    assert_eq!(pages.take(&ram, 768, true), (vec![], vec![]));
}

#[test]
fn a_running_function_gives_back_only_what_it_offered() {
    let ram = Ram::new(0x8000);
    let mut pages = account(3, 0);
    pages.give(&ram, &[0x1000, 0x2000, 0x3000]).unwrap();
    assert!(pages.take(&ram, 3, false).0.is_empty());
    pages.request(-2);
    assert_eq!(pages.take(&ram, 1, false).0.len(), 1);
    assert_eq!((pages.take(&ram, 5, false).0.len(), pages.held()), (1, 1));
    assert_eq!(pages.demand(Stage::Regular), 0);
}

#[test]
fn a_page_written_while_the_device_owns_it_is_noticed() {
    let ram = Ram::new(0x8000);
    let mut pages = account(2, 0);
    pages.give(&ram, &[0x1000, 0x2000]).unwrap();
    assert!(ram.write(0x2003, &[0]));
    assert_eq!(pages.take(&ram, 9, true).1, [0x2000]);
}

#[test]
fn a_refused_demand_is_remembered_until_reset() {
    let mut pages = account(2, 2);
    pages.cannot_give();
    assert_eq!((pages.missing(), pages.was_refused()), (0, true));
    pages.reset();
    assert_eq!((pages.missing(), pages.was_refused()), (4, false));
}
