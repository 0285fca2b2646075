// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Bring-up and tear-down of one function.

use auxcore::{
    channel::Channel,
    deadline::Deadline,
    function::{Function, Interrupt},
    handle::Handle,
    health::Verdict,
    owner::{Booting, Up}, //
};
use kernel::{prelude::*, sync::Arc, time::Delta};

use super::{
    calc::{CalcService, Calculator},
    command::Command,
    regs::Registers,
    ring::AcmeRing, //
};

/// How long bring-up, and tear-down, may take in all.
const BRING_UP: Delta = Delta::from_secs(5);
const TEAR_DOWN: Delta = Delta::from_secs(5);
/// The only vector: a command is done.
const VECTOR: usize = 0;
/// No slot is kept for commands that others wait for.
const RESERVED_SLOTS: usize = 0;

/// A function that is up: one generation of it.
pub(crate) struct AcmeDevice<'bound> {
    up: Arc<Up<'bound, AcmeRing<'bound>>>,
}

impl<'bound> AcmeDevice<'bound> {
    /// Brings the function up. Context: process.
    ///
    /// # Errors
    ///
    /// `ENODEV` for a device that is not what it should be, `ENOMEM`, those of
    /// [`Function::connect`], or those of the first command.
    pub(crate) fn bring_up(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Arc<Self>> {
        if !Registers(function.window()).present() {
            return Err(ENODEV);
        }
        let ring = AcmeRing::new(function.clone(), handle.clone());
        let owner = Booting::new(ring, RESERVED_SLOTS, function.clone(), handle)?;

        // Nobody is interrupted yet: the channel polls for the reply.
        let hello = owner
            .client()
            .ring()
            .message(Command::Liveness(0xacce_55ed), None);
        owner.client().exec(hello, Deadline::after(BRING_UP))?;

        function.connect(VECTOR, Arc::new(Done(owner.channel().clone()), GFP_KERNEL)?)?;
        owner.set_events(true);
        dev_info!(function.device(), "Acme calculator is up\n");
        let up = Arc::new(owner.open(), GFP_KERNEL)?;
        Ok(Arc::new(Self { up }, GFP_KERNEL)?)
    }

    /// Takes the function down. Context: process; returns within its deadline, whatever firmware
    /// does.
    ///
    /// # Errors
    ///
    /// `ENXIO`: the device died before or meanwhile.
    pub(crate) fn tear_down(&self) -> Result {
        self.up.close();
        self.up.settle(Deadline::after(TEAR_DOWN));
        self.up.set_events(false);
        self.up.client().ring().function().disconnect(VECTOR);
        if self.up.is_dead() {
            return Err(ENXIO);
        }
        Ok(())
    }

    /// Looks at the device without asking firmware.
    pub(crate) fn health(&self) -> Verdict {
        self.up.client().ring().health()
    }

    /// Returns the service for a consumer of class `calc`. Errors: `ENOMEM`.
    pub(crate) fn calc(&self) -> Result<Arc<dyn Calculator + 'bound>> {
        let service = CalcService::new(self.up.clone())?;
        Ok(service)
    }
}

/// The handler of the vector.
struct Done<'bound>(Arc<Channel<AcmeRing<'bound>>>);

impl Interrupt for Done<'_> {
    fn interrupt(&self) -> bool {
        self.0.ring().registers().acknowledge();
        // One slot, one bit.
        self.0.completed(1);
        false
    }
}
