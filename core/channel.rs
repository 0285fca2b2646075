// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The firmware channel: commands in, replies out, nobody stuck.
//!
//! One lock (interrupts off) guards the slot table, the queue of commands that wait for a slot, and
//! the mode. The interrupt handler takes replies out of the slots that firmware returned, gives
//! these to the next commands, and wakes; everything that frees the memory of commands runs in
//! process context. That memory belongs to its slot until firmware returns it (see
//! [`crate::slots`]).
//!
//! A command is either waited for ([`wait`]) or submitted with a completion, which the channel's
//! own context calls ([`finish`]). Both end in the same ways: with the reply, or with the errno of
//! what came first: death of the device, a revoked handle, the deadline.
//!
//! A channel lives for one generation of the device: it is made for a bring-up and is dead for good
//! once [`Channel::kill`] ran. A reset makes a new one, so nothing of the old generation can be
//! mistaken for the new.

mod account;
mod context;
mod finish;
mod line;
mod returned;
mod wait;

use kernel::{
    fmt,
    prelude::*,
    str::CString,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc, LockedBy, Mutex, SpinLockIrq,
    },
};

use self::{
    account::{Counters, Watch},
    context::Context,
    line::Line,
    returned::Returned,
    wait::APART, //
};
use crate::{
    deadline::Deadline,
    handle::Mortal,
    lock::{new_mutex, new_spinlock_irq},
    objects,
    ring::Ring,
    slots::SlotTable,
    ticket::{Licence, Ticket}, //
};

/// Who may use the channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mode {
    /// Bring-up or tear-down: only the owner.
    Owner,
    /// Clients too.
    Up,
    /// The device does not answer, or is not allowed to any more. Final.
    Dead,
}

/// A command in a slot or in the queue.
struct Entry<R: Ring> {
    ticket: Arc<Ticket<R>>,
    /// What the context owes the client that submitted the command: taken by who calls it, so it is
    /// called once. `None` for a command that is waited for.
    completion: Option<R::Completion>,
    watch: Watch,
}

pub(crate) struct State<R: Ring> {
    mode: Mode,
    slots: SlotTable<Entry<R>>,
    line: Line<R>,
    /// Commands that the context ends.
    returned: Returned<R>,
    /// What calls completions; there while the owner is.
    context: Context<R>,
    /// Before that, nobody needs to look whether the device still answers.
    look: Deadline,
    stats: Counters,
}

/// Nothing in it is pinned.
impl<R: Ring> Unpin for State<R> {}

/// A command that firmware has answered.
pub struct Done<R: Ring> {
    /// What firmware left in the slot.
    pub reply: R::Reply,
    ticket: Arc<Ticket<R>>,
}

impl<R: Ring> Done<R> {
    /// Returns the command's memory, now holding the reply.
    pub fn message(&self) -> &R::Message {
        &self.ticket.message
    }
}

/// The firmware channel of one core device, for one generation of it.
///
/// Made through [`crate::owner::Booting`]; shared with the interrupt handler, which may only report
/// returned slots.
#[pin_data]
pub struct Channel<R: Ring> {
    ring: R,
    /// Name of the device, for who traces.
    name: CString,
    /// How many commands firmware holds, for the object table.
    held: objects::Entry,
    /// Whether returned slots are announced by interrupts; polled until then.
    events: Atomic<bool>,
    /// Held while somebody else than the state uses the context.
    #[pin]
    flushing: Mutex<()>,
    #[pin]
    state: SpinLockIrq<State<R>>,
}

impl<R: Ring> Channel<R> {
    /// Makes the channel of the device `name`, see [`crate::owner::Booting::new`].
    pub(crate) fn new(
        ring: R,
        reserved: usize,
        name: &CStr,
        held: objects::Entry,
    ) -> Result<Arc<Self>> {
        let name = CString::try_from(name)?;
        let state = State {
            mode: Mode::Owner,
            slots: SlotTable::new(ring.slots(), reserved),
            line: Line::new(),
            returned: Returned::new()?,
            context: Context::none(),
            look: Deadline::after(APART),
            stats: account::counters()?,
        };
        Arc::pin_init(
            try_pin_init!(Self {
                ring,
                name,
                held,
                events: Atomic::new(false),
                flushing <- new_mutex!(()),
                state <- new_spinlock_irq!(state),
            }),
            GFP_KERNEL,
        )
    }

    /// Returns the ring below. Context: any.
    pub fn ring(&self) -> &R {
        &self.ring
    }

    /// Returns the place for a reply that has not come.
    pub(crate) fn no_reply(&self) -> LockedBy<Option<Result<R::Reply>>, State<R>> {
        LockedBy::new(&self.state, None)
    }

    /// Switches from polling to events, or back.
    pub(crate) fn set_events(&self, on: bool) {
        self.events.store(on, Relaxed);
    }

    pub(crate) fn set_up(&self, up: bool) {
        let mut state = self.state.lock();
        if state.mode != Mode::Dead {
            state.mode = if up { Mode::Up } else { Mode::Owner };
        }
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.state.lock().mode == Mode::Dead
    }

    /// Declares the device dead: every waiter returns `ENXIO` at once, every later command fails
    /// with it.
    pub(crate) fn kill(&self) {
        let mut state = self.state.lock();
        if state.mode != Mode::Dead {
            self.tell_dead();
        }
        state.mode = Mode::Dead;
        state.wake(|_| true);
    }

    /// Takes the right to use the channel from all commands under `licence`: their waiters return
    /// `ENODEV` at once, and their completions have run when this returns, unless the caller is a
    /// completion. Context: process.
    pub(crate) fn revoke(&self, licence: &Arc<Licence>) {
        {
            let mut state = self.state.lock();
            licence.revoke();
            state.wake(|ticket| Arc::ptr_eq(&ticket.licence, licence));
        }
        while licence.is_pending() && self.flush() {}
    }

    /// Frees the memory of all commands. The caller has made sure that the device can no longer
    /// write to it.
    pub(crate) fn purge(&self) {
        loop {
            let item = self.state.lock().slots.purge();
            if item.is_none() {
                return;
            }
        }
    }

    /// Puts a command into a slot, or into the queue when none is free for it. `owner` may do so
    /// while the channel is closed.
    fn enter(&self, entry: Entry<R>, owner: bool) -> Result {
        let entered = self.admit(&mut self.state.lock(), entry, owner);
        // A refused command is freed here, after the lock.
        entered.map_err(|(error, _entry)| error)
    }

    fn admit(
        &self,
        state: &mut State<R>,
        entry: Entry<R>,
        owner: bool,
    ) -> Result<(), (Error, Entry<R>)> {
        let lane = entry.ticket.lane;
        match state.mode {
            Mode::Dead => return Err((ENXIO, entry)),
            Mode::Owner if !owner => return Err((EBUSY, entry)),
            _ if entry.ticket.licence.is_revoked() => return Err((ENODEV, entry)),
            _ => (),
        }
        let room = match !state.line.has(lane) && state.slots.admits(lane) {
            true => None,
            false => match Line::room() {
                Ok(room) => Some(room),
                Err(e) => return Err((e, entry)),
            },
        };
        if entry.completion.is_some() {
            entry.ticket.licence.submitted();
            state.context.expect(&entry.ticket, &self.events);
        }
        match room {
            Some(room) => {
                state.line.push(room, entry);
                // Those before it may be of clients that may not use the channel any more.
                self.pump(state);
                self.tell_held(state);
            }
            None => {
                let posted = self.post(state, entry);
                self.ring.doorbell(posted);
                self.tell_held(state);
            }
        }
        Ok(())
    }

    /// Posts as many queued commands as there is room for, all with one doorbell.
    fn pump(&self, state: &mut State<R>) {
        if state.mode == Mode::Dead {
            return;
        }
        let mut posted = 0;
        while let Some(entry) = state.line.next(|lane| state.slots.admits(lane)) {
            posted |= self.post(state, entry);
        }
        if posted != 0 {
            self.ring.doorbell(posted);
        }
    }

    /// Posts a command whose lane the table admits. Returns the mask of its slot, for the doorbell.
    fn post(&self, state: &mut State<R>, mut entry: Entry<R>) -> u32 {
        let ticket = entry.ticket.clone();
        entry.watch = Watch::start();
        let token = R::token(&ticket.message);
        let Ok(slot) = state.slots.post(ticket.lane, token, entry) else {
            return 0;
        };
        self.tell_posted(&mut state.stats, &ticket, slot);
        self.ring.post(slot, &ticket.message);
        1 << slot
    }

    /// Tells the object table how many commands firmware holds.
    fn tell_held(&self, state: &State<R>) {
        self.held.set(state.slots.busy().count_ones().into(), 0);
    }
}

impl<R: Ring> Mortal for Channel<R> {
    fn kill(&self) {
        Channel::kill(self);
    }

    fn show_commands(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show_counters(f)
    }
}
