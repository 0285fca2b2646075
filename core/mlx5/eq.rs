// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The control event queue: command completions and page requests, on vector 0.
//!
//! Source: `drivers/net/ethernet/mellanox/mlx5/core/{eq.c,lib/eq.h}` and `struct mlx5_eqe` of Linux
//! 7.3.

use auxcore::{
    channel::Channel,
    client::Client,
    deadline::Deadline,
    dma::DmaBuf,
    events::Event,
    function::{Function, Interrupt},
    objects::{Entry, Kind, Owner},
    owner::Booting, //
};
use kernel::{
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc,
    },
    time::{Delta, Instant, Monotonic}, //
};

use super::{
    bits::be32,
    cmd,
    noise::Noise,
    pages::Pages,
    regs::Registers,
    ring::CmdRing,
    wire::{self, EqParams, Opcode, CREATE_EQ_LEN, INLINE}, //
};

/// Log2 of the number of entries: every slot can have a completion under way, with much room for
/// the rest.
const LOG_SIZE: u32 = 8;
const SIZE: u32 = 1 << LOG_SIZE;
const ENTRY: usize = 64;
const PAGE: usize = 4096;
/// The vector of control events.
const VECTOR: usize = 0;

/// The number of a queue that firmware has not created yet.
const NO_NUMBER: u32 = u32::MAX;

const EQE_TYPE: usize = 0x1;
const EQE_DATA: usize = 0x20;
const EQE_OWNER: usize = 0x3f;

const EQE_SUB_TYPE: usize = 0x3;
const EVENT_PORT: u8 = 0x09;
const EVENT_COMMAND: u8 = 0x0a;
const EVENT_PAGES: u8 = 0x0b;

/// Of a port event: its sub-types, and where the number of the port stands, in the upper half.
const PORT_DOWN: u8 = 1;
const PORT_UP: u8 = 4;
const EQE_PORT: usize = EQE_DATA + 8;

/// How long firmware may take for the page commands of one event.
const SERVE: Delta = Delta::from_secs(60);

/// An event queue in the object table.
const KIND: Kind = Kind {
    name: "eq",
    number: "number",
    detail: Some("vector"),
};

/// What the events of one interrupt leave to be done.
#[derive(Default)]
struct Work {
    /// The command slots that firmware returned.
    completed: u32,
    /// Pages were asked for or given back, which takes process context.
    pages: bool,
}

/// The control event queue of one function.
///
/// Its entries are consumed in hard interrupt context only, by one handler, so the consumer index
/// needs no lock.
pub(crate) struct ControlEq<'bound> {
    function: Arc<dyn Function<'bound> + 'bound>,
    channel: Arc<Channel<CmdRing<'bound>>>,
    supply: Client<CmdRing<'bound>>,
    pages: Arc<Pages>,
    entries: DmaBuf,
    uar: u32,
    entry: Entry,
    number: Atomic<u32>,
    consumer: Atomic<u32>,
    /// Events that returned no command, and interrupts without any event, since the last look.
    noise: Atomic<u32>,
    /// Microseconds in the handler for them since the last look.
    busy: Atomic<u32>,
}

impl<'bound> ControlEq<'bound> {
    /// Creates the queue, connects it to its vector and arms it. Context: process.
    ///
    /// # Errors
    ///
    /// `EIO` when `uar` cannot be a doorbell page, `ENOMEM`, those of [`Function::connect`] and
    /// [`cmd::exec`].
    pub(crate) fn new(
        owner: &Booting<'bound, CmdRing<'bound>>,
        pages: Arc<Pages>,
        uar: u32,
        deadline: Deadline,
    ) -> Result<Arc<Self>> {
        let ring = owner.channel().ring();
        let function = ring.function().clone();
        if !Registers(function.window()).has_uar(uar) {
            dev_err!(
                function.device(),
                "page {} of BAR 0 has no doorbells\n",
                uar
            );
            return Err(EIO);
        }
        // CAST: a small constant.
        let entries = DmaBuf::new(function.dma(), SIZE as usize * ENTRY)?;
        for i in 0..SIZE as usize {
            // All entries start in firmware's hands.
            entries.store(i * ENTRY + EQE_OWNER, 1);
        }
        let eq = Arc::new(
            Self {
                function: function.clone(),
                channel: owner.channel().clone(),
                supply: owner.supply()?,
                pages,
                entries,
                uar,
                entry: ring.handle().objects().enter(&KIND, Owner::Core)?,
                number: Atomic::new(NO_NUMBER),
                consumer: Atomic::new(0),
                noise: Atomic::new(0),
                busy: Atomic::new(0),
            },
            GFP_KERNEL,
        )?;
        function.connect(VECTOR, eq.clone())?;
        eq.create(owner, deadline)?;
        Ok(eq)
    }

    fn create(&self, owner: &Booting<'bound, CmdRing<'bound>>, deadline: Deadline) -> Result {
        let pages = self.entries.size() / PAGE;
        let mut command = KVVec::from_elem(0u8, CREATE_EQ_LEN + 8 * pages, GFP_KERNEL)?;
        let params = EqParams {
            log_size: LOG_SIZE,
            uar: self.uar,
            vector: VECTOR as u32, // CAST: a small constant.
            events: 1 << EVENT_PORT | 1 << EVENT_COMMAND | 1 << EVENT_PAGES,
        };
        // CAST: an offset inside the queue fits any address.
        wire::create_eq(
            &mut command,
            &params,
            (0..pages).map(|i| self.entries.address() + (i * PAGE) as u64),
        );
        let mut reply = [0; INLINE];
        cmd::exec(owner.client(), &command, &mut reply, deadline)?;
        let number = be32(&reply, 8) & 0xff;
        self.number.store(number, Relaxed);
        self.entry.set(number.into(), VECTOR as u64); // CAST: a small constant.
        self.arm();
        Ok(())
    }

    /// Disconnects the vector of the queue and destroys it. Completions are polled from here on.
    /// Context: process.
    ///
    /// # Errors
    ///
    /// Those of [`cmd::exec`]. Firmware may still write the queue's memory then, until the function
    /// is quiesced.
    pub(crate) fn destroy(
        &self,
        owner: &Booting<'bound, CmdRing<'bound>>,
        deadline: Deadline,
    ) -> Result {
        owner.set_events(false);
        // A request for pages that is being served ends now, and so does the wait for it below.
        self.supply.revoke();
        // First: a handler that runs late would arm a queue that is no more, or another's.
        self.function.disconnect(VECTOR);
        self.pages.refuse(owner.client(), deadline)?;
        let command = wire::short(Opcode::DestroyEq, 0, self.number.load(Relaxed), 0);
        cmd::exec_short(owner.client(), &command, deadline).map(|_| ())
    }

    /// Starts a new count of events. Called once for each look at the function's health.
    pub(crate) fn calm(&self) {
        self.noise.store(0, Relaxed);
        self.busy.store(0, Relaxed);
    }

    /// Counts what an interrupt made of noise. Returns whether it was too much.
    fn is_storm(&self, noise: Noise) -> bool {
        let sum = Noise {
            events: self.noise.fetch_add(noise.events, Relaxed),
            micros: self.busy.fetch_add(noise.micros, Relaxed),
        };
        if sum.is_storm() {
            let handle = self.channel.ring().handle();
            handle.fatal("it sends more events than it may");
        }
        sum.is_storm()
    }

    fn arm(&self) {
        // An event can come before the reply that tells the number; `create` arms again then.
        if let Ok(number) = u8::try_from(self.number.load(Relaxed)) {
            let consumer = self.consumer.load(Relaxed);
            Registers(self.function.window()).arm_eq(self.uar, number, consumer);
        }
    }

    /// Handles the entry at `at`, and adds to `work` what cannot be done before the others.
    fn event(&self, at: usize, work: &mut Work) {
        let mut entry = [0; ENTRY];
        self.entries.read(at, &mut entry);
        match entry[EQE_TYPE] {
            EVENT_COMMAND => work.completed |= be32(&entry, EQE_DATA),
            EVENT_PAGES => {
                // CAST: the count is signed. The function number in front of it is zero: there are
                // no other functions.
                self.pages.requested(be32(&entry, EQE_DATA + 4) as i32);
                work.pages = true;
            }
            EVENT_PORT => self.port_changed(entry[EQE_PORT] >> 4, entry[EQE_SUB_TYPE]),
            _ => (),
        }
    }

    fn port_changed(&self, port: u8, what: u8) {
        let up = match what {
            PORT_UP => true,
            PORT_DOWN => false,
            // Addresses and keys of InfiniBand.
            _ => return,
        };
        let handle = self.channel.ring().handle();
        handle.publish(Event::Link { port, up });
    }
}

impl Interrupt for ControlEq<'_> {
    fn interrupt(&self) -> bool {
        let start = Instant::<Monotonic>::now();
        let mut work = Work::default();
        let mut consumer = self.consumer.load(Relaxed);
        for _ in 0..SIZE {
            // CAST: below the queue's length.
            let at = (consumer % SIZE) as usize * ENTRY;
            // ORDERING: the acquiring load of the owner bit comes before the entry is read.
            // Firmware's turn is told by the parity of the round the consumer is in.
            if u32::from(self.entries.load(at + EQE_OWNER) & 1) != consumer >> LOG_SIZE & 1 {
                break;
            }
            self.event(at, &mut work);
            consumer = consumer.wrapping_add(1);
        }
        let commands = match work.completed {
            0 => 0,
            slots => self.channel.completed(slots),
        };
        let events = consumer.wrapping_sub(self.consumer.load(Relaxed));
        self.consumer.store(consumer, Relaxed);
        let micros = start.elapsed().as_micros_ceil();
        if self.is_storm(Noise::of(events, commands, micros)) {
            // A queue that is not armed is silent; the recovery makes a new one.
            return false;
        }
        self.arm();
        work.pages
    }

    fn deferred(&self) {
        let served = self.pages.serve(&self.supply, Deadline::after(SERVE));
        if let Err(e) = served {
            dev_warn!(
                self.function.device(),
                "page request of firmware not served: {:?}\n",
                e
            );
        }
    }
}
