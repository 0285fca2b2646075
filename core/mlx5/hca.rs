// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Bring-up of one function. The way back is in `down.rs`.
//!
//! Order and commands: `mlx5_function_setup`, `mlx5_load` and their reverse in
//! `drivers/net/ethernet/mellanox/mlx5/core/main.c` of Linux 7.3. There is one control event queue
//! where the C driver has three, and each phase has one deadline for all its steps.

use auxcore::{
    deadline::Deadline,
    function::Function,
    handle::Handle,
    health::Verdict,
    objects::{Kind, Owner},
    owner::{Booting, Up}, //
};
use kernel::{
    prelude::*,
    sync::Arc,
    time::Delta, //
};

use super::{
    bits::be32,
    caps::Caps,
    cmd,
    down::{down, Progress},
    eq::ControlEq,
    health,
    pages::Pages,
    regs::Registers,
    ring::CmdRing,
    wire::{self, pages as op, Opcode, ACCESS_REG_LEN, INLINE}, //
};

/// How long firmware may take to start (`FW_PRE_INIT` in the C driver).
const START: Delta = Delta::from_secs(120);
/// How long bring-up of firmware that has started, and tear-down, may take in all.
const BRING_UP: Delta = Delta::from_secs(60);
const TEAR_DOWN: Delta = Delta::from_secs(60);

/// The command interface revision this driver speaks.
const CMDIF_REVISION: u32 = 5;
/// The last slot serves page supply, so that it never waits behind what waits for pages.
const RESERVED_SLOTS: usize = 1;
/// QUERY_ISSI: the word with the supported interface revisions, one bit each.
const SUPPORTED_ISSI: usize = 0x6c;
/// Register HOST_ENDIANNESS, and its length. Its first byte is zero for a little-endian host.
const HOST_ENDIANNESS: u16 = 0x7004;
const HOST_ENDIANNESS_LEN: usize = 0x10;

/// A doorbell page in the object table.
const UAR: Kind = Kind {
    name: "uar",
    number: "number",
    detail: None,
};

/// A function on its way up or down.
struct Boot<'bound> {
    // First: dropping it ends the function's DMA, and firmware may hold what the others own.
    owner: Booting<'bound, CmdRing<'bound>>,
    pages: Arc<Pages>,
    done: Progress<'bound>,
}

/// A function that is up.
pub(crate) struct Hca<'bound> {
    // First, as the owner in `Boot`.
    up: Up<'bound, CmdRing<'bound>>,
    pages: Arc<Pages>,
    caps: Caps,
    done: Progress<'bound>,
}

impl<'bound> Hca<'bound> {
    /// Brings the function up. Context: process.
    ///
    /// # Errors
    ///
    /// `ENODEV` when it is abandoned, `ETIMEDOUT` when firmware does not start in time,
    /// `EOPNOTSUPP` for an interface this driver does not speak or a function for the cores on the
    /// card, `ENXIO` for a device that is gone, `ENOMEM`, or those of [`CmdRing::new`],
    /// [`ControlEq::new`] and [`cmd::exec`].
    pub(crate) fn bring_up(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Arc<Self>> {
        health::wait_started(&*function, &handle, Deadline::after(START))?;
        let deadline = Deadline::after(BRING_UP);
        let registers = Registers(function.window());
        if registers.cmdif_revision() != CMDIF_REVISION {
            dev_err!(
                function.device(),
                "command interface revision {} is unknown\n",
                registers.cmdif_revision()
            );
            return Err(EOPNOTSUPP);
        }
        if registers.embedded_cpu() {
            dev_err!(
                function.device(),
                "a function for the cores on the card cannot be driven\n"
            );
            return Err(EOPNOTSUPP);
        }
        let ring = CmdRing::new(function.clone(), handle.clone())?;
        let mut boot = Boot {
            owner: Booting::new(ring, RESERVED_SLOTS, function.clone(), handle.clone())?,
            pages: Pages::new(handle.objects())?,
            done: Progress::default(),
        };
        // Not before there is an owner: it ends the function's DMA before the queue is freed.
        boot.owner.channel().ring().announce();
        health::wait_started(&*function, &handle, deadline)?;
        match boot.run(deadline) {
            Ok(caps) => {
                let Boot { owner, pages, done } = boot;
                let hca = Self {
                    up: owner.open(),
                    pages,
                    caps,
                    done,
                };
                Ok(Arc::new(hca, GFP_KERNEL)?)
            }
            Err(e) => {
                // In what is left of the same deadline. The first error says more, and the function
                // is reset.
                let _ = down(&boot.owner, &boot.pages, &boot.done, deadline);
                Err(e)
            }
        }
    }

    /// Takes the function down. No user client has commands under way any more, or they are
    /// revoked. Context: process; returns within the deadline whatever firmware does.
    ///
    /// # Errors
    ///
    /// `EIO` when firmware did not take part in all of it.
    pub(crate) fn tear_down(&self) -> Result {
        self.up.close();
        let deadline = Deadline::after(TEAR_DOWN);
        down(&self.up, &self.pages, &self.done, deadline)
    }

    /// Returns the handle of this generation.
    pub(crate) fn handle(&self) -> &Handle<'bound> {
        self.up.channel().ring().handle()
    }

    /// Looks for signs of dead firmware. Context: process; does not wait.
    pub(crate) fn health(&self) -> Verdict {
        let ring = self.up.channel().ring();
        if let Some(eq) = &self.done.eq {
            eq.calm();
        }
        ring.trim();
        ring.health()
    }

    /// Returns the function's capabilities.
    pub(crate) fn caps(&self) -> &Caps {
        &self.caps
    }

    /// Returns the open channel.
    pub(crate) fn channel(&self) -> &Up<'bound, CmdRing<'bound>> {
        &self.up
    }
}

impl<'bound> Boot<'bound> {
    fn run(&mut self, deadline: Deadline) -> Result<Caps> {
        self.short(Opcode::EnableHca, 0, 0, deadline)?;
        self.done.enabled = true;
        self.owner.channel().ring().watch();
        self.choose_issi(deadline)?;
        self.supply(op::BOOT, deadline)?;
        self.set_host_endianness(deadline)?;
        let caps = Caps::negotiate(self.owner.client(), deadline)?;
        self.supply(op::INIT, deadline)?;
        // INIT_HCA is longer than a slot; its optional owner id stays zero.
        let mut init = [0; 0x20];
        wire::header(&mut init, Opcode::InitHca, 0);
        self.exec(&init, &mut [0; INLINE], deadline)?;
        self.done.initialized = true;
        let objects = self.owner.channel().ring().handle().objects();
        let uar_entry = objects.enter(&UAR, Owner::Core)?;
        let reply = self.short(Opcode::AllocUar, 0, 0, deadline)?;
        let uar = be32(&reply, 8) & 0xff_ffff;
        uar_entry.set(uar.into(), 0);
        self.done.uar = Some((uar, uar_entry));
        self.done.eq = Some(ControlEq::new(
            &self.owner,
            self.pages.clone(),
            uar,
            deadline,
        )?);
        self.owner.set_events(true);
        self.report(deadline)?;
        Ok(caps)
    }

    /// Picks the newest interface revision both sides know.
    fn choose_issi(&self, deadline: Deadline) -> Result {
        let mut reply = [0; 0x70];
        let query = wire::short(Opcode::QueryIssi, 0, 0, 0);
        cmd::deliver(self.owner.client(), &query, &mut reply, None, deadline)?;
        // Firmware from before these revisions refuses the question; it speaks revision 0.
        let refused = wire::Status::of(&reply).code != 0;
        let supported = be32(&reply, SUPPORTED_ISSI);
        if refused || supported & 0b11 == 0b01 || supported == 0 {
            return Ok(());
        }
        if supported & 0b10 == 0 {
            return Err(EOPNOTSUPP);
        }
        self.short(Opcode::SetIssi, 1, 0, deadline).map(|_| ())
    }

    fn set_host_endianness(&self, deadline: Deadline) -> Result {
        let mut command = [0; ACCESS_REG_LEN + HOST_ENDIANNESS_LEN];
        wire::write_register(&mut command, HOST_ENDIANNESS);
        command[ACCESS_REG_LEN] = if cfg!(target_endian = "big") { 0x80 } else { 0 };
        self.exec(
            &command,
            &mut [0; ACCESS_REG_LEN + HOST_ENDIANNESS_LEN],
            deadline,
        )
    }

    /// Logs what came up. The board id is in QUERY_ADAPTER, which must work: tools rely on it.
    fn report(&self, deadline: Deadline) -> Result {
        const BOARD: core::ops::Range<usize> = 0x100..0x110;
        let mut reply = [0; 0x110];
        self.exec(
            &wire::short(Opcode::QueryAdapter, 0, 0, 0),
            &mut reply,
            deadline,
        )?;
        let board = reply.get(BOARD).unwrap_or_default();
        let end = board
            .iter()
            .position(|b| !b.is_ascii_graphic())
            .unwrap_or(board.len());
        let function = self.owner.client().ring().function();
        let fw = Registers(function.window()).fw_version();
        dev_info!(
            function.device(),
            "firmware {}.{}.{:04}, board {}\n",
            fw.major,
            fw.minor,
            fw.sub,
            core::str::from_utf8(&board[..end]).unwrap_or_default()
        );
        Ok(())
    }

    fn supply(&self, kind: u16, deadline: Deadline) -> Result {
        self.pages.supply(self.owner.client(), kind, deadline)
    }

    fn short(
        &self,
        opcode: Opcode,
        word8: u32,
        word12: u32,
        deadline: Deadline,
    ) -> Result<wire::Short> {
        let command = wire::short(opcode, 0, word8, word12);
        cmd::exec_short(self.owner.client(), &command, deadline)
    }

    fn exec(&self, command: &[u8], reply: &mut [u8], deadline: Deadline) -> Result {
        cmd::exec(self.owner.client(), command, reply, deadline)
    }
}
