// SPDX-License-Identifier: GPL-2.0

//! What peers need beyond safe code: a list of all core devices, and handles that borrow nothing.

use kernel::{prelude::*, sync::Arc};

use crate::peer::{Hub, Provider};

kernel::sync::global_lock! {
    // SAFETY: `Root::new()` initialises it, before any vendor's module can be loaded.
    /// The core devices that peers can find.
    pub(crate) unsafe(uninit) static HUBS: Mutex<KVec<Arc<Hub>>> = KVec::new();
}

/// The list of core devices; the module of this crate holds it.
pub(crate) struct Root(());

impl Root {
    /// Creates the list. Called once, when the module is loaded.
    pub(crate) fn new() -> Self {
        // SAFETY: the module is loaded once, and nobody uses the lock before that.
        unsafe { HUBS.init() };
        Self(())
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        // A static is never dropped, and a list that has grown owns memory.
        *HUBS.lock() = KVec::new();
    }
}

/// Forgets what `provider` borrows.
///
/// The caller is `core/peer.rs` alone, whose `Peers` drops the provider and every port it made
/// before it is gone itself.
pub(crate) fn erase<'bound>(
    provider: Arc<dyn Provider<'bound> + 'bound>,
) -> Arc<dyn Provider<'static>> {
    // SAFETY: only lifetimes change. The one user of the result is `Peers`, which is part of the
    // driver core's data for the device and so dropped before `'bound` ends. Its drop waits until
    // nobody uses a port, and drops the provider.
    unsafe {
        core::mem::transmute::<Arc<dyn Provider<'bound> + 'bound>, Arc<dyn Provider<'static>>>(
            provider,
        )
    }
}
