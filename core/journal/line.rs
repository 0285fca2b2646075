// SPDX-License-Identifier: GPL-2.0

//! How an entry of the journal is printed.
//!
//! Pure: imports nothing from the kernel crate, and is tested on the host and in the guest.

#![forbid(unsafe_code)]

use core::fmt;

/// What became of a request that may have changed the device.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Firmware answered with this status, in the vendor's numbers; zero is success.
    Answered(u32),
    /// There is no answer: firmware may have executed the request or not. The errno says what the
    /// program was told.
    Unknown(i32),
}

/// One line of the journal.
pub(crate) struct Line<'a> {
    /// Number of the entry.
    pub(crate) number: u64,
    /// When the request ended, in nanoseconds since the epoch.
    pub(crate) nanos: i64,
    /// Who made it.
    pub(crate) who: &'a dyn fmt::Display,
    /// Name of the core device.
    pub(crate) device: &'a dyn fmt::Display,
    /// Number of the scope it was made in.
    pub(crate) scope: u32,
    /// The vendor's words for it.
    pub(crate) command: &'a dyn fmt::Display,
    /// How it ended.
    pub(crate) outcome: Outcome,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "seq={} time={} {} device={} scope={} command={} ",
            self.number,
            Utc(self.nanos),
            self.who,
            self.device,
            scope(self.scope),
            self.command
        )?;
        match self.outcome {
            Outcome::Answered(status) => write!(f, "status={status:#x} errno=0"),
            Outcome::Unknown(errno) => write!(f, "status=unknown errno={errno}"),
        }
    }
}

/// Returns the name of a scope of the user interface.
const fn scope(number: u32) -> &'static str {
    match number {
        0 => "configuration",
        1 => "debug_read_only",
        2 => "debug_write",
        3 => "debug_write_full",
        _ => "unknown",
    }
}

/// Nanoseconds since the epoch, printed as date and time of UTC with microseconds.
struct Utc(i64);

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SECOND: i64 = 1_000_000_000;
        let seconds = self.0.div_euclid(SECOND);
        let micros = self.0.rem_euclid(SECOND) / 1000;
        let (year, month, day) = date(seconds.div_euclid(86_400));
        let time = seconds.rem_euclid(86_400);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{micros:06}Z",
            time / 3600,
            time / 60 % 60,
            time % 60
        )
    }
}

/// Returns year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
///
/// Years are counted from March here, so that the odd day of a leap year is the last one; 400 of
/// them have 146097 days.
const fn date(days: i64) -> (i64, i64, i64) {
    const DAYS_TO_1970: i64 = 719_468;
    let days = days + DAYS_TO_1970;
    let cycle = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = 400 * cycle + year;
    if month < 10 {
        (year, month + 3, day)
    } else {
        (year + 1, month - 9, day)
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_journal_line))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::{super::super::text::Text, *};

    fn prints(what: &dyn fmt::Display, expected: &str) -> bool {
        let mut out = Text::<256>::new();
        let written = fmt::Write::write_fmt(&mut out, format_args!("{what}"));
        written.is_ok() && out.as_str() == expected
    }

    fn line(outcome: Outcome) -> Line<'static> {
        Line {
            number: 7,
            nanos: 1_700_000_000_123_456_789,
            who: &"pid=1 comm=a uid=0",
            device: &"0000:00:04.0",
            scope: 0,
            command: &"WRITE",
            outcome,
        }
    }

    #[test]
    fn an_answer_is_printed_with_its_status() {
        assert!(prints(
            &line(Outcome::Answered(5)),
            "seq=7 time=2023-11-14T22:13:20.123456Z pid=1 comm=a uid=0 device=0000:00:04.0 \
             scope=configuration command=WRITE status=0x5 errno=0"
        ));
    }

    #[test]
    fn a_missing_answer_is_called_unknown() {
        assert!(prints(
            &line(Outcome::Unknown(-19)),
            "seq=7 time=2023-11-14T22:13:20.123456Z pid=1 comm=a uid=0 device=0000:00:04.0 \
             scope=configuration command=WRITE status=unknown errno=-19"
        ));
    }

    #[test]
    fn every_scope_of_the_user_interface_has_a_name() {
        for number in 0..4 {
            assert_ne!(scope(number), "unknown");
            assert!((0..number).all(|other| scope(other) != scope(number)));
        }
        assert_eq!(scope(4), "unknown");
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (days, expected) in [
            (0, (1970, 1, 1)),
            (58, (1970, 2, 28)),
            (59, (1970, 3, 1)),
            (365, (1971, 1, 1)),
            (789, (1972, 2, 29)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
            (-1, (1969, 12, 31)),
        ] {
            assert_eq!(date(days), expected);
        }
    }

    #[test]
    fn every_day_of_four_centuries_follows_the_one_before() {
        let mut before = date(-1);
        for day in 0..146_097 {
            let now = date(day);
            let next_day = now.0 == before.0 && now.1 == before.1 && now.2 == before.2 + 1;
            let next_month = now.2 == 1 && before.2 >= 28;
            assert!(next_day || next_month);
            before = now;
        }
        assert_eq!(before, (2369, 12, 31));
    }

    #[test]
    fn the_ends_of_the_clock_are_printed() {
        assert!(prints(&Utc(0), "1970-01-01T00:00:00.000000Z"));
        assert!(prints(&Utc(-1), "1969-12-31T23:59:59.999999Z"));
        assert!(prints(&Utc(i64::MAX), "2262-04-11T23:47:16.854775Z"));
        assert!(prints(&Utc(i64::MIN), "1677-09-21T00:12:43.145224Z"));
    }
}
