// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! What a generation may ask of the core device that runs it, and what the core device may do to a
//! generation at any time.

use kernel::{
    fmt,
    prelude::*,
    sync::{Arc, SpinLockIrq}, //
};

use crate::{
    events::{Event, Events, Feed},
    health::{Phase, Verdict},
    lock::new_spinlock_irq,
    objects::Objects,
    textfile::Text, //
};

/// A part of a generation that can be told at any time that the device is dead: the channel.
pub(crate) trait Mortal: Send + Sync {
    /// Ends all waits with an error at once and refuses everything from now on. Context: process;
    /// does not wait.
    fn kill(&self);

    /// Prints what became of its commands, for [`CommandsFile`]. Context: process.
    ///
    /// # Errors
    ///
    /// Those of the formatter.
    fn show_commands(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// The commands of the current generation as a file of a device's directory.
pub(crate) struct CommandsFile<'bound>(pub(crate) Arc<Host<'bound>>);

impl Text for CommandsFile<'_> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mortal = self.0.state.lock().mortal.clone();
        mortal.map_or(Ok(()), |mortal| mortal.show_commands(f))
    }
}

/// What the vendor found the device to be, as a file of its directory.
pub(crate) struct DescriptionFile<'bound>(pub(crate) Arc<Host<'bound>>);

impl Text for DescriptionFile<'_> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let description = self.0.state.lock().description.clone();
        description.map_or(Ok(()), |description| fmt::Display::fmt(&*description, f))
    }
}

/// How a core device is, as a file of its directory.
pub(crate) struct HealthFile<'bound>(pub(crate) Arc<Host<'bound>>);

impl Text for HealthFile<'_> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (phase, reason, recoveries, generation) = {
            let state = self.0.state.lock();
            let reason = state.fatal.unwrap_or(state.reason);
            (state.phase, reason, state.recoveries, state.last)
        };
        writeln!(f, "state {}", phase.name())?;
        if !reason.is_empty() {
            writeln!(f, "reason {reason}")?;
        }
        writeln!(f, "recoveries {recoveries}")?;
        writeln!(f, "generation {generation}")
    }
}

/// Wakes the work that looks after a core device.
pub(crate) trait Bell: Send + Sync {
    /// Has the work run soon. Context: any.
    fn ring(&self);
}

/// What a vendor has to say about a device, for people. It borrows nothing: a reader may hold it
/// after the generation has ended.
pub(crate) type Description = Arc<dyn fmt::Display + Send + Sync>;

struct State<'bound> {
    /// Number of the generation that is on its way or up; zero when there is none.
    generation: u64,
    /// Number of the last one that was begun.
    last: u64,
    /// Why the generation is dead.
    fatal: Option<&'static str>,
    /// No generation may begin, and one on its way gives up.
    held: bool,
    phase: Phase,
    /// Why the device is in its phase, when something went wrong.
    reason: &'static str,
    recoveries: u32,
    mortal: Option<Arc<dyn Mortal + 'bound>>,
    /// The generation has or had a channel: the device may have been told of it.
    touched: bool,
    description: Option<Description>,
    bell: Option<Arc<dyn Bell + 'bound>>,
}

/// The state of a core device that its generations share with it.
#[pin_data]
pub(crate) struct Host<'bound> {
    events: Arc<Events>,
    objects: Arc<Objects>,
    #[pin]
    state: SpinLockIrq<State<'bound>>,
}

impl<'bound> Host<'bound> {
    pub(crate) fn new(objects: Arc<Objects>) -> Result<Arc<Self>> {
        let state = State {
            generation: 0,
            last: 0,
            fatal: None,
            held: false,
            phase: Phase::Down,
            reason: "",
            recoveries: 0,
            mortal: None,
            touched: false,
            description: None,
            bell: None,
        };
        Arc::pin_init(
            try_pin_init!(Self {
                events: Events::new()?,
                objects,
                state <- new_spinlock_irq!(state),
            }? Error),
            GFP_KERNEL,
        )
    }

    /// Connects the work that looks after the device, or disconnects it with `None`.
    pub(crate) fn connect(&self, bell: Option<Arc<dyn Bell + 'bound>>) {
        // The old one is dropped after the lock.
        let _old = core::mem::replace(&mut self.state.lock().bell, bell);
    }

    /// Lets generations begin, or not any more: one that is on its way is killed then, one that
    /// serves is not.
    pub(crate) fn hold(&self, held: bool) {
        let mortal = {
            let mut state = self.state.lock();
            state.held = held;
            let on_its_way = held && state.phase != Phase::Up;
            state.mortal.clone().filter(|_| on_its_way)
        };
        if let Some(mortal) = mortal {
            mortal.kill();
        }
    }

    /// Returns whether the last generation got so far that the device may not be as before.
    pub(crate) fn is_touched(&self) -> bool {
        self.state.lock().touched
    }

    pub(crate) fn is_held(&self) -> bool {
        self.state.lock().held
    }

    /// Begins a generation and returns its handle. `None` while generations are held.
    pub(crate) fn begin(self: &Arc<Self>) -> Option<Handle<'bound>> {
        let mut state = self.state.lock();
        if state.held {
            return None;
        }
        state.last += 1;
        state.generation = state.last;
        state.fatal = None;
        state.touched = false;
        Some(Handle {
            host: self.clone(),
            generation: state.last,
        })
    }

    /// Ends the generation: what its handles still say is not heard any more.
    pub(crate) fn end(&self) {
        let _dropped = {
            let mut state = self.state.lock();
            state.generation = 0;
            state.fatal = None;
            (state.mortal.take(), state.description.take())
        };
        self.events.clear();
    }

    /// Returns why the generation is dead, if it is.
    pub(crate) fn fatal(&self) -> Option<&'static str> {
        self.state.lock().fatal
    }

    /// Kills the generation: all that waits for firmware returns at once. Context: process.
    pub(crate) fn kill(&self) {
        let mortal = self.state.lock().mortal.clone();
        if let Some(mortal) = mortal {
            mortal.kill();
        }
    }

    /// Enters `phase`, for `reason` if something went wrong.
    pub(crate) fn set_phase(&self, phase: Phase, reason: &'static str) {
        let mut state = self.state.lock();
        if state.phase == Phase::Recovering && phase == Phase::Up {
            state.recoveries = state.recoveries.saturating_add(1);
        }
        state.phase = phase;
        state.reason = reason;
    }
}

/// A generation's handle on its core device.
///
/// One per generation: what the handle of an old one says is not heard.
#[derive(Clone)]
pub struct Handle<'bound> {
    host: Arc<Host<'bound>>,
    generation: u64,
}

impl<'bound> Handle<'bound> {
    /// Declares the generation dead: all that waits for firmware returns with an error soon, and
    /// the device is recovered if it may be. The first reason counts. Context: any, hard interrupt
    /// included.
    pub fn fatal(&self, reason: &'static str) {
        let mut state = self.host.state.lock();
        if state.generation == self.generation && state.fatal.is_none() {
            state.fatal = Some(reason);
            if let Some(bell) = &state.bell {
                bell.ring();
            }
        }
    }

    /// Declares the generation dead if `verdict` says so. Returns whether it does not. Context: any.
    pub fn heed(&self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Healthy => true,
            Verdict::Fatal(reason) => {
                self.fatal(reason);
                false
            }
        }
    }

    /// Tells the consumers that subscribed of `event`. Context: any, hard interrupt included.
    pub fn publish(&self, event: Event) {
        self.host.events.publish(event);
    }

    /// Returns the events as one consumer sees them. Errors: `ENOMEM`.
    pub fn feed(&self) -> Result<Arc<Feed>> {
        Feed::new(self.host.events.clone())
    }

    /// Returns the table of what exists in the device.
    pub fn objects(&self) -> &Arc<Objects> {
        &self.host.objects
    }

    /// Has the device's file in debugfs print `description` until the generation ends. Context:
    /// process.
    pub fn describe(&self, description: Description) {
        let _old = {
            let mut state = self.host.state.lock();
            if state.generation != self.generation {
                return;
            }
            state.description.replace(description)
        };
    }

    /// Returns whether the generation is to be given up: who waits during bring-up or reset stops.
    pub fn is_abandoned(&self) -> bool {
        let state = self.host.state.lock();
        state.held || state.generation != self.generation
    }

    /// Takes `mortal` as what dies with the generation; one that is abandoned kills it at once.
    /// Context: process.
    pub(crate) fn adopt(&self, mortal: Arc<dyn Mortal + 'bound>) {
        let _old = {
            let mut state = self.host.state.lock();
            if state.held || state.generation != self.generation {
                drop(state);
                mortal.kill();
                return;
            }
            state.touched = true;
            state.mortal.replace(mortal)
        };
    }

    /// Forgets what dies with the generation.
    pub(crate) fn disown(&self) {
        let _mortal = {
            let mut state = self.host.state.lock();
            if state.generation != self.generation {
                return;
            }
            state.mortal.take()
        };
    }
}
