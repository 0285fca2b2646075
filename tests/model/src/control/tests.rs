// SPDX-License-Identifier: GPL-2.0
//! Properties of the control protocol.
#![forbid(unsafe_code)]

use super::*;
use crate::identity::Identity;

fn ask(shared: &Shared, line: &str) -> String {
    answer(shared, line).0
}

#[test]
fn every_reply_ends_with_ok_or_an_error() {
    let shared = Shared::new(Identity::new("test"));
    for good in [
        "set stall=1",
        "get stall",
        "stats",
        "violations",
        "commands",
        "commands 5",
        "event page_request -3",
        "event port_change 1 up",
        "event port_change 15 down",
        "event storm 10",
        "health 5",
        "health fatal",
        "health hang",
        "health ok",
    ] {
        let reply = ask(&shared, good);
        assert_eq!(reply.lines().last(), Some("ok"), "{good}: {reply}");
    }
    for bad in [
        "",
        "dance",
        "set",
        "set stall",
        "get nothing",
        "commands many",
        "event",
        "event page_request x",
        "event port",
        "event port_change 0 up",
        "event port_change 16 up",
        "event port_change 1 sideways",
        "event storm",
        "health",
        "health 256",
        "die now",
        "stats 1",
    ] {
        let reply = ask(&shared, bad);
        assert!(
            reply.starts_with("error: ") && reply.lines().count() == 1,
            "{bad}: {reply}"
        );
    }
}

#[test]
fn reports_are_one_line_of_json() {
    let shared = Shared::new(Identity::new("test"));
    for line in ["stats", "violations"] {
        let reply = ask(&shared, line);
        let (json, end) = reply.split_once('\n').unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(json).is_ok() && end == "ok");
    }
}

#[test]
fn health_shows_in_the_init_segment() {
    let shared = Shared::new(Identity::new("test"));
    ask(&shared, "health 7");
    assert_eq!(shared.lock().device.read_word(0x23c, 0) >> 16, 7);
    ask(&shared, "health fatal");
    assert_eq!(shared.lock().device.read_word(0x238, 0) >> 31, 1);
    ask(&shared, "health ok");
    let mut machine = shared.lock();
    let words = [0x238, 0x23c].map(|at| machine.device.read_word(at, 0));
    assert_eq!(words, [0, 0]);
}

#[test]
fn a_reset_mends_firmware_that_hangs() {
    let shared = Shared::new(Identity::new("test"));
    ask(&shared, "health hang");
    let machine = &mut *shared.lock();
    let count = |machine: &mut crate::machine::Machine, now| machine.device.read_word(0x1010, now);
    assert_eq!(count(machine, 0), count(machine, 9_000_000));
    machine.reset();
    assert_ne!(count(machine, 0), count(machine, 9_000_000));
}

#[test]
fn only_die_and_quit_ask_for_more_than_a_reply() {
    let shared = Shared::new(Identity::new("test"));
    assert_eq!(answer(&shared, "die").1, Wish::Die);
    assert_eq!(answer(&shared, "quit").1, Wish::Quit);
    assert_eq!(answer(&shared, "get stall"), ("0\nok".into(), Wish::None));
}
