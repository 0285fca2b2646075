// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The vendor plugin: everything `core` does not know about a device.
//!
//! How to write one: declare the table of children and the state of one function between bring-up
//! and tear-down; say which functions it is for with [`PciVendor`](crate::pci::PciVendor); then
//! close the crate root with [`module_vendor!`](crate::module_vendor).

use auxbus::Kind;
use core::marker::PhantomData;
use kernel::{prelude::*, sync::Arc, time::Delta};

use crate::{
    class::Class,
    function::Function,
    handle::Handle,
    health::{Limit, Verdict},
    peer::Seat,
    place::Place,
    recovery, //
};

/// One row of a vendor's table of children.
pub struct ChildClass<V: Vendor> {
    /// The service it is for.
    pub class: Class,
    /// Name on the auxiliary bus, and how many there may be.
    pub kind: Kind,
    /// Whether this function shall have the child of this instance now.
    pub wanted: for<'bound> fn(&V::Core<'bound>, usize) -> bool,
    /// Registers the child of this instance.
    pub create: for<'s, 'bound> fn(&Arc<V::Core<'bound>>, usize, Place<'s, 'bound>) -> Result,
}

/// A vendor plugin.
pub trait Vendor: Sized + 'static {
    /// The children a function may have; they are added in this order and removed in reverse.
    const CHILDREN: &'static [ChildClass<Self>];

    /// How often a function's health is looked at.
    const POLL: Delta = Delta::from_secs(1);

    /// How often a function may be recovered.
    const RECOVERIES: Limit = Limit {
        attempts: 3,
        window_ms: 10 * 60 * 1000,
    };

    /// Whether a function in no known state is reset: after a bring-up or a tear-down that failed, and
    /// when it died. `false` is for a device that would lose more than its firmware's state by that,
    /// a memory device its memory: what is left then is another bring-up.
    const RESETS: bool = true;

    /// The state of one function between bring-up and tear-down: one generation.
    type Core<'bound>: Send + Sync + 'bound;

    /// Brings the function up, to the point where children can work. Context: process.
    ///
    /// `handle` is this generation's. What waits for long looks at [`Handle::is_abandoned`].
    ///
    /// # Errors
    ///
    /// Any errno; the function is as before the call then, apart from what [`Function::quiesce`]
    /// stops.
    fn bring_up<'bound>(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Arc<Self::Core<'bound>>>;

    /// Takes the function down. No child is served any more. Context: process.
    ///
    /// # Errors
    ///
    /// Any errno when firmware did not take part in all of it, so that only a reset brings the
    /// function back to its first state.
    fn tear_down(core: &Self::Core<'_>) -> Result;

    /// Looks at a function that is up. Context: process; may not wait for firmware.
    fn health(core: &Self::Core<'_>) -> Verdict {
        let _ = core;
        Verdict::Healthy
    }

    /// Gives a peer, a driver of another function that uses the channel of this one, its port.
    /// Context: process.
    ///
    /// # Errors
    ///
    /// `EOPNOTSUPP`: the vendor serves no peers. Or any errno.
    fn open_peer<'bound>(core: &Arc<Self::Core<'bound>>, seat: Seat<'_, 'bound>) -> Result {
        let _ = (core, seat);
        Err(EOPNOTSUPP)
    }

    /// Brings a function that died back to its first state, until `abandoned` says stop. It is
    /// quiesced. Context: process.
    ///
    /// # Errors
    ///
    /// `ENODEV` when abandoned, or those of [`Function::reset`].
    fn reset(function: &dyn Function<'_>, abandoned: &dyn Fn() -> bool) -> Result {
        if !Self::RESETS {
            return Ok(());
        }
        recovery::reset_function(function, abandoned)
    }
}

/// What is checked about a vendor when its module is compiled.
pub(crate) struct Checked<V: Vendor>(PhantomData<V>);

impl<V: Vendor> Checked<V> {
    /// fwctl is not for simple network devices: a vendor that has children of the class netdev has
    /// the class fwctl only if it has those of another class, too.
    pub(crate) const CHILDREN: () = {
        let (mut fwctl, mut netdev, mut more) = (false, false, false);
        let mut row = 0;
        while row < V::CHILDREN.len() {
            match V::CHILDREN[row].class {
                Class::Fwctl => fwctl = true,
                Class::Netdev => netdev = true,
                Class::Rdma | Class::Other(_) => more = true,
                Class::Function => (),
            }
            row += 1;
        }
        assert!(
            !fwctl || !netdev || more,
            "a vendor whose only datapath is netdev cannot have a child of the class fwctl"
        );
    };
}
