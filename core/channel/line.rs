// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The commands that wait for a slot.
//!
//! In order of arrival, and by lane: a lane that is admitted to no slot holds up none that is.
//! To arrive, to be next and to be taken out takes a few steps however many wait, not counting those
//! whose client was revoked; a search goes through all. Part of the channel's state, under its lock.

use kernel::{
    prelude::*,
    rbtree::{RBTree, RBTreeNodeReservation}, //
};

use super::Entry;
use crate::{
    ring::Ring,
    slots::{Lane, LANES}, //
};

/// Where a command stands: its lane, and its number among all that ever came.
#[derive(Clone, Copy)]
pub(super) struct Place {
    lane: Lane,
    number: u64,
}

/// Room for one more command.
pub(super) type Room<R> = RBTreeNodeReservation<u64, Entry<R>>;

/// The commands that wait for a slot.
pub(super) struct Line<R: Ring> {
    lanes: [RBTree<u64, Entry<R>>; LANES.len()],
    last: u64,
}

impl<R: Ring> Line<R> {
    pub(super) fn new() -> Self {
        Self {
            lanes: LANES.map(|_| RBTree::new()),
            last: 0,
        }
    }

    /// Returns whether no command waits.
    pub(super) fn is_empty(&self) -> bool {
        self.lanes.iter().all(RBTree::is_empty)
    }

    /// Returns whether a command of `lane` waits.
    pub(super) fn has(&self, lane: Lane) -> bool {
        !self.of(lane).is_empty()
    }

    /// Returns room for one more command. Context: any. Errors: `ENOMEM`.
    pub(super) fn room() -> Result<Room<R>> {
        RBTreeNodeReservation::new(GFP_ATOMIC)
    }

    /// Puts a command behind all others.
    pub(super) fn push(&mut self, room: Room<R>, entry: Entry<R>) {
        let lane = entry.ticket.lane;
        self.last += 1;
        let node = room.into_node(self.last, entry);
        // No other command has this number. CAST: an index.
        let _ = self.lanes[lane as usize].insert(node);
    }

    /// Takes out the first command whose lane satisfies `admits` and whose client may still use the
    /// channel.
    pub(super) fn next(&mut self, admits: impl Fn(Lane) -> bool) -> Option<Entry<R>> {
        let mut first: Option<Place> = None;
        for lane in LANES {
            if !self.has(lane) || !admits(lane) {
                continue;
            }
            let place = self.find_in(lane, |entry| !entry.ticket.licence.is_revoked());
            if let Some(place) = place.filter(|place| first.is_none_or(|f| place.number < f.number))
            {
                first = Some(place);
            }
        }
        self.remove(first?)
    }

    /// Returns where the first command stands that satisfies `f`, of the lowest lane with one.
    pub(super) fn find(&self, f: impl Fn(&Entry<R>) -> bool) -> Option<Place> {
        LANES.into_iter().find_map(|lane| self.find_in(lane, &f))
    }

    /// Returns where the first command of `lane` stands that satisfies `f`.
    pub(super) fn find_in(&self, lane: Lane, f: impl Fn(&Entry<R>) -> bool) -> Option<Place> {
        for (&number, entry) in self.of(lane) {
            if f(entry) {
                return Some(Place { lane, number });
            }
        }
        None
    }

    /// Takes out the command at `place`.
    pub(super) fn remove(&mut self, place: Place) -> Option<Entry<R>> {
        self.lanes[place.lane as usize].remove(&place.number) // CAST: an index.
    }

    /// Calls `f` with every command.
    pub(super) fn each(&self, mut f: impl FnMut(&Entry<R>)) {
        for lane in &self.lanes {
            for entry in lane.values() {
                f(entry);
            }
        }
    }

    fn of(&self, lane: Lane) -> &RBTree<u64, Entry<R>> {
        &self.lanes[lane as usize] // CAST: the lanes are numbered from zero.
    }
}
