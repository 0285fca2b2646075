// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! A stream of commands: each one that ends is followed by another, so that firmware always has as
//! many as it may.

use auxcore::{
    deadline::Deadline,
    peer::{Answer, Peer}, //
};
use kernel::{
    fmt,
    new_condvar,
    new_mutex,
    prelude::*,
    sync::{Arc, CondVar, Mutex},
    time::{delay::fsleep, msecs_to_jiffies, Delta, Instant, Monotonic}, //
};

use crate::{
    driver::{QUERY, REPLY_LEN},
    module_parameters, //
};

/// So many are under way, in slots and waiting for one.
const AT_ONCE: u32 = 62;
/// How long the end of the flow is waited for.
const PATIENCE: Delta = Delta::from_secs(60);
const SLICE_MS: u32 = 100;

#[derive(Clone, Copy)]
struct Counts {
    /// Commands still to be submitted, and those that have not ended.
    left: u32,
    open: u32,
    failed: u32,
}

#[pin_data]
struct Flow {
    peer: Arc<Peer>,
    #[pin]
    counts: Mutex<Counts>,
    #[pin]
    changed: CondVar,
}

/// One command of the stream, and those that follow it.
struct Line(Arc<Flow>);

impl Flow {
    /// Submits the next command, if there is one.
    fn next(self: &Arc<Self>) -> Result {
        {
            let mut counts = self.counts.lock();
            if counts.left == 0 {
                return Ok(());
            }
            counts.left -= 1;
            counts.open += 1;
        }
        let line = Arc::new(Line(self.clone()), GFP_KERNEL)?;
        let deadline = Delta::from_millis(i64::from(module_parameters::flow_ms.value()));
        self.peer
            .submit(&QUERY, REPLY_LEN, Deadline::after(deadline), line)
            .inspect_err(|_| self.ended(true))
    }

    fn ended(&self, failed: bool) {
        let mut counts = self.counts.lock();
        counts.open -= 1;
        counts.failed += u32::from(failed);
        if counts.open == 0 {
            self.changed.notify_all();
        }
    }
}

impl Answer for Line {
    fn answered(&self, reply: Result<&[u8]>) {
        if let us @ 1.. = module_parameters::flow_us.value() {
            fsleep(Delta::from_micros(us.into()));
        }
        // A line that cannot go on ends; the others take its commands.
        let _ = self.0.next();
        self.0.ended(!matches!(reply, Ok([0, ..])));
    }
}

/// Executes the stream and shows how long it took.
pub(crate) fn show(peer: &Arc<Peer>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let counts = Counts {
        left: module_parameters::flow.value(),
        open: 0,
        failed: 0,
    };
    let flow = Arc::pin_init(
        try_pin_init!(Flow {
            peer: peer.clone(),
            counts <- new_mutex!(counts),
            changed <- new_condvar!(),
        }? Error),
        GFP_KERNEL,
    )
    .map_err(|_| fmt::Error)?;
    let start = Instant::<Monotonic>::now();
    for _ in 0..AT_ONCE {
        flow.next().map_err(|_| fmt::Error)?;
    }
    let mut counts = flow.counts.lock();
    while counts.open > 0 && start.elapsed().as_millis() < PATIENCE.as_millis() {
        let slice = msecs_to_jiffies(SLICE_MS);
        let _ = flow.changed.wait_interruptible_timeout(&mut counts, slice);
    }
    let Counts { left, open, failed } = *counts;
    drop(counts);
    let micros = start.elapsed().as_micros_ceil();
    writeln!(f, "left {left} open {open} failed {failed} us {micros}")
}
