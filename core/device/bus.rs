// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! What a bus does to a function that is bound: sleep, shutdown, errors, resets.
//!
//! Each ends the generation, because no state of the function survives it for certain. What brings
//! the next one up afterwards does so only if there was one before: a function that was given up
//! stays down.

use kernel::{
    prelude::*,
    sync::atomic::Relaxed, //
};

use crate::{
    device::CoreDevice,
    health::{Phase, Verdict},
    vendor::Vendor, //
};

impl<V: Vendor> CoreDevice<'_, V> {
    /// Gives a recovery up. Returns whether one was to come.
    fn hold(&self) -> bool {
        self.life.host.hold(true);
        // It fails on the queue itself only, which does not call this.
        self.keeper
            .run(|keeper| keeper.forget())
            .unwrap_or_default()
    }

    /// Has what waits for a function that is known to be dead return.
    fn release(&self) {
        if let Some(Verdict::Fatal(_)) = self.life.verdict() {
            self.life.host.kill();
        }
    }

    /// Gives a recovery up, and remembers whether the function lived.
    fn doze(&self) {
        let expected = self.hold();
        // Only now: a recovery that ran may have ended well.
        if expected || self.life.current.get().is_some() {
            self.asleep.store(true, Relaxed);
        }
    }

    /// Gives a recovery up, removes the children and ends the generation, if there is one.
    pub(super) fn rest(&self) {
        self.doze();
        self.release();
        self.life.end();
        if self.asleep.load(Relaxed) {
            self.life.host.set_phase(Phase::Down, "");
        }
    }

    /// Prepares for a loss of power: removes the children and ends the generation. The children,
    /// with their consumers, are asleep already.
    pub(crate) fn suspend(&self) {
        self.stop();
        dev_info!(self.life.device(), "down while the machine sleeps\n");
    }

    /// Prepares for a reset by the caller: as [`CoreDevice::suspend`], but never resets.
    pub(crate) fn pause(&self) {
        self.rest();
        dev_info!(self.life.device(), "down for a reset\n");
    }

    /// Starts a generation after a suspend, without children: the driver core may not take devices
    /// yet. One that does not start is recovered later.
    pub(crate) fn resume(&self) {
        if !self.asleep.xchg(false, Relaxed) {
            return;
        }
        self.life.host.hold(false);
        if V::RESETS && self.life.dirty.load(Relaxed) {
            // Firmware that was not stopped in order may still write to memory that it had: it gets
            // no right to DMA before a reset, which the recovery makes.
            dev_warn!(self.life.device(), "needs a reset before it starts again\n");
            self.expect("it was not stopped in order");
            return;
        }
        if let Err(e) = self.life.bring_up() {
            dev_warn!(self.life.device(), "cannot start again: {:?}\n", e);
            // Not yet: a recovery makes children.
            self.expect("it did not start again");
            return;
        }
        dev_info!(self.life.device(), "up again\n");
    }

    /// As [`CoreDevice::resume`], after a reset by the caller. Whether that worked is not told; one
    /// that began stops the function's DMA, whatever becomes of it, and the start fails if it does
    /// not answer.
    pub(crate) fn renew(&self) {
        self.life.dirty.store(false, Relaxed);
        self.resume();
    }

    /// Makes the children after a resume, when the driver core takes devices again, or begins the
    /// recovery of a function that did not start.
    pub(crate) fn complete(&self) {
        if !self.life.host.is_held() {
            self.life.reconcile();
            self.keeper.kick();
        }
    }

    /// Ends the generation because the machine goes down. The children stay, unless the policy has
    /// one go with another's consumer: their contracts are detached, and to free what a consumer
    /// has registered may wait for user programs.
    pub(crate) fn shutdown(&self) {
        self.hold();
        self.release();
        if let Some(core) = self.life.current.get() {
            // Nobody will reset the function: it does no DMA any more, that is all that counts.
            let _ = V::tear_down(&core);
        }
        self.life.function.0.quiesce();
        self.life.host.set_phase(Phase::Down, "");
        dev_info!(self.life.device(), "down with the machine\n");
    }

    /// Ends the generation because the bus reported an error. Nobody waits for the function any
    /// more, and its registers are not touched. The function is `gone`, or the bus will reset it.
    pub(crate) fn fail(&self, gone: bool) {
        // Before and after, as a generation may be on its way.
        self.life.host.kill();
        self.doze();
        self.life.host.kill();
        let (phase, reason) = if gone {
            self.asleep.store(false, Relaxed);
            (Phase::Gone, "the bus lost the function")
        } else {
            (Phase::Recovering, "the bus reported an error")
        };
        // Nothing follows for a function that was down: it stays what it was.
        if gone || self.asleep.load(Relaxed) {
            self.life.host.set_phase(phase, reason);
        }
        dev_err!(self.life.device(), "{}\n", reason);
        self.life.end();
    }

    /// Starts the next generation after the bus has reset the function, on the path of every
    /// recovery. Does not wait for it.
    pub(crate) fn mended(&self) {
        if !self.asleep.xchg(false, Relaxed) {
            return;
        }
        self.life.fresh.store(true, Relaxed);
        self.life.host.hold(false);
        self.expect("the bus reported an error");
        self.keeper.kick();
    }

    /// Has the keeper's next look start a generation.
    fn expect(&self, reason: &'static str) {
        // It fails on the queue itself only, which does not call this.
        let _ = self.keeper.run(|keeper| keeper.expect(reason));
    }
}
