// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The slot table: who owns which command slot, and what a returned slot may still satisfy.
//!
//! Pure state, no locking and no I/O: the channel holds it under its lock and does what it says. An
//! item (the memory of one command) goes into a slot when the command is posted and leaves it only
//! through [`SlotTable::returned`], when firmware has returned the slot with the item's token, or
//! through [`SlotTable::purge`], for a device that can no longer write.
//!
//! A slot is *orphaned* when nobody waits for its command any more (deadline, revoked handle). It
//! stays taken until firmware returns it, so a late reply can never reach another command.
//!
//! # Quotas
//!
//! User commands hold at most half of the slots, user and consumer commands together leave an
//! eighth of the regular slots to the kernel, and the reserved slots serve commands that others
//! wait for. So with three regular slots or more, whatever the lower lanes do, each lane finds a
//! slot as long as it holds none itself; with fewer, lanes of clients share a slot.

/// Most slots a table can hold; one bit each in a `u32`.
pub const MAX_SLOTS: usize = 32;

/// Which slots a command may use, from the lowest right to the highest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lane {
    /// Commands of user space.
    User,
    /// Commands of consumers and of drivers of other functions.
    Consumer,
    /// Commands of the core driver.
    Kernel,
    /// Commands that others wait for (page supply): these alone use the reserved slots at the end
    /// of the table, and no others.
    Reserved,
}

/// All lanes, in the order of their numbers.
pub(crate) const LANES: [Lane; 4] = [Lane::User, Lane::Consumer, Lane::Kernel, Lane::Reserved];

/// How many slots the lower lanes may hold.
#[derive(Clone, Copy)]
struct Quota {
    /// [`Lane::User`].
    user: usize,
    /// [`Lane::User`] and [`Lane::Consumer`] together.
    clients: usize,
}

impl Quota {
    fn new(count: usize, reserved: usize) -> Self {
        let regular = count - reserved;
        let clients = regular - (regular / 8).max(1).min(regular.saturating_sub(1));
        // One for the consumers, where there is more than one.
        let user = (count / 2).max(1).min(clients - usize::from(clients > 1));
        Self { user, clients }
    }
}

/// A slot that firmware owns.
struct Posted<T> {
    item: T,
    token: u8,
    lane: Lane,
    orphan: bool,
}

/// The slots of one channel.
///
/// # Invariants
///
/// - `held` counts the slots that are not free by the lane they were taken on.
/// - `busy` has a bit for each slot that is not free.
pub(crate) struct SlotTable<T> {
    slots: [Option<Posted<T>>; MAX_SLOTS],
    count: usize,
    reserved: usize,
    quota: Quota,
    held: [usize; LANES.len()],
    busy: u32,
}

/// Returns a mask of the slots below `count`, which is at most [`MAX_SLOTS`].
fn below(count: usize) -> u32 {
    let bits = 1u64 << count;
    (bits - 1) as u32 // CAST: 32 bits at most.
}

/// Returns the numbers of the bits that are set.
pub(crate) fn bits(mut mask: u32) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let bit = mask.trailing_zeros() as usize; // CAST: at most 32.
        let next = mask.checked_sub(1)?;
        mask &= next;
        Some(bit)
    })
}

impl<T> SlotTable<T> {
    /// Returns an empty table of `count` slots, the last `reserved` of them for [`Lane::Reserved`]
    /// alone. Numbers beyond [`MAX_SLOTS`] are cut to it.
    pub(crate) fn new(count: usize, reserved: usize) -> Self {
        let count = count.min(MAX_SLOTS);
        let reserved = reserved.min(count);
        Self {
            slots: [const { None }; MAX_SLOTS],
            count,
            reserved,
            quota: Quota::new(count, reserved),
            held: [0; LANES.len()],
            busy: 0,
        }
    }

    /// Returns whether a command on `lane` could be posted now.
    pub(crate) fn admits(&self, lane: Lane) -> bool {
        self.find(lane).is_some()
    }

    /// Takes a slot for `item`, which carries `token`, and returns its index. Gives `item` back
    /// when no slot is free for `lane`.
    pub(crate) fn post(&mut self, lane: Lane, token: u8, item: T) -> Result<usize, T> {
        let Some(index) = self.find(lane) else {
            return Err(item);
        };
        // INVARIANT: the slot was free.
        self.held[lane as usize] += 1; // CAST: the lanes are numbered from zero.
        self.busy |= 1 << index;
        self.slots[index] = Some(Posted {
            item,
            token,
            lane,
            orphan: false,
        });
        Ok(index)
    }

    /// Frees slot `index`, which firmware returned carrying `token`, and gives the item back. Any
    /// report but of a slot that was posted with exactly this token changes nothing.
    pub(crate) fn returned(&mut self, index: usize, token: u8) -> Option<T> {
        let posted = self.slots.get(index)?.as_ref()?;
        if posted.token != token {
            return None;
        }
        Some(self.free(index)?.item)
    }

    /// Returns the slot whose item satisfies `f`.
    pub(crate) fn position(&self, f: impl Fn(&T) -> bool) -> Option<usize> {
        bits(self.busy).find(|&index| self.get(index).is_some_and(|(item, _)| f(item)))
    }

    /// Returns the item in slot `index`, with whether it is an orphan.
    pub(crate) fn get(&self, index: usize) -> Option<(&T, bool)> {
        let posted = self.slots.get(index)?.as_ref()?;
        Some((&posted.item, posted.orphan))
    }

    /// Marks slot `index` as an orphan: nobody waits for it any more. Returns its item.
    pub(crate) fn orphan(&mut self, index: usize) -> Option<&mut T> {
        let posted = self.slots.get_mut(index)?.as_mut()?;
        posted.orphan = true;
        Some(&mut posted.item)
    }

    /// Frees one slot and gives its item back; for a device that is proven unable to write.
    pub(crate) fn purge(&mut self) -> Option<T> {
        Some(self.free(bits(self.busy).next()?)?.item)
    }

    /// Calls `f` with the item of every slot firmware owns; `f` returns whether the slot becomes an
    /// orphan.
    pub(crate) fn each_posted(&mut self, mut f: impl FnMut(&T) -> bool) {
        for index in bits(self.busy) {
            if let Some(posted) = &mut self.slots[index] {
                posted.orphan |= f(&posted.item);
            }
        }
    }

    /// Returns the slots firmware owns, one bit each.
    pub(crate) fn busy(&self) -> u32 {
        self.busy
    }

    fn find(&self, lane: Lane) -> Option<usize> {
        let [user, consumer, ..] = self.held;
        let admitted = match lane {
            Lane::User => user < self.quota.user && user + consumer < self.quota.clients,
            Lane::Consumer => user + consumer < self.quota.clients,
            Lane::Kernel | Lane::Reserved => true,
        };
        if !admitted {
            return None;
        }
        let regular = below(self.count - self.reserved);
        let all = below(self.count);
        let lanes = if lane == Lane::Reserved {
            all & !regular
        } else {
            regular
        };
        bits(lanes & !self.busy).next()
    }

    fn free(&mut self, index: usize) -> Option<Posted<T>> {
        let posted = self.slots.get_mut(index)?.take()?;
        // INVARIANT: the slot is free now.
        self.held[posted.lane as usize] -= 1; // CAST: the lanes are numbered from zero.
        self.busy &= !(1 << index);
        Some(posted)
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_slots))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    const TOKEN: u8 = 9;

    #[test]
    fn a_slot_is_free_when_firmware_returned_it() {
        let mut table = SlotTable::new(4, 1);
        let index = table.post(Lane::Kernel, TOKEN, 7).unwrap();
        assert_eq!(table.busy(), 1 << index);
        assert_eq!(table.get(index), Some((&7, false)));
        assert_eq!(table.returned(index, TOKEN), Some(7));
        assert_eq!(table.busy(), 0);
    }

    #[test]
    fn a_wrong_token_changes_nothing() {
        let mut table = SlotTable::new(4, 1);
        let index = table.post(Lane::Kernel, TOKEN, 7).unwrap();
        assert!(table.returned(index, TOKEN + 1).is_none());
        assert!(table.returned(index, 0).is_none());
        assert!(table.returned(MAX_SLOTS, TOKEN).is_none());
        assert_eq!(table.busy(), 1 << index);
        assert_eq!(table.get(index), Some((&7, false)));
    }

    #[test]
    fn a_second_report_of_the_same_return_is_ignored() {
        let mut table = SlotTable::new(4, 1);
        let index = table.post(Lane::Kernel, TOKEN, 7).unwrap();
        assert!(table.returned(index, TOKEN).is_some());
        assert!(table.returned(index, TOKEN).is_none());
        assert!(table.get(index).is_none());
    }

    #[test]
    fn an_orphan_keeps_its_slot_until_firmware_returns_it() {
        let mut table = SlotTable::new(1, 0);
        let index = table.post(Lane::User, TOKEN, 7).unwrap();
        assert_eq!(table.orphan(index), Some(&mut 7));
        assert_eq!(table.post(Lane::Kernel, TOKEN, 8), Err(8));
        assert_eq!(table.get(index), Some((&7, true)));
        assert_eq!(table.returned(index, TOKEN), Some(7));
        assert!(table.post(Lane::Kernel, TOKEN, 8).is_ok());
        assert_eq!(table.get(index), Some((&8, false)));
    }

    #[test]
    fn the_token_of_an_earlier_use_does_not_return_a_slot() {
        let mut table = SlotTable::new(1, 0);
        let first = table.post(Lane::Kernel, 5, 1).unwrap();
        assert_eq!(table.get(first), Some((&1, false)));
        assert_eq!(table.returned(first, 5), Some(1));
        let second = table.post(Lane::Kernel, 6, 2).unwrap();
        assert_eq!(first, second);
        assert!(table.returned(second, 5).is_none());
        assert!(table.returned(second, 6).is_some());
    }

    /// Posts on `lane` until the table refuses, and returns how many it took.
    fn fill(table: &mut SlotTable<u8>, lane: Lane) -> usize {
        (0..=MAX_SLOTS)
            .take_while(|_| table.post(lane, TOKEN, 0).is_ok())
            .count()
    }

    #[test]
    fn each_lane_stops_at_its_quota() {
        let mut table = SlotTable::new(32, 1);
        assert_eq!(fill(&mut table, Lane::User), 16);
        assert_eq!(fill(&mut table, Lane::Consumer), 12);
        assert_eq!(fill(&mut table, Lane::Kernel), 3);
        assert_eq!(fill(&mut table, Lane::Reserved), 1);
        assert_eq!(table.busy(), u32::MAX);
    }

    #[test]
    fn the_kernel_may_fill_all_regular_slots() {
        let mut table = SlotTable::new(32, 1);
        assert_eq!(fill(&mut table, Lane::Kernel), 31);
        assert!(!table.admits(Lane::User) && !table.admits(Lane::Consumer));
        assert!(table.admits(Lane::Reserved));
    }

    #[test]
    fn user_commands_never_hold_more_than_half_of_the_slots() {
        for count in 2..=MAX_SLOTS {
            for reserved in 0..count {
                let mut table = SlotTable::new(count, reserved);
                let took = fill(&mut table, Lane::User);
                assert!(took >= 1 && took <= (count / 2).max(1));
            }
        }
    }

    #[test]
    fn every_lane_finds_a_slot_in_every_table() {
        for count in 1..=MAX_SLOTS {
            for reserved in 0..count {
                for lane in [Lane::User, Lane::Consumer, Lane::Kernel] {
                    assert!(SlotTable::<u8>::new(count, reserved).admits(lane));
                }
            }
        }
    }

    #[test]
    fn no_lower_lane_takes_the_last_slot_of_a_higher_one() {
        for count in 3..=MAX_SLOTS {
            for reserved in 0..=count - 3 {
                let mut table = SlotTable::new(count, reserved);
                fill(&mut table, Lane::User);
                assert!(table.admits(Lane::Consumer));
                fill(&mut table, Lane::Consumer);
                assert!(table.admits(Lane::Kernel));
                fill(&mut table, Lane::Kernel);
                assert_eq!(table.admits(Lane::Reserved), reserved > 0);
            }
        }
    }

    /// A small generator: the tests run where there is no other.
    fn next(seed: &mut u32) -> usize {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 17;
        *seed ^= *seed << 5;
        *seed as usize
    }

    #[test]
    fn no_sequence_of_posts_and_returns_starves_a_higher_lane() {
        for seed in 1..200 {
            let mut seed = seed;
            let mut table = SlotTable::new(8 + next(&mut seed) % 25, 1);
            let mut held = [0usize; 4];
            for _ in 0..200 {
                let lane = LANES[next(&mut seed) % 4];
                if next(&mut seed) % 3 != 0 {
                    if table.post(lane, TOKEN, lane as usize).is_ok() {
                        held[lane as usize] += 1;
                    }
                } else {
                    let slot = next(&mut seed) % MAX_SLOTS;
                    if let Some(lane) = table.returned(slot, TOKEN) {
                        held[lane] -= 1;
                    }
                }
                // A lane that holds nothing finds a slot, unless a higher one took them all.
                let [user, consumer, kernel, reserved] = held;
                assert!(consumer > 0 || kernel > 0 || table.admits(Lane::Consumer));
                assert!(kernel > 0 || table.admits(Lane::Kernel));
                assert!(reserved > 0 || table.admits(Lane::Reserved));
                assert!(user + consumer + kernel + reserved == table.busy().count_ones() as usize);
            }
        }
    }

    #[test]
    fn reserved_slots_serve_only_their_lane() {
        let mut table = SlotTable::new(3, 1);
        assert_eq!(table.post(Lane::Kernel, TOKEN, 0), Ok(0));
        assert_eq!(table.post(Lane::Kernel, TOKEN, 1), Ok(1));
        assert_eq!(table.post(Lane::Kernel, TOKEN, 2), Err(2));
        assert_eq!(table.post(Lane::Reserved, TOKEN, 2), Ok(2));
        assert_eq!(table.post(Lane::Reserved, TOKEN, 3), Err(3));
    }

    #[test]
    fn purge_empties_the_table_and_restores_the_quota() {
        let mut table = SlotTable::new(4, 0);
        let orphan = table.post(Lane::User, TOKEN, 1).unwrap();
        assert!(table.post(Lane::User, TOKEN, 2).is_ok());
        assert!(table.orphan(orphan).is_some());
        let mut sum = 0;
        while let Some(item) = table.purge() {
            sum += item;
        }
        assert_eq!((sum, table.busy()), (3, 0));
        assert!(table.admits(Lane::User));
    }
}
