// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The core device: what is the same for every vendor and every kind of function between probe and
//! unbind.
//!
//! A bound function lives through generations. A generation starts with the vendor's bring-up and
//! ends with its tear-down, and its state is one [`Vendor::Core`]. Children are made from the
//! current generation only and are gone before it ends, so nothing of one generation is seen by the
//! next. Files that programs have open outlive their child; they hold nothing of a generation.

mod bus;

use auxbus::{Children, Queue};
use kernel::{
    device::{Bound, Device},
    prelude::*,
    sync::{
        atomic::{Atomic, AtomicFlag, Relaxed},
        Arc,
    }, //
};

use crate::{
    debugfs::{self, Directory},
    exposure::{Exposure, Lead, PolicySetting},
    ffi,
    function::Function,
    generation::Current,
    handle::{CommandsFile, DescriptionFile, HealthFile, Host},
    health::{Phase, Verdict},
    journal::{Journal, JournalFile},
    objects::{Objects, ObjectsFile},
    peer::Peers,
    place::Site,
    recovery::Keeper,
    vendor::{Checked, Vendor}, //
};

/// A function with its current generation and its children.
///
/// All methods may sleep, and are called by the bus that found the function, one at a time, with
/// the function's device lock held.
pub struct CoreDevice<'bound, V: Vendor> {
    // Before `life`: what it runs uses that.
    keeper: Arc<Queue<Keeper<'bound, V>>>,
    life: Arc<Life<'bound, V>>,
    /// There was a generation, or one on its way, before the bus had the function rest.
    asleep: AtomicFlag,
}

impl<'bound, V: Vendor> CoreDevice<'bound, V> {
    /// Returns the core device of `function`, without a generation and without children.
    ///
    /// # Errors
    ///
    /// `ENOMEM`, or no id is left.
    pub(crate) fn new(function: Arc<dyn Function<'bound> + 'bound>) -> Result<Self> {
        let life = Life::new(function)?;
        let keeper = ffi::keeper(Keeper::new(life.clone()))?;
        life.host.connect(Some(keeper.clone()));
        Ok(Self {
            keeper,
            life,
            asleep: AtomicFlag::new(false),
        })
    }

    /// Starts a generation and makes its children.
    ///
    /// A child that cannot be registered is logged and left out; for want of memory, only until there
    /// is some.
    ///
    /// # Errors
    ///
    /// Those of [`Vendor::bring_up`], `EBUSY` when a generation exists or something of an earlier
    /// one does.
    pub(crate) fn start(&self) -> Result {
        self.life.host.hold(false);
        // A function that does not come up is left as it was found.
        self.life
            .bring_up()
            .inspect_err(|_| self.life.reset_held())?;
        self.life.reconcile();
        self.keeper.kick_after(V::POLL);
        Ok(())
    }

    /// Removes the children and ends the generation, if there is one. A recovery that runs is given
    /// up at once.
    pub(crate) fn stop(&self) {
        self.rest();
        self.life.reset_held();
    }
}

impl<V: Vendor> Drop for CoreDevice<'_, V> {
    fn drop(&mut self) {
        // The host must not keep the queue, whose work has the host.
        self.life.host.connect(None);
    }
}

/// What a core device and its keeper share.
///
/// Children go first, then the generation; both hold the function, which goes last.
pub(crate) struct Life<'bound, V: Vendor> {
    // Before `children`, as is `_lead`: both have them follow.
    _policy: Option<ffi::sysfs::Group<'bound>>,
    _lead: Lead<'bound>,
    /// Drivers of other functions that use the channel.
    peers: Peers,
    children: Arc<Children<'bound>>,
    current: Arc<Current<'bound, V>>,
    /// Whether something of an old generation survived it. No other one starts then.
    haunted: Atomic<bool>,
    /// Whether the function is in a state that only a reset ends.
    dirty: Atomic<bool>,
    /// Whether the bus has just reset the function.
    fresh: AtomicFlag,
    host: Arc<Host<'bound>>,
    /// Files about what outlives generations.
    files: Pin<KBox<Directory<'bound>>>,
    function: Active<'bound>,
}

/// A function that may do DMA and interrupt; dropping it stops both.
struct Active<'bound>(Arc<dyn Function<'bound> + 'bound>);

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.quiesce();
    }
}

impl<'bound, V: Vendor> Life<'bound, V> {
    fn new(function: Arc<dyn Function<'bound> + 'bound>) -> Result<Arc<Self>> {
        let function = Active(function);
        let device = function.0.device();
        let () = Checked::<V>::CHILDREN;
        let journal = Journal::new()?;
        let objects = Objects::new()?;
        let exposure = Exposure::new()?;
        let nested = function.0.grant().is_some();
        let site = Site {
            journal: journal.clone(),
            exposure: exposure.clone(),
        };
        let current = Current::<V>::new(site, nested)?;
        let kinds = V::CHILDREN.iter().map(|class| class.kind);
        let children = ffi::children(device, kinds, current.clone())?;
        let children = Arc::new(children, GFP_KERNEL)?;
        let policy = if nested {
            None
        } else {
            let setting = PolicySetting {
                exposure: exposure.clone(),
                children: children.clone(),
            };
            let setting = Arc::new(setting, GFP_KERNEL)?;
            Some(ffi::sysfs::attribute(device, c"fwctl_policy", setting)?)
        };
        let life = Self {
            _policy: policy,
            _lead: exposure.lead(children.clone()),
            peers: Peers::new(device, current.clone())?,
            children,
            current,
            haunted: Atomic::new(false),
            dirty: Atomic::new(false),
            fresh: AtomicFlag::new(false),
            host: Host::new(objects.clone())?,
            files: debugfs::directory(device)?,
            function,
        };
        let journal = JournalFile { device, journal };
        life.files
            .show(c"journal", Some(Arc::new(journal, GFP_KERNEL)?))?;
        let objects = ObjectsFile { device, objects };
        life.files
            .show(c"objects", Some(Arc::new(objects, GFP_KERNEL)?))?;
        let health = HealthFile(life.host.clone());
        life.files
            .show(c"health", Some(Arc::new(health, GFP_KERNEL)?))?;
        let description = DescriptionFile(life.host.clone());
        life.files
            .show(c"device", Some(Arc::new(description, GFP_KERNEL)?))?;
        let commands = CommandsFile(life.host.clone());
        life.files
            .show(c"commands", Some(Arc::new(commands, GFP_KERNEL)?))?;
        Ok(Arc::new(life, GFP_KERNEL)?)
    }

    pub(crate) fn host(&self) -> &Host<'bound> {
        &self.host
    }

    pub(crate) fn function(&self) -> &dyn Function<'bound> {
        &*self.function.0
    }

    pub(crate) fn device(&self) -> &'bound Device<Bound> {
        self.function.0.device()
    }

    /// Returns how the current generation is, `None` when there is none.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        let core = self.current.get()?;
        Some(match self.host.fatal() {
            Some(reason) => Verdict::Fatal(reason),
            None => V::health(&core),
        })
    }

    /// Brings a generation up, without children.
    fn bring_up(&self) -> Result {
        if self.haunted.load(Relaxed) || self.current.get().is_some() {
            return Err(EBUSY);
        }
        // Whatever comes of this, the function is as a reset left it no longer.
        self.fresh.store(false, Relaxed);
        let handle = self.host.begin().ok_or(ENODEV)?;
        self.function.0.activate();
        match V::bring_up(self.function.0.clone(), handle) {
            Ok(core) => {
                self.current.replace(Some(core));
                self.dirty.store(false, Relaxed);
                self.host.set_phase(Phase::Up, "");
                Ok(())
            }
            Err(e) => {
                self.function.0.quiesce();
                if let Some(reason) = self.host.fatal() {
                    // The driver core takes some errors for a function that is not this driver's.
                    dev_err!(self.device(), "bring-up failed: {}\n", reason);
                }
                self.host.end();
                if self.host.is_touched() {
                    self.dirty.store(true, Relaxed);
                }
                Err(e)
            }
        }
    }

    /// Resets the function, unless the bus just has, and starts the next generation with its
    /// children.
    ///
    /// # Errors
    ///
    /// Those of [`Vendor::reset`] and [`Vendor::bring_up`], `EBUSY` when something of the last
    /// generation is left, `ENODEV` when generations are held.
    pub(crate) fn restart(&self) -> Result {
        if !self.fresh.xchg(false, Relaxed) {
            V::reset(&*self.function.0, &|| self.host.is_held())?;
        }
        self.dirty.store(false, Relaxed);
        self.bring_up()?;
        self.reconcile();
        Ok(())
    }

    /// Removes the children and ends the generation, if there is one.
    pub(crate) fn end(&self) {
        let ended = self.current.replace(None);
        // Removing a child cannot fail, and there is nothing to create.
        let _ = self.children.reconcile();
        self.peers.close();
        let Some(core) = ended else {
            return;
        };
        if V::tear_down(&core).is_err() {
            self.dirty.store(true, Relaxed);
        }
        self.function.0.quiesce();
        self.host.end();
        if Arc::into_unique_or_drop(core).is_none() {
            self.haunted.store(true, Relaxed);
            dev_err!(
                self.device(),
                "state of an ended generation is still in use, the function stays down\n"
            );
        }
    }

    /// Resets the function if it needs that. The caller holds its device lock.
    fn reset_held(&self) {
        if !V::RESETS || !self.dirty.load(Relaxed) || !self.function.0.present() {
            return;
        }
        match self.function.0.reset_held() {
            Ok(()) => self.dirty.store(false, Relaxed),
            Err(e) => dev_warn!(self.device(), "cannot reset the function: {:?}\n", e),
        }
    }

    /// Makes the children that exist those that the vendor's table wants.
    fn reconcile(&self) {
        if let Err(e) = self.children.reconcile() {
            dev_warn!(self.device(), "a child could not be registered: {:?}\n", e);
        }
    }
}
