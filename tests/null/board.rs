// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The slots as driver and firmware share them, and firmware itself.

use auxbus::{Kicked, Queue};
use auxcore::channel::Channel;
use kernel::{
    new_spinlock_irq,
    prelude::*,
    sync::{Arc, SpinLockIrq},
    time::{Delta, Instant, Monotonic}, //
};

use crate::{
    order::{Manner, Order},
    ring::NullRing, //
};

/// Slots of a function.
pub(crate) const SLOTS: usize = 8;

/// How long a wrong token stays.
const WRONG_FOR: Delta = Delta::from_secs(1);

/// A command that firmware has.
#[derive(Clone, Copy)]
struct Posted {
    order: Order,
    token: u8,
    due: Instant<Monotonic>,
}

/// One slot.
#[derive(Clone, Copy, Default)]
struct Slot {
    posted: Option<Posted>,
    /// What the slot says: returned, with this token.
    says: Option<u8>,
    /// The token of a command that was answered and is to be reported once more.
    again: Option<u8>,
}

struct State {
    slots: [Slot; SLOTS],
    dead: bool,
    firmware: Option<Arc<Queue<Firmware>>>,
}

/// What driver and firmware share.
#[pin_data]
pub(crate) struct Board {
    #[pin]
    state: SpinLockIrq<State>,
}

impl Board {
    pub(crate) fn new() -> Result<Arc<Self>> {
        let state = State {
            slots: [Slot::default(); SLOTS],
            dead: false,
            firmware: None,
        };
        Arc::pin_init(
            try_pin_init!(Self { state <- new_spinlock_irq!(state) }? Error),
            GFP_KERNEL,
        )
    }

    /// Starts firmware for `channel`. Errors: `ENOMEM`.
    pub(crate) fn start(self: &Arc<Self>, channel: Arc<Channel<NullRing>>) -> Result {
        let firmware = Firmware {
            board: self.clone(),
            channel,
        };
        let firmware = Arc::new(Queue::new(c"auxcore_null", firmware)?, GFP_KERNEL)?;
        self.state.lock().firmware = Some(firmware);
        Ok(())
    }

    /// Stops firmware; it does not run any more when this returns.
    pub(crate) fn stop(&self) {
        // Dropped after the lock: that waits.
        let _firmware = self.state.lock().firmware.take();
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.state.lock().dead
    }

    /// Hands a command to firmware. Context: any.
    pub(crate) fn post(&self, index: usize, order: Order, token: u8) {
        let mut state = self.state.lock();
        let Some(slot) = state.slots.get_mut(index) else {
            return;
        };
        let due = Instant::now() + Delta::from_millis(order.delay_ms.into());
        slot.posted = Some(Posted { order, token, due });
        // What the device says of the command before, if it says it again.
        slot.says = slot.again.take();
    }

    /// Has firmware look at what was posted. Context: any.
    pub(crate) fn wake(&self) {
        if let Some(firmware) = &self.state.lock().firmware {
            firmware.kick();
        }
    }

    /// Returns the token that the slot is returned with.
    pub(crate) fn returned(&self, index: usize) -> Option<u8> {
        self.state.lock().slots.get(index)?.says
    }

    /// Executes what is due. Returns the slots to report, and when there is more to do.
    fn run(&self) -> (u32, Option<Delta>) {
        let now = Instant::now();
        let (mut report, mut next) = (0, None::<Delta>);
        let mut state = self.state.lock();
        let State { slots, dead, .. } = &mut *state;
        for (index, slot) in slots.iter_mut().enumerate() {
            let Some(posted) = slot.posted.filter(|_| !*dead) else {
                continue;
            };
            let left = posted.due - now;
            if !left.is_negative() && !left.is_zero() {
                next = Some(next.map_or(left, |next| next.min(left)));
                // A report of the command before comes while this one is under way.
                report |= u32::from(slot.says.is_some()) << index;
                continue;
            }
            match posted.order.manner {
                Manner::Die => *dead = true,
                Manner::Drop => slot.posted = None,
                Manner::WrongToken if slot.says != Some(posted.token.wrapping_add(1)) => {
                    slot.says = Some(posted.token.wrapping_add(1));
                    slot.posted = Some(Posted {
                        due: now + WRONG_FOR,
                        ..posted
                    });
                    next = Some(next.map_or(WRONG_FOR, |next| next.min(WRONG_FOR)));
                    report |= 1 << index;
                }
                manner => {
                    slot.says = Some(posted.token);
                    slot.again = (manner == Manner::Twice).then_some(posted.token);
                    slot.posted = None;
                    report |= 1 << index;
                }
            }
        }
        (report, next)
    }
}

/// The thread that is firmware.
pub(crate) struct Firmware {
    board: Arc<Board>,
    channel: Arc<Channel<NullRing>>,
}

impl Kicked for Firmware {
    fn kicked(&mut self) -> Option<Delta> {
        let (report, next) = self.board.run();
        // Interrupts may come for slots that nobody uses.
        self.channel.completed(report);
        next
    }
}
