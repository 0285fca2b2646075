// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Whether a core device offers fwctl now: its policy, and which datapath consumers are bound.
//!
//! A consumer that binds or unbinds only has a reconcile requested, and never waits for it: it may
//! run inside one. Who writes the policy waits, so what the policy says holds when the write
//! returns. The policy lives as long as the core driver's binding, through every recovery.

use auxbus::{Children, Watcher};
use kernel::{
    prelude::*,
    sync::{Arc, Mutex}, //
};

use crate::{
    class::Class,
    ffi::sysfs::Setting,
    lock::new_mutex,
    policy::{Bound, Policy}, //
};

/// The policy of a function that was told no other; `AUXCORE_FWCTL_POLICY` of Kbuild.
const DEFAULT: Policy = if cfg!(auxcore_fwctl_policy_rdma) {
    Policy::Rdma
} else if cfg!(auxcore_fwctl_policy_not_netdev_only) {
    Policy::NotNetdevOnly
} else {
    Policy::Always
};

struct State<'bound> {
    policy: Policy,
    /// Consumers bound, by class.
    netdev: usize,
    rdma: usize,
    other: usize,
    children: Option<Arc<Children<'bound>>>,
}

impl State<'_> {
    fn exposes(&self) -> bool {
        self.policy.exposes(Bound {
            netdev: self.netdev > 0,
            rdma: self.rdma > 0,
            other: self.other > 0,
        })
    }

    /// Returns the number of consumers of a datapath class.
    fn count(&mut self, class: Class) -> Option<&mut usize> {
        match class {
            Class::Netdev => Some(&mut self.netdev),
            Class::Rdma => Some(&mut self.rdma),
            Class::Other(_) => Some(&mut self.other),
            Class::Fwctl | Class::Function => None,
        }
    }
}

/// What decides whether a core device has its fwctl child.
#[pin_data]
pub(crate) struct Exposure<'bound> {
    #[pin]
    state: Mutex<State<'bound>>,
}

impl<'bound> Exposure<'bound> {
    /// Returns the state of a core device without consumers. Errors: `ENOMEM`.
    pub(crate) fn new() -> Result<Arc<Self>> {
        let state = State {
            policy: DEFAULT,
            netdev: 0,
            rdma: 0,
            other: 0,
            children: None,
        };
        Arc::pin_init(
            try_pin_init!(Self { state <- new_mutex!(state) }? Error),
            GFP_KERNEL,
        )
    }

    /// Has `children` follow for as long as the result lives.
    pub(crate) fn lead(self: Arc<Self>, children: Arc<Children<'bound>>) -> Lead<'bound> {
        self.state.lock().children = Some(children);
        Lead(self)
    }

    /// Returns who counts the consumer of a child of `class`. Errors: `ENOMEM`.
    pub(crate) fn counter(self: &Arc<Self>, class: Class) -> Result<Arc<dyn Watcher + 'bound>> {
        let exposure = self.clone();
        Ok(Arc::new(Counter { exposure, class }, GFP_KERNEL)?)
    }

    /// Returns whether a child of `class` may exist now.
    pub(crate) fn permits(&self, class: Class) -> bool {
        !matches!(class, Class::Fwctl) || self.state.lock().exposes()
    }

    /// Changes what decides, and has the children follow if the decision is another one.
    fn change(&self, change: impl FnOnce(&mut State<'bound>)) {
        let mut state = self.state.lock();
        let before = state.exposes();
        change(&mut state);
        if state.exposes() != before {
            if let Some(children) = &state.children {
                children.request();
            }
        }
    }
}

/// Counts the consumer of one child.
struct Counter<'bound> {
    exposure: Arc<Exposure<'bound>>,
    class: Class,
}

impl Watcher for Counter<'_> {
    fn attached(&self) {
        self.exposure.change(|state| {
            if let Some(count) = state.count(self.class) {
                *count += 1;
            }
        });
    }

    fn detached(&self) {
        self.exposure.change(|state| {
            if let Some(count) = state.count(self.class) {
                *count = count.saturating_sub(1);
            }
        });
    }
}

/// The connection to the children, which own what owns the exposure.
pub(crate) struct Lead<'bound>(Arc<Exposure<'bound>>);

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        // Dropped after the lock.
        let _children = self.0.state.lock().children.take();
    }
}

/// The policy as an attribute.
pub(crate) struct PolicySetting<'bound> {
    pub(crate) exposure: Arc<Exposure<'bound>>,
    pub(crate) children: Arc<Children<'bound>>,
}

impl Setting for PolicySetting<'_> {
    fn value(&self) -> &'static str {
        self.exposure.state.lock().policy.name()
    }

    fn set(&self, text: &[u8]) -> Result {
        let policy = Policy::parse(text).ok_or(EINVAL)?;
        self.exposure.state.lock().policy = policy;
        // Without the lock, which consumers take while it runs.
        self.children.reconcile()
    }
}
