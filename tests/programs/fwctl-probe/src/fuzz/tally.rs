// SPDX-License-Identifier: GPL-2.0

//! What became of all calls.

#![forbid(unsafe_code)]

use crate::digest::Digest;
use std::collections::BTreeMap;

/// What a call is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// A remote procedure call that firmware answers, if it is delivered.
    ForFirmware,
    /// A remote procedure call that the driver answers by itself.
    ForDriver,
    /// Another call.
    Other,
}

/// What became of all calls.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Tally {
    pub(super) counts: BTreeMap<String, u64>,
    pub(super) digest: Digest,
    /// Remote procedure calls, and those of them that firmware answered.
    pub(super) rpcs: u64,
    pub(super) reached: u64,
}

impl Tally {
    /// Nothing was done yet.
    pub(super) const fn new() -> Self {
        Self {
            counts: BTreeMap::new(),
            digest: Digest::new(),
            rpcs: 0,
            reached: 0,
        }
    }

    /// Adds a call that ended with `result` and, if it was delivered, with `reply`.
    pub(super) fn add(&mut self, kind: Kind, result: String, reply: &[u8]) {
        self.digest.add(result.as_bytes());
        self.digest.add(&[0]);
        self.digest.add(reply);
        self.rpcs += u64::from(kind != Kind::Other);
        self.reached += u64::from(kind == Kind::ForFirmware && result == "OK");
        *self.counts.entry(result).or_insert(0) += 1;
    }

    /// Adds what another thread did.
    pub(super) fn merge(&mut self, other: Self) {
        for (result, count) in other.counts {
            *self.counts.entry(result).or_insert(0) += count;
        }
        self.digest.add(other.digest.to_string().as_bytes());
        self.rpcs += other.rpcs;
        self.reached += other.reached;
    }

    /// Returns whether every result is one of `known`.
    pub(super) fn is_known(&self, known: &[&str]) -> bool {
        self.counts.keys().all(|key| known.contains(&key.as_str()))
    }

    /// Returns how many in a hundred of the remote procedure calls firmware answered.
    pub(super) fn share(&self) -> u64 {
        (self.reached * 100).checked_div(self.rpcs).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(results: &[&str]) -> Tally {
        let mut tally = Tally::new();
        results
            .iter()
            .for_each(|r| tally.add(Kind::ForFirmware, (*r).to_owned(), &[]));
        tally
    }

    #[test]
    fn the_digest_depends_on_order_and_unknown_results_are_told() {
        let (one, other) = (tally(&["OK", "EBADMSG"]), tally(&["EBADMSG", "OK"]));
        assert_eq!(one.counts, other.counts);
        assert_ne!(one.digest, other.digest);
        assert!(one.is_known(&["EBADMSG", "OK"]));
        assert!(!one.is_known(&["OK"]));
    }

    #[test]
    fn threads_add_up() {
        let mut all = tally(&["OK"]);
        all.merge(tally(&["OK", "EBADMSG"]));
        assert_eq!((all.rpcs, all.reached, all.share()), (3, 2, 66));
        assert_eq!(all.counts.get("OK"), Some(&2));
    }

    #[test]
    fn only_what_is_for_firmware_and_delivered_reached_it() {
        let mut all = tally(&["OK", "EINVAL"]);
        all.add(Kind::ForDriver, "OK".to_owned(), &[]);
        all.add(Kind::Other, "OK".to_owned(), &[]);
        assert_eq!((all.rpcs, all.reached), (3, 1));
    }
}
