// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Signs of dead firmware, and the way to a living one.
//!
//! Source: `drivers/net/ethernet/mellanox/mlx5/core/health.c` of Linux 7.3. One thing differs: a
//! health counter that stands still is fatal here, where the C driver only reports it.

use auxcore::{
    deadline::Deadline,
    function::Function,
    handle::Handle,
    health::Verdict,
    recovery::reset_function, //
};
use kernel::{
    prelude::*,
    sync::atomic::{Acquire, Atomic, Relaxed, Release},
    time::{delay::fsleep, Delta, Instant, Monotonic}, //
};

use super::regs::{Interface, Registers};

/// How long the health counter may stand still, in milliseconds. Firmware moves it many times a second.
const STILL_MS: u64 = 3000;
/// How long firmware may take to leave the bus after it was asked to start again (`PCI_TOGGLE` in
/// the C driver), and the pause between two looks.
const LEAVE: Delta = Delta::from_secs(2);
const LOOK: Delta = Delta::from_millis(20);

/// Pause between two looks at a firmware that is starting.
const STARTING: Delta = Delta::from_millis(2);

/// What a function that has left its bus is told by.
const ABSENT: &str = "its registers read as all ones";

/// The health counter as it was seen last. Looked at by everybody who waits for firmware.
pub(crate) struct Pulse {
    start: Instant<Monotonic>,
    counter: Atomic<u32>,
    /// When the counter moved last, in milliseconds from the start; [`UNWATCHED`] before the
    /// function is enabled, when firmware need not move it.
    moved: Atomic<u64>,
}

const UNWATCHED: u64 = u64::MAX;

impl Pulse {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            counter: Atomic::new(0),
            moved: Atomic::new(UNWATCHED),
        }
    }

    /// Watches the function from now on: it is enabled. Context: any.
    pub(crate) fn watch(&self, registers: Registers<'_>) {
        self.moved.store(self.now(), Relaxed);
        // ORDERING: pairs with the load in `beats`: who sees the counter sees when it moved.
        self.counter.store(registers.health_counter(), Release);
    }

    /// Stops watching: the function is about to be disabled. Context: any.
    pub(crate) fn unwatch(&self) {
        self.moved.store(UNWATCHED, Relaxed);
    }

    fn is_watched(&self) -> bool {
        self.moved.load(Relaxed) != UNWATCHED
    }

    fn now(&self) -> u64 {
        // CAST: a time since the start is positive.
        self.start.elapsed().as_millis() as u64
    }

    /// Looks at the counter. Returns whether firmware has a pulse.
    fn beats(&self, registers: Registers<'_>) -> bool {
        // ORDERING: pairs with the store in `watch`.
        let last = self.counter.load(Acquire);
        let moved = self.moved.load(Relaxed);
        if moved == UNWATCHED {
            return true;
        }
        // Before the read: who is held up after it must not take that for firmware's time.
        let now = self.now();
        let counter = registers.health_counter();
        if counter == last {
            return now.saturating_sub(moved) < STILL_MS;
        }
        // Unless somebody else was first, or the function is not watched any more.
        if self.moved.cmpxchg(moved, now, Relaxed).is_ok() {
            // ORDERING: pairs with the load above: who sees the counter sees when it moved.
            self.counter.store(counter, Release);
        }
        true
    }
}

/// Looks at the registers alone, in the order of the C driver. Context: any.
///
/// Whether the interface is disabled says something only of a function that is `enabled`: firmware
/// may show it so until the command that enables it has ended.
fn signs(registers: Registers<'_>, enabled: bool) -> Verdict {
    if !registers.present() {
        return Verdict::Fatal(ABSENT);
    }
    match registers.interface() {
        Interface::Full => (),
        Interface::Disabled if !enabled => (),
        Interface::Disabled => return Verdict::Fatal("it disabled its interface"),
        Interface::Reset => return Verdict::Fatal("it is being reset"),
        Interface::Other => return Verdict::Fatal("its interface is in a bad state"),
    }
    if registers.wants_reset() {
        return Verdict::Fatal("it stopped and asks for a reset");
    }
    if registers.initializing() {
        return Verdict::Fatal("it started anew by itself");
    }
    Verdict::Healthy
}

/// Looks at the registers and at the pulse. Context: any.
pub(crate) fn examine(registers: Registers<'_>, pulse: &Pulse) -> Verdict {
    match signs(registers, pulse.is_watched()) {
        Verdict::Healthy if !pulse.beats(registers) => {
            Verdict::Fatal("its health counter stands still")
        }
        verdict => verdict,
    }
}

/// Brings a function whose firmware died back to its first state. Firmware that asks for a reset
/// is asked to start again, as the C driver does, unless the driver of another function of the
/// device has asked it already; all else, and firmware that does not listen, gets a reset of the
/// function.
///
/// # Errors
///
/// As [`reset_function`].
pub(crate) fn reset(function: &dyn Function<'_>, abandoned: &dyn Fn() -> bool) -> Result {
    let registers = Registers(function.window());
    let wanted = registers.present() && registers.wants_reset() && registers.resets();
    let asked = match registers.interface() {
        Interface::Full if wanted => {
            registers.request_reset();
            true
        }
        Interface::Reset => registers.present(),
        _ => false,
    };
    if asked {
        let deadline = Deadline::after(LEAVE);
        while deadline.remaining().is_some() {
            if abandoned() {
                return Err(ENODEV);
            }
            if matches!(registers.interface(), Interface::Disabled) && !registers.wants_reset() {
                return Ok(());
            }
            fsleep(LOOK);
        }
        dev_warn!(
            function.device(),
            "firmware does not start again by itself\n"
        );
    }
    reset_function(function, abandoned)
}

/// Waits until firmware has started. Registers need not answer until then, as long as the function
/// is on its bus: a card that comes out of a reset may take a while. Context: process.
///
/// # Errors
///
/// `ENODEV` when the generation is given up, `ENXIO` for a device that is gone, `ETIMEDOUT`.
pub(crate) fn wait_started(
    function: &dyn Function<'_>,
    handle: &Handle<'_>,
    deadline: Deadline,
) -> Result {
    let registers = Registers(function.window());
    // All ones count as initializing.
    while registers.initializing() {
        if handle.is_abandoned() {
            return Err(ENODEV);
        }
        if !function.present() {
            handle.fatal(ABSENT);
            return Err(ENXIO);
        }
        if deadline.remaining().is_none() {
            return Err(ETIMEDOUT);
        }
        fsleep(STARTING);
    }
    Ok(())
}
