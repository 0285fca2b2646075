// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Signs of dead firmware, and the way to a living one.
//!
//! Source: `drivers/net/ethernet/mellanox/mlx5/core/health.c` of Linux 7.3. One thing differs: a
//! health counter that stands still is fatal here, where the C driver only reports it.

use auxcore::{deadline::Deadline, function::Function, health::Verdict, recovery::reset_function};
use kernel::{
    prelude::*,
    time::{delay::fsleep, Delta, Instant, Monotonic}, //
};

use super::regs::{Interface, Registers};

/// How long the health counter may stand still. Firmware moves it many times a second.
const STILL: Delta = Delta::from_secs(3);
/// How long firmware may take to leave the bus after it was asked to start again (`PCI_TOGGLE` in
/// the C driver), and the pause between two looks.
const LEAVE: Delta = Delta::from_secs(2);
const LOOK: Delta = Delta::from_millis(20);

/// The health counter as it was seen last.
pub(crate) struct Pulse {
    counter: u32,
    moved: Instant<Monotonic>,
}

impl Pulse {
    pub(crate) fn new(registers: Registers<'_>) -> Self {
        Self {
            counter: registers.health_counter(),
            moved: Instant::now(),
        }
    }

    /// Looks at the counter. Returns whether firmware has a pulse.
    fn beats(&mut self, registers: Registers<'_>) -> bool {
        let counter = registers.health_counter();
        if counter != self.counter {
            *self = Self::new(registers);
        }
        self.moved.elapsed() < STILL
    }
}

/// Looks at the registers alone, in the order of the C driver. Context: any.
pub(crate) fn signs(registers: Registers<'_>) -> Verdict {
    if !registers.present() {
        return Verdict::Fatal("its registers read as all ones");
    }
    match registers.interface() {
        Interface::Full => (),
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

/// Looks at the registers and at the pulse.
pub(crate) fn examine(registers: Registers<'_>, pulse: &mut Pulse) -> Verdict {
    match signs(registers) {
        Verdict::Healthy if !pulse.beats(registers) => {
            Verdict::Fatal("its health counter stands still")
        }
        verdict => verdict,
    }
}

/// Brings a function whose firmware died back to its first state. Firmware that asks for a reset
/// is asked to start again, as the C driver does; all else, and firmware that does not listen,
/// gets a reset of the function.
///
/// # Errors
///
/// As [`reset_function`].
pub(crate) fn reset(function: &dyn Function<'_>, abandoned: &dyn Fn() -> bool) -> Result {
    let registers = Registers(function.window());
    if registers.wants_reset() && registers.resets() {
        registers.request_reset();
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
