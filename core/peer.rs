// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The channel for drivers that have no child of it: a driver of a virtual function uses the
//! channel of its physical function, say.
//!
//! Such a driver finds the core device by its device ([`open`]) and gets a [`Peer`]: a handle that
//! is counted, borrows nothing, and outlives the core driver's binding. No auxiliary device is
//! involved. What it says is bytes of the vendor's wire format.
//!
//! When the core device ends a generation it takes the channel away from all peers: their waits end
//! at once, and it waits until the last has left, never until a peer is dropped.

use kernel::{
    device::Device,
    prelude::*,
    sync::{aref::ARef, Arc, CondVar, Mutex}, //
};

use crate::{
    deadline::Deadline,
    ffi::peer::{erase, HUBS},
    generation::Current,
    lock::{new_condvar, new_mutex},
    vendor::Vendor, //
};

/// A vendor's half of a peer: a client of its channel.
pub trait Port: Send + Sync {
    /// Executes `command` and copies the reply into `reply`. Context: process; may sleep until
    /// `deadline`.
    ///
    /// # Errors
    ///
    /// Those of [`Client::exec`](crate::client::Client::exec), and `EMSGSIZE` for a command or
    /// reply of an impossible length. A refusal by firmware is a reply.
    fn execute(&self, command: &[u8], reply: &mut [u8], deadline: Deadline) -> Result;

    /// Executes `command`, whose reply has `reply_len` bytes at most, and has `answer` told the end
    /// of it. Context: process; does not wait.
    ///
    /// # Errors
    ///
    /// Those of [`Port::execute`] that are known at once; `answer` is not told then.
    fn submit(
        &self,
        command: &[u8],
        reply_len: usize,
        deadline: Deadline,
        answer: Arc<dyn Answer>,
    ) -> Result;

    /// Ends all commands with `ENODEV`, now and for good; every answer has been told when this
    /// returns. Context: process; does not wait for firmware. Called by several at once, and in a
    /// call of [`Answer::answered`], where it waits for no answer.
    fn revoke(&self);
}

/// Who learns the end of a command that nobody waits for.
pub trait Answer: Send + Sync {
    /// Tells the end of one command: its reply, or an errno of [`Port::execute`]. Called once for
    /// each command that was submitted, at the latest when its deadline has passed, the peer is
    /// dropped or the core device ends its generation.
    ///
    /// Context: process, no lock held, one call at a time for a core device; the answer is dropped
    /// there too. May submit further commands and drop the peer, and must not wait for any command.
    fn answered(&self, reply: Result<&[u8]>);
}

/// The place for the port of one peer.
pub struct Seat<'s, 'bound>(&'s mut Option<Arc<dyn Port + 'bound>>);

impl<'bound> Seat<'_, 'bound> {
    /// Gives the peer its port.
    pub fn take(self, port: Arc<dyn Port + 'bound>) {
        *self.0 = Some(port);
    }
}

/// What makes ports.
pub(crate) trait Provider<'bound>: Send + Sync {
    /// Makes the port of one peer.
    ///
    /// # Errors
    ///
    /// `ENODEV` while there is no generation, or those of [`Vendor::open_peer`].
    fn port(&self) -> Result<Arc<dyn Port + 'bound>>;
}

impl<'bound, V: Vendor> Provider<'bound> for Current<'bound, V> {
    fn port(&self) -> Result<Arc<dyn Port + 'bound>> {
        let mut port = None;
        V::open_peer(&self.get().ok_or(ENODEV)?, Seat(&mut port))?;
        port.ok_or(EINVAL)
    }
}

struct Inside {
    port: Option<Arc<dyn Port>>,
    /// Whether calls may pass; final once it is not.
    open: bool,
    /// How many use `port`, or a copy of it.
    count: usize,
}

/// A port that can be taken away: by the drop of its peer, by the core device, or by both at once.
///
/// The core device waits for answers, and the peer may be dropped in one, so that drop must not
/// wait for the core device. Each revokes the port, and only the core device waits until it is
/// gone.
///
/// # Invariants
///
/// Who has a copy of the port is counted, and has dropped it before the count goes down. Nobody
/// gets a copy any more once the port is taken.
#[pin_data]
struct Gate {
    #[pin]
    inside: Mutex<Inside>,
    #[pin]
    left: CondVar,
}

impl Gate {
    fn new(port: Arc<dyn Port>) -> Result<Arc<Self>> {
        let inside = Inside {
            port: Some(port),
            open: true,
            count: 0,
        };
        Arc::pin_init(
            try_pin_init!(Self {
                inside <- new_mutex!(inside),
                left <- new_condvar!(),
            }? Error),
            GFP_KERNEL,
        )
    }

    /// Returns whether somebody uses the port, or may do so.
    fn is_used(&self) -> bool {
        let inside = self.inside.lock();
        inside.port.is_some() || inside.count > 0
    }

    /// Calls `f` with the port, unless the gate is shut.
    fn pass(&self, f: impl FnOnce(&dyn Port) -> Result) -> Result {
        let port = {
            let mut inside = self.inside.lock();
            if !inside.open {
                return Err(ENODEV);
            }
            let port = inside.port.clone().ok_or(ENODEV)?;
            inside.count += 1;
            port
        };
        let result = f(&*port);
        self.leave(port);
        result
    }

    /// Lets nobody in any more.
    fn bar(&self) {
        self.inside.lock().open = false;
    }

    /// Shuts the gate, revokes the port and takes it. All answers have been told when this returns,
    /// unless the peer was dropped in a call of one.
    fn shut(&self) {
        let port = {
            let mut inside = self.inside.lock();
            inside.open = false;
            let Some(port) = inside.port.clone() else {
                return;
            };
            inside.count += 1;
            port
        };
        port.revoke();
        // Not the last reference, which must not be dropped under the lock: `port` is another one.
        self.inside.lock().port = None;
        self.leave(port);
    }

    /// Takes the port away; nobody uses it any more when this returns. Context: process, not an
    /// answer.
    fn close(&self) {
        self.shut();
        let mut inside = self.inside.lock();
        while inside.count > 0 {
            self.left.wait(&mut inside);
        }
    }

    fn leave(&self, port: Arc<dyn Port>) {
        drop(port);
        self.inside.lock().count -= 1;
        self.left.notify_all();
    }
}

/// A handle on the channel of another function's core device.
///
/// It keeps nothing alive but itself. Dropping it cancels what it waits for. Once the core device
/// has ended the generation that the handle is of, by unbind, suspend or recovery, every call fails
/// with `ENODEV`; after a recovery [`open`] gives a new one.
pub struct Peer(Arc<Gate>);

impl Peer {
    /// Executes one command. Context and errors as [`Port::execute`]; `ENODEV` when the core device
    /// ended its generation.
    pub fn execute(&self, command: &[u8], reply: &mut [u8], deadline: Deadline) -> Result {
        self.0.pass(|port| port.execute(command, reply, deadline))
    }

    /// Submits one command. Context and errors as [`Port::submit`]; `ENODEV` when the core device
    /// ended its generation.
    ///
    /// Nobody is told anything any more when the drop of the peer has returned, unless the drop is
    /// in a call of [`Answer::answered`].
    pub fn submit(
        &self,
        command: &[u8],
        reply_len: usize,
        deadline: Deadline,
        answer: Arc<dyn Answer>,
    ) -> Result {
        self.0
            .pass(|port| port.submit(command, reply_len, deadline, answer))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Nobody calls it any more, so only the core device could still use the port.
        self.0.shut();
    }
}

/// Returns a handle on the channel of the core device that drives `device`. Context: process.
///
/// # Errors
///
/// - `ENODEV`: no core driver is bound to it, or it has no generation now.
/// - `EOPNOTSUPP`: the vendor serves no peers.
/// - `ENOMEM`.
pub fn open(device: &Device) -> Result<Peer> {
    let hub = HUBS
        .lock()
        .iter()
        .find(|hub| core::ptr::eq(&*hub.device, device))
        .cloned();
    hub.ok_or(ENODEV)?.open()
}

struct Served {
    provider: Option<Arc<dyn Provider<'static>>>,
    gates: KVec<Arc<Gate>>,
}

/// The peers of one core device.
#[pin_data]
pub(crate) struct Hub {
    device: ARef<Device>,
    #[pin]
    served: Mutex<Served>,
}

impl Hub {
    fn open(&self) -> Result<Peer> {
        let mut served = self.served.lock();
        served.gates.retain(|gate| gate.is_used());
        let port = served.provider.as_ref().ok_or(ENODEV)?.port()?;
        let gate = Gate::new(port)?;
        let peer = Peer(gate.clone());
        served.gates.push(gate, GFP_KERNEL)?;
        Ok(peer)
    }
}

/// The registration of a core device's peers; dropping it closes all of them for good.
pub(crate) struct Peers(Arc<Hub>);

impl Peers {
    /// Lets drivers find `device`. The caller drops the value before `'bound` ends. Errors:
    /// `ENOMEM`.
    pub(crate) fn new<'bound>(
        device: &Device,
        provider: Arc<dyn Provider<'bound> + 'bound>,
    ) -> Result<Self> {
        let served = Served {
            provider: Some(erase(provider)),
            gates: KVec::new(),
        };
        let hub = Arc::pin_init(
            try_pin_init!(Hub { device: device.into(), served <- new_mutex!(served) }? Error),
            GFP_KERNEL,
        )?;
        let peers = Self(hub.clone());
        HUBS.lock().push(hub, GFP_KERNEL)?;
        Ok(peers)
    }

    /// Takes the channel away from all peers there are. Context: process; does not wait for
    /// firmware.
    pub(crate) fn close(&self) {
        let gates = core::mem::take(&mut self.0.served.lock().gates);
        // All of them first: what one submits in its answers keeps nobody who waits for another's.
        for gate in &gates {
            gate.bar();
        }
        for gate in &gates {
            gate.close();
        }
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        HUBS.lock().retain(|hub| !Arc::ptr_eq(hub, &self.0));
        self.0.served.lock().provider = None;
        self.close();
    }
}
