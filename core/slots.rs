// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The slot table: who owns which command slot, and what a returned slot may still satisfy.
//!
//! Pure state, no locking and no I/O: the channel holds it under its lock and does what it says. An
//! item (the memory of one command) goes into a slot when the command is posted and leaves it only
//! through [`SlotTable::collect`] or [`SlotTable::take_orphan`], both of which need the firmware to
//! have returned the slot first, or through [`SlotTable::purge`], for a device that can no longer
//! write.
//!
//! A slot is *orphaned* when its waiter has left (deadline, revoked handle, detached command). It
//! stays taken until firmware returns it, so a late reply can never reach another command.

/// Most slots a table can hold; one bit each in a `u32`.
pub const MAX_SLOTS: usize = 32;

/// Which slots a command may use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lane {
    /// Commands of user space: at most the table's user quota at a time.
    User,
    /// Commands of the kernel.
    Kernel,
    /// Commands that others wait for (page supply): may use the reserved slots at the end of the
    /// table.
    Reserved,
}

/// State of one slot.
enum Slot<T> {
    Free,
    /// Firmware owns the slot.
    Posted {
        item: T,
        token: u8,
        lane: Lane,
        orphan: bool,
    },
    /// Firmware has returned the slot; its content is not collected yet.
    Returned {
        item: T,
        lane: Lane,
        orphan: bool,
    },
}

/// The slots of one channel.
///
/// # Invariants
///
/// `user_busy` is the number of slots that are not free and were taken on [`Lane::User`].
pub struct SlotTable<T> {
    slots: [Slot<T>; MAX_SLOTS],
    count: usize,
    reserved: usize,
    user_quota: usize,
    user_busy: usize,
}

impl<T> SlotTable<T> {
    /// Returns an empty table of `count` slots, the last `reserved` of them for [`Lane::Reserved`]
    /// alone, and at most `user_quota` at a time for [`Lane::User`]. Numbers beyond [`MAX_SLOTS`]
    /// are cut to it.
    pub fn new(count: usize, reserved: usize, user_quota: usize) -> Self {
        let count = count.min(MAX_SLOTS);
        Self {
            slots: [const { Slot::Free }; MAX_SLOTS],
            count,
            reserved: reserved.min(count),
            user_quota,
            user_busy: 0,
        }
    }

    /// Returns whether a command on `lane` could be posted now.
    pub fn admits(&self, lane: Lane) -> bool {
        self.find(lane).is_some()
    }

    /// Takes a slot for `item`, which carries `token`, and returns its index. Gives `item` back
    /// when no slot is free for `lane`.
    pub fn post(&mut self, lane: Lane, token: u8, item: T) -> Result<usize, T> {
        let Some(index) = self.find(lane) else {
            return Err(item);
        };
        if lane == Lane::User {
            self.user_busy += 1;
        }
        self.slots[index] = Slot::Posted {
            item,
            token,
            lane,
            orphan: false,
        };
        Ok(index)
    }

    /// Records that firmware returned slot `index` carrying `token`. Returns the item when the slot
    /// was posted with exactly this token, with whether it is an orphan; any other report changes
    /// nothing.
    pub fn returned(&mut self, index: usize, token: u8) -> Option<(&T, bool)> {
        let slot = self.slots.get_mut(index)?;
        match core::mem::replace(slot, Slot::Free) {
            Slot::Posted {
                item,
                token: posted,
                lane,
                orphan,
            } if posted == token => {
                *slot = Slot::Returned { item, lane, orphan };
            }
            other => {
                *slot = other;
                return None;
            }
        }
        match slot {
            Slot::Returned { item, orphan, .. } => Some((item, *orphan)),
            _ => None,
        }
    }

    /// Returns the slot whose item satisfies `f`.
    pub fn position(&self, f: impl Fn(&T) -> bool) -> Option<usize> {
        self.slots.iter().position(|slot| match slot {
            Slot::Posted { item, .. } | Slot::Returned { item, .. } => f(item),
            Slot::Free => false,
        })
    }

    /// Returns whether slot `index` is returned and not yet collected.
    pub fn is_returned(&self, index: usize) -> bool {
        matches!(self.slots.get(index), Some(Slot::Returned { .. }))
    }

    /// Frees the returned slot `index` and gives its item back. `None` while firmware owns the
    /// slot.
    pub fn collect(&mut self, index: usize) -> Option<T> {
        if !self.is_returned(index) {
            return None;
        }
        self.free(index)
    }

    /// Marks slot `index` as an orphan: nobody waits for it any more.
    pub fn orphan(&mut self, index: usize) {
        if let Some(Slot::Posted { orphan, .. } | Slot::Returned { orphan, .. }) =
            self.slots.get_mut(index)
        {
            *orphan = true;
        }
    }

    /// Frees one returned orphan and gives its slot number and item back.
    pub fn take_orphan(&mut self) -> Option<(usize, T)> {
        let index = (0..self.count)
            .find(|&i| matches!(self.slots[i], Slot::Returned { orphan: true, .. }))?;
        self.free(index).map(|item| (index, item))
    }

    /// Frees one slot in whatever state and gives its item back; for a device that is proven unable
    /// to write.
    pub fn purge(&mut self) -> Option<T> {
        let index = (0..self.count).find(|&i| !matches!(self.slots[i], Slot::Free))?;
        self.free(index)
    }

    /// Calls `f` with the index and item of every slot firmware owns; `f` returns whether the slot
    /// becomes an orphan.
    pub fn each_posted(&mut self, mut f: impl FnMut(usize, &T) -> bool) {
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if let Slot::Posted { item, orphan, .. } = slot {
                *orphan |= f(index, item);
            }
        }
    }

    /// Returns the slots firmware owns, one bit each.
    pub fn posted(&self) -> u32 {
        self.mask(|slot| matches!(slot, Slot::Posted { .. }))
    }

    /// Returns the slots that are not free, one bit each.
    pub fn busy(&self) -> u32 {
        self.mask(|slot| !matches!(slot, Slot::Free))
    }

    fn mask(&self, f: impl Fn(&Slot<T>) -> bool) -> u32 {
        self.slots.iter().enumerate().fold(
            0,
            |mask, (i, slot)| if f(slot) { mask | 1 << i } else { mask },
        )
    }

    fn find(&self, lane: Lane) -> Option<usize> {
        if lane == Lane::User && self.user_busy >= self.user_quota {
            return None;
        }
        let regular = self.count - self.reserved;
        let range = if lane == Lane::Reserved {
            regular..self.count
        } else {
            0..regular
        };
        range
            .into_iter()
            .find(|&i| matches!(self.slots[i], Slot::Free))
    }

    fn free(&mut self, index: usize) -> Option<T> {
        let (item, lane) = match core::mem::replace(self.slots.get_mut(index)?, Slot::Free) {
            Slot::Posted { item, lane, .. } | Slot::Returned { item, lane, .. } => (item, lane),
            Slot::Free => return None,
        };
        if lane == Lane::User {
            self.user_busy -= 1;
        }
        Some(item)
    }
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_slots))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    const TOKEN: u8 = 9;

    #[test]
    fn a_slot_comes_back_only_after_firmware_returned_it() {
        let mut table = SlotTable::new(4, 1, 4);
        let index = table.post(Lane::Kernel, TOKEN, 7).unwrap();
        assert!(table.collect(index).is_none());
        assert!(table.returned(index, TOKEN).is_some());
        assert_eq!(table.collect(index), Some(7));
        assert_eq!(table.busy(), 0);
    }

    #[test]
    fn a_wrong_token_changes_nothing() {
        let mut table = SlotTable::new(4, 1, 4);
        let index = table.post(Lane::Kernel, TOKEN, 7).unwrap();
        assert!(table.returned(index, TOKEN + 1).is_none());
        assert!(table.returned(index, 0).is_none());
        assert!(table.returned(MAX_SLOTS, TOKEN).is_none());
        assert_eq!(table.posted(), 1 << index);
    }

    #[test]
    fn a_second_report_of_the_same_return_is_ignored() {
        let mut table = SlotTable::new(4, 1, 4);
        let index = table.post(Lane::Kernel, TOKEN, 7).unwrap();
        assert!(table.returned(index, TOKEN).is_some());
        assert!(table.returned(index, TOKEN).is_none());
    }

    #[test]
    fn an_orphan_keeps_its_slot_until_firmware_returns_it() {
        let mut table = SlotTable::new(1, 0, 1);
        let index = table.post(Lane::User, TOKEN, 7).unwrap();
        table.orphan(index);
        assert!(table.take_orphan().is_none());
        assert_eq!(table.post(Lane::Kernel, TOKEN, 8), Err(8));
        assert_eq!(
            table
                .returned(index, TOKEN)
                .map(|(item, orphan)| (*item, orphan)),
            Some((7, true))
        );
        assert_eq!(table.take_orphan(), Some((index, 7)));
        assert!(table.post(Lane::Kernel, TOKEN, 8).is_ok());
    }

    #[test]
    fn the_token_of_an_earlier_use_does_not_return_a_slot() {
        let mut table = SlotTable::new(1, 0, 1);
        let first = table.post(Lane::Kernel, 5, 1).unwrap();
        assert!(table.returned(first, 5).is_some());
        assert_eq!(table.collect(first), Some(1));
        let second = table.post(Lane::Kernel, 6, 2).unwrap();
        assert_eq!(first, second);
        assert!(table.returned(second, 5).is_none());
        assert!(table.returned(second, 6).is_some());
    }

    #[test]
    fn user_commands_stop_at_their_quota_and_leave_room_for_the_kernel() {
        let mut table = SlotTable::new(8, 1, 3);
        for i in 0..3 {
            assert!(table.post(Lane::User, TOKEN, i).is_ok());
        }
        assert_eq!(table.post(Lane::User, TOKEN, 9), Err(9));
        assert!(!table.admits(Lane::User));
        assert!(table.post(Lane::Kernel, TOKEN, 3).is_ok());
    }

    #[test]
    fn reserved_slots_serve_only_their_lane() {
        let mut table = SlotTable::new(3, 1, 3);
        assert_eq!(table.post(Lane::Kernel, TOKEN, 0), Ok(0));
        assert_eq!(table.post(Lane::Kernel, TOKEN, 1), Ok(1));
        assert_eq!(table.post(Lane::Kernel, TOKEN, 2), Err(2));
        assert_eq!(table.post(Lane::Reserved, TOKEN, 2), Ok(2));
        assert_eq!(table.post(Lane::Reserved, TOKEN, 3), Err(3));
    }

    #[test]
    fn purge_empties_every_state_and_restores_the_quota() {
        let mut table = SlotTable::new(4, 0, 2);
        let a = table.post(Lane::User, TOKEN, 1).unwrap();
        assert!(table.post(Lane::User, TOKEN, 2).is_ok());
        assert!(table.returned(a, TOKEN).is_some());
        let mut sum = 0;
        while let Some(item) = table.purge() {
            sum += item;
        }
        assert_eq!((sum, table.busy()), (3, 0));
        assert!(table.admits(Lane::User));
    }
}
