// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Page supply: host memory that firmware borrows.
//!
//! Every page given stands in a table under its DMA address until firmware returns it, or until the
//! function can no longer do DMA. Source: `drivers/net/ethernet/mellanox/mlx5/core/pagealloc.c` of
//! Linux 7.3.

use auxcore::{
    client::Unanswered,
    deadline::Deadline,
    dma::DmaBuf,
    objects::{Entry, Kind, Objects, Owner}, //
};
use kernel::{
    new_mutex,
    prelude::*,
    rbtree::RBTree,
    sync::{
        atomic::{Atomic, AtomicFlag, Relaxed},
        Arc, Mutex,
    },
    time::{delay::fsleep, Delta}, //
};

use super::{
    bits::{be32, be64, put_be64},
    cmd::{self, Port},
    wire::{self, pages as op, Opcode, INLINE}, //
};

/// Size of a page firmware borrows.
const PAGE: usize = 4096;
/// Most pages in one command, so that its memory stays small.
const BATCH: u32 = 512;
/// Most pages lent at a time, 1 GiB: several times what a function asks for, so that firmware which
/// asks without end cannot take all memory.
const MOST: usize = 1 << 18;

/// How long firmware may return no page while it has some, when all are taken back
/// (`RECLAIM_PAGES` in the C driver), and the pause before it is asked again.
const RECLAIM: Delta = Delta::from_secs(5);
const RECLAIM_AGAIN: Delta = Delta::from_millis(5);

/// Lent pages in the object table.
const KIND: Kind = Kind {
    name: "pages",
    number: "count",
    detail: None,
};

/// The pages firmware has, by DMA address, and how many there are.
struct Lent {
    pages: RBTree<u64, DmaBuf>,
    count: usize,
    entry: Entry,
}

impl Lent {
    fn insert(&mut self, page: DmaBuf) -> Result {
        if self.count >= MOST {
            return Err(ENOSPC);
        }
        self.pages
            .try_create_and_insert(page.address(), page, GFP_KERNEL)?;
        self.count += 1;
        self.tell();
        Ok(())
    }

    /// Frees the page at `address`. Returns whether there was one.
    fn remove(&mut self, address: u64) -> bool {
        let known = self.pages.remove(&address).is_some();
        self.count -= usize::from(known);
        self.tell();
        known
    }

    /// Tells the object table how many pages firmware has.
    fn tell(&self) {
        self.entry.set(self.count as u64, 0); // CAST: a length in memory fits.
    }
}

/// The pages lent to one function.
#[pin_data]
pub(crate) struct Pages {
    #[pin]
    lent: Mutex<Lent>,
    /// What firmware asked for by event and has not got yet.
    wanted: Atomic<i32>,
    /// What firmware offered by event and has not been relieved of yet.
    offered: Atomic<i32>,
    /// Firmware waits for pages, and could not be told that it gets no more.
    owed: AtomicFlag,
}

impl Pages {
    /// Returns an empty table. Errors: `ENOMEM`.
    pub(crate) fn new(objects: &Arc<Objects>) -> Result<Arc<Self>> {
        let entry = objects.enter(&KIND, Owner::Core)?;
        Arc::pin_init(
            try_pin_init!(Self {
                lent <- new_mutex!(Lent { pages: RBTree::new(), count: 0, entry }),
                wanted: Atomic::new(0),
                offered: Atomic::new(0),
                owed: AtomicFlag::new(false),
            }? Error),
            GFP_KERNEL,
        )
    }

    /// Asks firmware how many pages it needs for the step `kind` and gives them. Context: process.
    ///
    /// # Errors
    ///
    /// `ENOMEM`, `ENOSPC` when firmware would have more than it can need, or those of
    /// [`cmd::exec`].
    pub(crate) fn supply(&self, port: &Port<'_>, kind: u16, deadline: Deadline) -> Result {
        let query = wire::short(Opcode::QueryPages, kind, 0, 0);
        let reply = cmd::exec_short(port, &query, deadline)?;
        // CAST: the field is signed.
        let count = be32(&reply, 12) as i32;
        self.give(port, count.max(0).unsigned_abs(), deadline)
    }

    /// Records a page request event: positive counts are wanted, negative ones offered back.
    /// Context: any.
    pub(crate) fn requested(&self, count: i32) {
        if count > 0 {
            self.wanted.fetch_add(count, Relaxed);
        } else {
            self.offered.fetch_add(count.saturating_neg(), Relaxed);
        }
    }

    /// Serves the recorded events. Context: process.
    ///
    /// # Errors
    ///
    /// As [`Pages::supply`], the first of them.
    pub(crate) fn serve(&self, port: &Port<'_>, deadline: Deadline) -> Result {
        let wanted = self.wanted.xchg(0, Relaxed).max(0).unsigned_abs();
        let given = self.give(port, wanted, deadline);
        // In any case: when there is no memory to give, the pages on offer help.
        let offered = self.offered.xchg(0, Relaxed).max(0).unsigned_abs();
        let taken = self.take(port, offered, deadline);
        given.and(taken)
    }

    /// Tells firmware that it gets no more, if it waits for pages: what served it was stopped. Context:
    /// process.
    ///
    /// # Errors
    ///
    /// Those of [`cmd::exec`].
    pub(crate) fn refuse(&self, port: &Port<'_>, deadline: Deadline) -> Result {
        let wanted = self.wanted.xchg(0, Relaxed) > 0;
        if !self.owed.xchg(false, Relaxed) && !wanted {
            return Ok(());
        }
        self.cant_give(port, deadline)
    }

    /// Takes all pages back, as long as firmware returns some now and then. Context: process.
    ///
    /// # Errors
    ///
    /// `EIO` when firmware keeps some, or those of [`cmd::exec`]. Pages not returned stay in the
    /// table.
    pub(crate) fn take_all(&self, port: &Port<'_>, deadline: Deadline) -> Result {
        let mut patience = Deadline::after(RECLAIM);
        let mut before = self.count();
        while before > 0 {
            self.take(port, u32::MAX, deadline)?;
            let left = self.count();
            if left < before {
                patience = Deadline::after(RECLAIM);
                before = left;
            } else if patience.remaining().is_none() || deadline.remaining().is_none() {
                return Err(EIO);
            } else {
                fsleep(RECLAIM_AGAIN);
            }
        }
        Ok(())
    }

    fn count(&self) -> usize {
        self.lent.lock().count
    }

    fn give(&self, port: &Port<'_>, count: u32, deadline: Deadline) -> Result {
        let mut left = count;
        while left > 0 {
            let batch = left.min(BATCH);
            if let Err(e) = self.give_batch(port, batch, deadline) {
                // Firmware learns that it will not get the rest. If even this fails, the first
                // error says more.
                let told = self.cant_give(port, deadline);
                self.owed.store(told.is_err(), Relaxed);
                return Err(e);
            }
            left -= batch;
        }
        Ok(())
    }

    fn cant_give(&self, port: &Port<'_>, deadline: Deadline) -> Result {
        let mut refusal = [0; INLINE];
        wire::manage_pages(&mut refusal, op::CANT_GIVE, 0, 0);
        cmd::exec_short(port, &refusal, deadline).map(|_| ())
    }

    fn give_batch(&self, port: &Port<'_>, count: u32, deadline: Deadline) -> Result {
        let len = INLINE + 8 * count as usize; // CAST: at most `BATCH`.
        let mut command = KVVec::from_elem(0u8, len, GFP_KERNEL)?;
        wire::manage_pages(&mut command, op::GIVE, 0, count);
        if let Err(e) = self.lend(port, &mut command) {
            self.withdraw(&command);
            return Err(e);
        }
        let mut reply = [0; INLINE];
        let delivered = cmd::deliver(port, &command, &mut reply, None, deadline);
        // Without an answer firmware may have taken the pages. It has not when the command was
        // never sent, or came back as one that firmware cannot read.
        if let Err(Unanswered::Unsent(_) | Unanswered::Lost(EBADR | EFAULT | ENOMSG)) = delivered {
            self.withdraw(&command);
        }
        delivered?;
        cmd::accept(port.ring(), &command, &reply).inspect_err(|_| self.withdraw(&command))
    }

    /// Allocates the pages of `command` and writes their addresses into it.
    fn lend(&self, port: &Port<'_>, command: &mut [u8]) -> Result {
        for at in (INLINE..command.len()).step_by(8) {
            let page = DmaBuf::new(port.ring().function().dma(), PAGE)?;
            put_be64(command, at, page.address());
            self.lent
                .lock()
                .insert(page)
                .inspect_err(|_| put_be64(command, at, 0))?;
        }
        Ok(())
    }

    /// Frees the pages of `command`, which firmware does not have.
    fn withdraw(&self, command: &[u8]) {
        let mut lent = self.lent.lock();
        for at in (INLINE..command.len()).step_by(8) {
            // Places not filled yet hold zero, which is no page's address.
            lent.remove(be64(command, at));
        }
    }

    /// Takes at most `count` pages back, fewer when firmware has no more.
    fn take(&self, port: &Port<'_>, count: u32, deadline: Deadline) -> Result {
        let mut left = count;
        while left > 0 && self.count() > 0 {
            let batch = left.min(BATCH);
            let mut command = [0; INLINE];
            wire::manage_pages(&mut command, op::TAKE, 0, batch);
            // CAST: at most `BATCH`.
            let mut reply = KVVec::from_elem(0u8, INLINE + 8 * batch as usize, GFP_KERNEL)?;
            cmd::exec(port, &command, &mut reply, deadline)?;
            let returned = be32(&reply, 8);
            if returned == 0 {
                return Ok(());
            }
            if returned > batch {
                dev_err!(
                    port.ring().function().device(),
                    "firmware returned {} pages, asked for {}\n",
                    returned,
                    batch
                );
                return Err(EIO);
            }
            self.forget(port, &reply, returned)?;
            left -= returned;
        }
        Ok(())
    }

    fn forget(&self, port: &Port<'_>, reply: &[u8], count: u32) -> Result {
        for i in 0..count as usize {
            // CAST: at most `BATCH`.
            let address = be64(reply, INLINE + 8 * i);
            if !self.lent.lock().remove(address) {
                dev_err!(
                    port.ring().function().device(),
                    "firmware returned a page it was not given: {:#x}\n",
                    address
                );
                return Err(EIO);
            }
        }
        Ok(())
    }
}
