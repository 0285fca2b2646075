// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Many commands at once, none of them waited for, and a count of how they ended.

use auxcore::{
    deadline::Deadline,
    peer::{Answer, Peer}, //
};
use kernel::{
    fmt,
    new_condvar,
    new_mutex,
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc, CondVar, Mutex,
    },
    time::{msecs_to_jiffies, Delta}, //
};

use crate::{
    driver::{QUERY, REPLY_LEN},
    module_parameters, //
};

const COMMANDS: usize = 64;
/// How long the end of the burst is waited for: longer than any deadline.
const PATIENCE: Delta = Delta::from_secs(20);
const SLICE_MS: u32 = 100;

#[derive(Clone, Copy, Default)]
struct Counts {
    ok: usize,
    refused: usize,
    failed: usize,
    errno: i32,
    twice: usize,
}

impl Counts {
    fn ended(&self) -> usize {
        self.ok + self.refused + self.failed
    }
}

#[pin_data]
struct Burst {
    #[pin]
    counts: Mutex<Counts>,
    #[pin]
    changed: CondVar,
}

/// One command of a burst.
struct One {
    burst: Arc<Burst>,
    told: Atomic<u32>,
}

impl Answer for One {
    fn answered(&self, reply: Result<&[u8]>) {
        let mut counts = self.burst.counts.lock();
        if self.told.fetch_add(1, Relaxed) != 0 {
            counts.twice += 1;
        }
        match reply {
            Ok([0, ..]) => counts.ok += 1,
            Ok(_) => counts.refused += 1,
            Err(e) => {
                counts.failed += 1;
                counts.errno = -e.to_errno();
            }
        }
        self.burst.changed.notify_all();
    }
}

impl Burst {
    /// Submits all commands and returns how many were taken, with the errno of the first that was
    /// not.
    fn submit(self: &Arc<Self>, peer: &Peer) -> (usize, i32) {
        let deadline = Delta::from_millis(i64::from(module_parameters::burst_ms.value()));
        let deadline = Deadline::after(deadline);
        for i in 0..COMMANDS {
            let one = One {
                burst: self.clone(),
                told: Atomic::new(0),
            };
            let submitted = Arc::new(one, GFP_KERNEL)
                .map_err(Error::from)
                .and_then(|one| peer.submit(&QUERY, REPLY_LEN, deadline, one));
            if let Err(e) = submitted {
                return (i, -e.to_errno());
            }
        }
        (COMMANDS, 0)
    }

    /// Waits until `submitted` commands have ended, or nobody believes in it any more.
    fn wait(&self, submitted: usize) -> Counts {
        let deadline = Deadline::after(PATIENCE);
        let mut counts = self.counts.lock();
        while counts.ended() < submitted && deadline.remaining().is_some() {
            let slice = msecs_to_jiffies(SLICE_MS);
            let _ = self.changed.wait_interruptible_timeout(&mut counts, slice);
        }
        *counts
    }
}

/// Executes a burst and shows how it ended.
pub(crate) fn show(peer: &Arc<Peer>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let burst = Arc::pin_init(
        try_pin_init!(Burst {
            counts <- new_mutex!(Counts::default()),
            changed <- new_condvar!(),
        }? Error),
        GFP_KERNEL,
    )
    .map_err(|_| fmt::Error)?;
    let (submitted, refusal) = burst.submit(peer);
    let counts = burst.wait(submitted);
    let Counts {
        ok,
        refused,
        failed,
        errno,
        twice,
    } = counts;
    writeln!(
        f,
        "submitted {submitted} errno {refusal} ok {ok} refused {refused} failed {failed} errno {errno} twice {twice}"
    )
}
