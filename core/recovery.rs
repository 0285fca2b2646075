// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Watching over a core device: a poll of its health, and its recovery.
//!
//! There is one path, on one ordered work context that is not the children's: kill the generation,
//! so that nobody waits any more; remove the children; end the generation; reset the function;
//! start the next generation; make its children.

use auxbus::{Kicked, Queue};
use kernel::{
    prelude::*,
    sync::Arc,
    time::{delay::fsleep, Delta, Instant, Monotonic}, //
};

use crate::{
    deadline::Deadline,
    device::Life,
    function::Function,
    handle::Bell,
    health::{Attempts, Phase, Verdict},
    vendor::Vendor, //
};

/// Pause between two attempts to start a function that died.
const RETRY: Delta = Delta::from_secs(1);

/// How long a reset waits for the device lock, which somebody may hold for as long as a consumer
/// binds, and the pause between two tries.
const LOCK: Delta = Delta::from_secs(10);
const LOCK_AGAIN: Delta = Delta::from_millis(10);

/// Resets a quiesced function through its bus, until `abandoned` says stop. Context: process.
///
/// # Errors
///
/// `ENODEV` when abandoned, or those of [`Function::reset`].
pub fn reset_function(function: &dyn Function<'_>, abandoned: &dyn Fn() -> bool) -> Result {
    let deadline = Deadline::after(LOCK);
    loop {
        if abandoned() {
            return Err(ENODEV);
        }
        match function.reset() {
            Err(e) if e == EAGAIN && deadline.remaining().is_some() => fsleep(LOCK_AGAIN),
            done => return done,
        }
    }
}

/// What looks after a core device.
pub(crate) struct Keeper<'bound, V: Vendor> {
    life: Arc<Life<'bound, V>>,
    attempts: Attempts,
    /// Times of attempts count from here.
    start: Instant<Monotonic>,
    /// A generation has died and the next one has not started.
    pending: bool,
}

impl<'bound, V: Vendor> Keeper<'bound, V> {
    pub(crate) fn new(life: Arc<Life<'bound, V>>) -> Self {
        Self {
            life,
            attempts: Attempts::default(),
            start: Instant::now(),
            pending: false,
        }
    }

    /// Has the next look start a generation, after the last one ended for `reason`.
    pub(crate) fn expect(&mut self, reason: &'static str) {
        self.pending = true;
        self.life.host().set_phase(Phase::Recovering, reason);
    }

    /// Has the next look start nothing. Returns whether it would have.
    pub(crate) fn forget(&mut self) -> bool {
        core::mem::take(&mut self.pending)
    }

    /// Ends the generation that died of `reason`. Returns whether a new one is to be tried.
    fn bury(&mut self, reason: &'static str) {
        let life = &*self.life;
        dev_err!(life.device(), "firmware is dead: {}\n", reason);
        life.host().set_phase(Phase::Recovering, reason);
        life.host().kill();
        life.end();
        self.pending = true;
    }

    /// Tries to start the next generation. Returns when to look again.
    fn recover(&mut self) -> Option<Delta> {
        let life = &*self.life;
        if life.host().is_held() {
            return None;
        }
        self.pending = false;
        if !life.function().present() {
            life.host()
                .set_phase(Phase::Gone, "the function has left its bus");
            dev_err!(life.device(), "the function is gone\n");
            return None;
        }
        // CAST: a time since boot in milliseconds is positive and fits.
        let now = self.start.elapsed().as_millis() as u64;
        if !self.attempts.admit(V::RECOVERIES, now) {
            life.host().set_phase(Phase::GivenUp, "it died too often");
            dev_err!(
                life.device(),
                "given up: more than {} recoveries in {} s\n",
                V::RECOVERIES.attempts,
                V::RECOVERIES.window_ms / 1000
            );
            return None;
        }
        match life.restart() {
            Ok(()) => {
                dev_info!(life.device(), "recovered\n");
                Some(V::POLL)
            }
            Err(_) if life.host().is_held() => {
                // It did not fail: who holds the function asks whether a generation was to come.
                self.pending = true;
                None
            }
            Err(e) if e == ETIMEDOUT || e == EBUSY => {
                // Firmware had its deadline; it gets no second one.
                life.host()
                    .set_phase(Phase::GivenUp, "it does not start again");
                dev_err!(life.device(), "given up: recovery failed: {:?}\n", e);
                None
            }
            Err(e) => {
                dev_warn!(life.device(), "recovery failed: {:?}\n", e);
                self.pending = true;
                Some(RETRY)
            }
        }
    }
}

impl<V: Vendor> Kicked for Keeper<'_, V> {
    fn kicked(&mut self) -> Option<Delta> {
        if self.life.host().is_held() {
            return None;
        }
        if !self.pending {
            match self.life.verdict()? {
                Verdict::Healthy => return Some(V::POLL),
                Verdict::Fatal(reason) => self.bury(reason),
            }
        }
        self.recover()
    }
}

impl<V: Vendor> Bell for Queue<Keeper<'_, V>> {
    fn ring(&self) {
        self.kick();
    }
}
