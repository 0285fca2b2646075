// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! What became of a channel's commands, by opcode, and how long firmware took. Pure.
//!
//! The memory is fixed: opcodes beyond the room there is share the last row. Who updates it holds
//! the channel's lock.

use core::{
    fmt,
    ops::DerefMut, //
};

/// Opcodes that have a row of their own, and the row that the others share.
pub(crate) const ROWS: usize = 64;

/// Buckets of a histogram: bucket `i` counts what took less than 2^i microseconds and no less than
/// half of that; the last one has no upper end. The one before it ends at 67 seconds.
const BUCKETS: usize = 28;

/// How a command ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// Firmware executed it.
    Ok,
    /// Firmware refused it, with a status.
    Refused,
    /// Firmware returned it without looking at it.
    Undelivered,
    /// Its deadline passed.
    TimedOut,
    /// Its client was revoked, or the device died.
    Cancelled,
}

/// The counters of one opcode.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    opcode: u32,
    posted: u64,
    /// By [`End`], in its order.
    ended: [u64; 5],
    late: u64,
    micros: [u32; BUCKETS],
}

impl Row {
    /// A row that is not in use.
    pub(crate) const EMPTY: Self = Self {
        opcode: 0,
        posted: 0,
        ended: [0; 5],
        late: 0,
        micros: [0; BUCKETS],
    };
}

/// Returns the bucket of a time.
fn bucket(micros: u64) -> usize {
    let bits = micros.checked_ilog2().map_or(0, |log| log + 1);
    // CAST: at most 64.
    (bits as usize).min(BUCKETS - 1)
}

/// The counters of one channel, in memory of the caller's choice.
#[derive(Clone)]
pub(crate) struct Stats<B> {
    rows: B,
    used: usize,
}

impl<B: DerefMut<Target = [Row]>> Stats<B> {
    /// Returns counters at zero that use `rows`, which are all empty.
    pub(crate) fn new(rows: B) -> Self {
        Self { rows, used: 0 }
    }

    /// Counts a command that was given to firmware.
    pub(crate) fn posted(&mut self, opcode: u32) {
        if let Some(row) = self.row(opcode) {
            row.posted += 1;
        }
    }

    /// Counts the end of a command, which firmware had for `micros` if it has returned it.
    pub(crate) fn ended(&mut self, opcode: u32, end: End, micros: Option<u64>) {
        if let Some(row) = self.row(opcode) {
            row.ended[end as usize] += 1; // CAST: the ends are numbered from zero.
            if let Some(micros) = micros {
                let count = &mut row.micros[bucket(micros)];
                *count = count.saturating_add(1);
            }
        }
    }

    /// Counts a reply that came after its command had ended.
    pub(crate) fn late(&mut self, opcode: u32) {
        if let Some(row) = self.row(opcode) {
            row.late += 1;
        }
    }

    /// Copies the counters of `other` over these; what does not fit is left out.
    pub(crate) fn copy_from<C: DerefMut<Target = [Row]>>(&mut self, other: &Stats<C>) {
        let len = self.rows.len().min(other.used);
        self.rows[..len].copy_from_slice(&other.rows[..len]);
        self.used = len;
    }

    /// Returns the row of `opcode`; the last one when there is no other left.
    fn row(&mut self, opcode: u32) -> Option<&mut Row> {
        let last = self.rows.len().checked_sub(1)?;
        let known = self.rows[..self.used.min(last)]
            .iter()
            .position(|row| row.opcode == opcode);
        let at = known.unwrap_or_else(|| {
            let at = self.used.min(last);
            self.used = at + 1;
            self.rows[at].opcode = opcode;
            at
        });
        self.rows.get_mut(at)
    }

    /// Writes one line for each opcode, in the order of their first use; the format is in
    /// `Documentation/ABI/testing/debugfs-auxcore`.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub(crate) fn render(&self, out: &mut impl fmt::Write) -> fmt::Result {
        for (i, row) in self.rows.iter().take(self.used).enumerate() {
            if i + 1 == self.rows.len() {
                out.write_str("opcode=others")?;
            } else {
                write!(out, "opcode={:#06x}", row.opcode)?;
            }
            let [ok, refused, undelivered, timed_out, cancelled] = row.ended;
            let Row { posted, late, .. } = row;
            write!(out, " posted={posted} ok={ok} refused={refused}")?;
            write!(out, " undelivered={undelivered} timed_out={timed_out}")?;
            write!(out, " cancelled={cancelled} late={late}")?;
            let mut start = " us=";
            for (i, count) in row.micros.iter().enumerate().filter(|(_, &n)| n > 0) {
                out.write_str(start)?;
                start = ",";
                match i + 1 {
                    BUCKETS => write!(out, "more:{count}")?,
                    _ => write!(out, "{}:{count}", 1u64 << i)?,
                }
            }
            out.write_str("\n")?;
        }
        Ok(())
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_stats))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::{super::text::Text, *};

    fn text<B: DerefMut<Target = [Row]>>(stats: &Stats<B>) -> Text<512> {
        let mut text = Text::new();
        assert!(stats.render(&mut text).is_ok());
        text
    }

    fn is(stats: &Stats<&mut [Row]>, expected: &str) -> bool {
        text(stats).as_str() == expected
    }

    #[test]
    fn a_bucket_ends_at_its_power_of_two() {
        assert_eq!(bucket(0), 0);
        assert_eq!(bucket(1), 1);
        for log in 1..BUCKETS - 1 {
            assert_eq!(bucket((1 << log) - 1), log);
            assert_eq!(bucket(1 << log), log + 1);
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn each_end_has_its_counter() {
        let mut rows = [Row::EMPTY; 3];
        let mut stats = Stats::new(&mut rows[..]);
        assert!(is(&stats, ""));
        stats.posted(0x805);
        for (i, end) in [
            End::Ok,
            End::Refused,
            End::Undelivered,
            End::TimedOut,
            End::Cancelled,
        ]
        .into_iter()
        .enumerate()
        {
            for _ in 0..=i {
                stats.ended(0x805, end, None);
            }
        }
        stats.late(0x805);
        assert!(is(
            &stats,
            "opcode=0x0805 posted=1 ok=1 refused=2 undelivered=3 timed_out=4 cancelled=5 late=1\n"
        ));
    }

    #[test]
    fn times_are_in_the_histogram_and_commands_without_a_reply_are_not() {
        let mut rows = [Row::EMPTY; 2];
        let mut stats = Stats::new(&mut rows[..]);
        for micros in [3, 100, 127, 128, u64::MAX] {
            stats.ended(1, End::Ok, Some(micros));
        }
        stats.ended(1, End::TimedOut, None);
        assert!(is(
            &stats,
            "opcode=0x0001 posted=0 ok=5 refused=0 undelivered=0 timed_out=1 cancelled=0 late=0 \
             us=4:1,128:2,256:1,more:1\n"
        ));
    }

    #[test]
    fn opcodes_beyond_the_room_share_the_last_row() {
        let mut rows = [Row::EMPTY; 3];
        let mut stats = Stats::new(&mut rows[..]);
        for opcode in 0..100 {
            stats.posted(opcode);
            stats.posted(opcode);
        }
        assert_eq!(stats.used, 3);
        assert_eq!(stats.rows[0].posted, 2);
        assert_eq!(stats.rows[1].posted, 2);
        assert_eq!(stats.rows[2].posted, 196);
        assert!(text(&stats).as_str().contains("=others "));
    }

    #[test]
    fn no_room_at_all_is_no_error() {
        let mut stats = Stats::new(&mut [][..]);
        stats.posted(1);
        stats.ended(1, End::Ok, Some(1));
        stats.late(1);
        assert!(is(&stats, ""));
    }

    #[test]
    fn a_copy_shows_the_same() {
        let mut rows = [Row::EMPTY; 4];
        let mut stats = Stats::new(&mut rows[..]);
        for opcode in [7, 9, 7] {
            stats.posted(opcode);
            stats.ended(opcode, End::Ok, Some(50));
        }
        let mut rows = [Row::EMPTY; 4];
        let mut copy = Stats::new(&mut rows[..]);
        copy.copy_from(&stats);
        assert!(is(&copy, text(&stats).as_str()));
    }
}
