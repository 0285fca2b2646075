// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Events of a function, from the vendor to the consumers that subscribed.
//!
//! A vendor publishes from any context. Subscribers are called in process context, one after the
//! other, on one ordered work context per core device, which is not the children's: a callback may
//! wait for what it likes but the end of its own subscription's work. Memory is bounded (see
//! [`pending`]), and so is the rate: however fast firmware publishes, there is one round of
//! callbacks per [`ROUND`].
//!
//! A subscription ends with its [`Subscription`], and at the latest with its [`Feed`], which closes
//! before the consumer's unbind, so no callback runs for a consumer that is gone.

mod pending;

use auxbus::{Kicked, Queue};
use kernel::{
    prelude::*,
    sync::{Arc, CondVar, Mutex, SpinLockIrq},
    time::Delta, //
};

use crate::lock::{new_condvar, new_mutex, new_spinlock_irq};

pub use pending::Event;
use pending::{Pending, PORTS};

/// The shortest time between two rounds of callbacks.
const ROUND: Delta = Delta::from_millis(2);

/// Who is told.
pub trait Subscriber: Send + Sync {
    /// Called for every event. Context: process; never twice at a time for one subscription.
    fn event(&self, event: Event);
}

/// What a subscription is doing.
struct Line {
    /// `None` once the subscription has ended.
    subscriber: Option<Arc<dyn Subscriber>>,
    /// Whether the callback runs now.
    running: bool,
}

/// One subscription.
#[pin_data]
struct Entry {
    /// Entries are called in the order of their numbers, which are never used twice.
    number: u64,
    #[pin]
    line: Mutex<Line>,
    #[pin]
    idle: CondVar,
}

impl Entry {
    /// Calls the subscriber, unless the subscription has ended.
    fn tell(&self, event: Event) {
        let subscriber = {
            let mut line = self.line.lock();
            let Some(subscriber) = line.subscriber.clone() else {
                return;
            };
            line.running = true;
            subscriber
        };
        subscriber.event(event);
        // Dropped before the end of the subscription can be reported: it is the consumer's code.
        drop(subscriber);
        self.line.lock().running = false;
        self.idle.notify_all();
    }

    /// Ends the subscription; a callback that runs has returned when this does, unless the caller
    /// runs `on_queue`: it is the callback itself then.
    fn end(&self, on_queue: bool) {
        let mut line = self.line.lock();
        let subscriber = line.subscriber.take();
        while line.running && !on_queue {
            self.idle.wait(&mut line);
        }
        drop(line);
        drop(subscriber);
    }

    fn has_ended(&self) -> bool {
        self.line.lock().subscriber.is_none()
    }
}

/// What publishers, subscribers and the work share.
#[pin_data]
struct Shared {
    #[pin]
    pending: SpinLockIrq<Pending>,
    #[pin]
    entries: Mutex<Entries>,
}

struct Entries {
    /// In order of their numbers.
    list: KVec<Arc<Entry>>,
    last: u64,
}

impl Shared {
    /// Returns the subscription behind `number`.
    fn after(&self, number: u64) -> Option<Arc<Entry>> {
        let entries = self.entries.lock();
        entries.list.iter().find(|e| e.number > number).cloned()
    }
}

/// The work: tells subscribers what is pending.
struct Round(Arc<Shared>);

impl Kicked for Round {
    fn kicked(&mut self) -> Option<Delta> {
        // What comes in meanwhile is for the next round.
        for _ in 0..PORTS {
            let Some(event) = self.0.pending.lock().take() else {
                break;
            };
            let mut number = 0;
            while let Some(entry) = self.0.after(number) {
                number = entry.number;
                entry.tell(event);
            }
        }
        None
    }
}

/// The events of one core device, over all its generations.
pub(crate) struct Events {
    // Before `shared`: the work uses that.
    queue: Queue<Round>,
    shared: Arc<Shared>,
}

impl Events {
    /// Errors: `ENOMEM`.
    pub(crate) fn new() -> Result<Arc<Self>> {
        let entries = Entries {
            list: KVec::new(),
            last: 0,
        };
        let shared = Arc::pin_init(
            try_pin_init!(Shared {
                pending <- new_spinlock_irq!(Pending::default()),
                entries <- new_mutex!(entries),
            }? Error),
            GFP_KERNEL,
        )?;
        let queue = Queue::new(c"auxcore_events", Round(shared.clone()))?;
        Ok(Arc::new(Self { queue, shared }, GFP_KERNEL)?)
    }

    /// Tells all subscribers of `event`, soon. Context: any, hard interrupt included.
    pub(crate) fn publish(&self, event: Event) {
        self.shared.pending.lock().post(event);
        self.queue.kick_after(ROUND);
    }

    /// Forgets what was not told yet.
    pub(crate) fn clear(&self) {
        self.shared.pending.lock().clear();
    }

    fn add(&self, subscriber: Arc<dyn Subscriber>) -> Result<Arc<Entry>> {
        let mut entries = self.shared.entries.lock();
        let number = entries.last + 1;
        let line = Line {
            subscriber: Some(subscriber),
            running: false,
        };
        let entry = Arc::pin_init(
            try_pin_init!(Entry {
                number,
                line <- new_mutex!(line),
                idle <- new_condvar!(),
            }? Error),
            GFP_KERNEL,
        )?;
        entries.list.push(entry.clone(), GFP_KERNEL)?;
        entries.last = number;
        Ok(entry)
    }

    /// Ends a subscription and forgets it.
    fn remove(&self, entry: &Arc<Entry>) {
        let removed = {
            let list = &mut self.shared.entries.lock().list;
            let place = list.iter().position(|e| Arc::ptr_eq(e, entry));
            place.and_then(|place| list.remove(place).ok())
        };
        entry.end(self.queue.runs_here());
        drop(removed);
    }
}

/// A subscription. Dropping it ends it: the callback has returned then, and is not called again.
/// Dropped inside its own callback it does not wait.
pub struct Subscription {
    events: Arc<Events>,
    entry: Arc<Entry>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.events.remove(&self.entry);
    }
}

/// What one consumer sees of a function's events. Part of its child's registration data.
#[pin_data]
pub struct Feed {
    events: Arc<Events>,
    /// The subscriptions made here; `None` while no consumer is attached.
    #[pin]
    own: Mutex<Option<KVec<Arc<Entry>>>>,
}

impl Feed {
    /// Returns a feed that is closed. Errors: `ENOMEM`.
    pub(crate) fn new(events: Arc<Events>) -> Result<Arc<Self>> {
        Arc::pin_init(
            try_pin_init!(Self { events, own <- new_mutex!(None) }? Error),
            GFP_KERNEL,
        )
    }

    /// Opens the feed for a consumer that is about to probe.
    pub(crate) fn open(&self) {
        *self.own.lock() = Some(KVec::new());
    }

    /// Ends all subscriptions made here, also those whose [`Subscription`] is not dropped yet.
    /// Context: process; waits for callbacks that run.
    pub(crate) fn close(&self) {
        let own = self.own.lock().take();
        for entry in own.iter().flatten() {
            self.events.remove(entry);
        }
    }

    /// Subscribes to the function's events. Context: process.
    ///
    /// # Errors
    ///
    /// `ENODEV` once the consumer is being unbound, `ENOMEM`.
    pub fn subscribe(&self, subscriber: Arc<dyn Subscriber>) -> Result<Subscription> {
        let mut own = self.own.lock();
        let own = Option::as_mut(&mut own).ok_or(ENODEV)?;
        own.retain(|entry| !entry.has_ended());
        own.reserve(1, GFP_KERNEL)?;
        let entry = self.events.add(subscriber)?;
        // There is room for it.
        own.push(entry.clone(), GFP_KERNEL)?;
        Ok(Subscription {
            events: self.events.clone(),
            entry,
        })
    }
}
