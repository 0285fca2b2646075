// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Bring-up and tear-down of one device, and what it says about itself.

use auxcore::{
    deadline::Deadline,
    function::Function,
    handle::Handle,
    health::Verdict,
    owner::{Booting, Up}, //
};
use kernel::{
    device::{Bound, Device},
    fmt,
    prelude::*,
    sync::Arc,
    time::{delay::fsleep, Delta}, //
};

use super::{
    bytes::Hex,
    command::{Opcode, IDENTIFY_LEN},
    feature::Entry,
    layout::Layout,
    log::{self, Access, Log},
    mailbox::{self, Port},
    regs::{Condition, Registers},
    ring::CxlRing, //
};

/// How long bring-up may take in all, the start of the device's firmware included.
const BRING_UP: Delta = Delta::from_secs(60);
/// How long tear-down may take.
const TEAR_DOWN: Delta = Delta::from_secs(5);
/// Pause between two looks at a device that is starting.
const STARTING: Delta = Delta::from_millis(5);
/// No slot is kept for commands that others wait for: there is one in all.
const RESERVED_SLOTS: usize = 0;

/// What a device says about its features.
pub(crate) struct Features {
    pub(crate) access: Access,
    pub(crate) entries: KVVec<Entry>,
}

/// A device that is up: one generation of it.
pub(crate) struct CxlDevice<'bound> {
    up: Up<'bound, CxlRing<'bound>>,
    features: Features,
}

impl<'bound> CxlDevice<'bound> {
    /// Brings the device up. Context: process.
    ///
    /// # Errors
    ///
    /// - `ENODEV`: the device is not what it should be, or the generation is given up.
    /// - `ENXIO`: the device is dead or gone.
    /// - `ETIMEDOUT`: its mailbox does not become ready, or not idle.
    /// - `EREMOTEIO`: the device refuses a command that it must have.
    /// - `EIO`: a reply that cannot be true.
    /// - `ENOMEM`.
    pub(crate) fn bring_up(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Arc<Self>> {
        let deadline = Deadline::after(BRING_UP);
        let layout = Registers::find(function.window()).ok_or(ENODEV)?;
        wait_ready(&*function, layout, &handle, deadline)?;
        let ring = CxlRing::new(function.clone(), handle.clone(), layout)?;
        let owner = Booting::new(ring, RESERVED_SLOTS, function, handle.clone())?;

        let port = owner.client();
        let mut identity = [0; IDENTIFY_LEN];
        let len = mailbox::accepted(port, Opcode::Identify, &[], &mut identity, deadline)?;
        if len < IDENTIFY_LEN {
            return Err(EIO);
        }
        let (logs, effects) = read_effects(port, deadline)?;
        let features = read_features(port, &effects, deadline)?;
        let count = features.entries.len();
        dev_info!(
            port.ring().function().device(),
            "CXL memory device is up: {} commands, {count} features\n",
            log::effects(&effects).count()
        );
        let description = Description {
            identity,
            logs,
            effects,
            payload: port.ring().payload(),
        };
        handle.describe(Arc::new(description, GFP_KERNEL)?);
        let up = owner.open();
        Ok(Arc::new(Self { up, features }, GFP_KERNEL)?)
    }

    /// Takes the device down. Context: process; returns within its deadline, whatever the device
    /// does.
    ///
    /// # Errors
    ///
    /// `ENXIO`: the device died before or meanwhile.
    pub(crate) fn tear_down(&self) -> Result {
        self.up.close();
        self.up.settle(Deadline::after(TEAR_DOWN));
        if self.up.is_dead() {
            return Err(ENXIO);
        }
        Ok(())
    }

    /// Looks at the device without asking it anything.
    pub(crate) fn health(&self) -> Verdict {
        self.up.client().ring().health()
    }

    pub(crate) fn device(&self) -> &Device<Bound> {
        self.up.client().ring().function().device()
    }

    pub(crate) fn up(&self) -> &Up<'bound, CxlRing<'bound>> {
        &self.up
    }

    pub(crate) fn features(&self) -> &Features {
        &self.features
    }
}

/// Waits until the mailbox works and the device does not have it: a command of somebody else may be
/// under way.
///
/// # Errors
///
/// `ENODEV` when the generation is given up, `ENXIO` for a device that is dead, `ETIMEDOUT`.
fn wait_ready(
    function: &dyn Function<'_>,
    layout: Layout,
    handle: &Handle<'_>,
    deadline: Deadline,
) -> Result {
    let registers = Registers::new(function.window(), layout);
    loop {
        match registers.condition() {
            Condition::Ready if !registers.busy() => return Ok(()),
            Condition::Dead(reason) => {
                handle.fatal(reason);
                return Err(ENXIO);
            }
            Condition::Ready | Condition::Starting => (),
        }
        if handle.is_abandoned() {
            return Err(ENODEV);
        }
        if deadline.remaining().is_none() {
            return Err(ETIMEDOUT);
        }
        fsleep(STARTING);
    }
}

/// Returns the logs of the device, and the content of its command effects log.
///
/// # Errors
///
/// Those of [`mailbox::accepted`], `EIO` for a device without that log.
fn read_effects(port: &Port<'_>, deadline: Deadline) -> Result<(KVec<Log>, KVVec<u8>)> {
    let mut reply = KVec::from_elem(0, port.ring().payload(), GFP_KERNEL)?;
    let len = mailbox::accepted(port, Opcode::GetSupportedLogs, &[], &mut reply, deadline)?;
    let mut logs = KVec::new();
    for log in log::supported(&reply[..len]) {
        logs.push(log, GFP_KERNEL)?;
    }
    let effects = logs.iter().find(|log| log.uuid == log::EFFECTS);
    let effects = mailbox::effects(port, effects.ok_or(EIO)?.size, deadline)?;
    Ok((logs, effects))
}

/// Returns the features of the device. One that does not list them as it should has none.
///
/// # Errors
///
/// Those of [`Client::exec`](auxcore::client::Client::exec).
fn read_features(port: &Port<'_>, effects: &[u8], deadline: Deadline) -> Result<Features> {
    let access = Access::of(effects);
    let entries = match access {
        Access::None => Ok(KVVec::new()),
        Access::Read | Access::Write => mailbox::features(port, deadline),
    };
    match entries {
        // As upstream: one without features has no use for the commands about them.
        Ok(entries) if !entries.is_empty() => Ok(Features { access, entries }),
        Ok(entries) => Ok(Features {
            access: Access::None,
            entries,
        }),
        Err(e) if e == EIO || e == EREMOTEIO => {
            dev_warn!(
                port.ring().function().device(),
                "its list of features cannot be used: {:?}\n",
                e
            );
            Ok(Features {
                access: Access::None,
                entries: KVVec::new(),
            })
        }
        Err(e) => Err(e),
    }
}

/// What the device said in bring-up, for people.
struct Description {
    identity: [u8; IDENTIFY_LEN],
    logs: KVec<Log>,
    effects: KVVec<u8>,
    payload: usize,
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "payload {}", self.payload)?;
        writeln!(f, "identity {}", Hex(&self.identity))?;
        for log in &self.logs {
            writeln!(f, "log {} size={:#x}", log.uuid, log.size)?;
        }
        for (opcode, effects) in log::effects(&self.effects) {
            writeln!(f, "command {opcode:#06x} effects={effects:#06x}")?;
        }
        Ok(())
    }
}
