// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Bring-up and tear-down of one function.

use auxcore::{
    deadline::Deadline,
    function::Function,
    handle::Handle,
    health::Verdict,
    owner::{Booting, Up}, //
};
use kernel::{prelude::*, sync::Arc, time::Delta};

use crate::{
    board::Board,
    ffi,
    order::{Manner, Order},
    ring::NullRing, //
};

const BRING_UP: Delta = Delta::from_secs(2);
const TEAR_DOWN: Delta = Delta::from_millis(500);

/// The first word to firmware.
const HELLO: Order = Order {
    manner: Manner::Answer,
    value: 42,
    delay_ms: 0,
};

/// Firmware that runs; dropping it stops it.
struct Running(Arc<Board>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// A function that is up.
pub(crate) struct NullDevice<'bound> {
    // Before `up`: firmware holds the channel.
    firmware: Running,
    up: Arc<Up<'bound, NullRing>>,
    function: Arc<dyn Function<'bound> + 'bound>,
    handle: Handle<'bound>,
}

impl<'bound> NullDevice<'bound> {
    pub(crate) fn bring_up(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Arc<Self>> {
        if ffi::fails() {
            return Err(EIO);
        }
        let board = Board::new()?;
        let ring = NullRing::new(board.clone());
        let owner = Booting::new(ring, 1, function.clone(), handle.clone())?;
        let firmware = Running(board);
        firmware.0.start(owner.channel().clone())?;
        owner.set_events(true);
        let hello = owner.client().ring().message(HELLO);
        owner.client().exec(hello, Deadline::after(BRING_UP))?;
        let up = Arc::new(owner.open(), GFP_KERNEL)?;
        let device = Self {
            firmware,
            up,
            function,
            handle,
        };
        Ok(Arc::new(device, GFP_KERNEL)?)
    }

    pub(crate) fn tear_down(&self) -> Result {
        self.up.close();
        self.up.settle(Deadline::after(TEAR_DOWN));
        self.firmware.0.stop();
        if self.up.is_dead() {
            return Err(ENXIO);
        }
        Ok(())
    }

    pub(crate) fn health(&self) -> Verdict {
        if self.firmware.0.is_dead() {
            Verdict::Fatal("it was told to die")
        } else {
            Verdict::Healthy
        }
    }

    pub(crate) fn function(&self) -> &Arc<dyn Function<'bound> + 'bound> {
        &self.function
    }

    pub(crate) fn handle(&self) -> &Handle<'bound> {
        &self.handle
    }

    pub(crate) fn up(&self) -> &Arc<Up<'bound, NullRing>> {
        &self.up
    }
}
