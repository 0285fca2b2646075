// SPDX-License-Identifier: GPL-2.0
//! The firmware of a function: its state, and the checks every command passes before its handler
//! runs.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use crate::caps::Caps;
use crate::command::{self, Command, Length, Phase};
use crate::eq::{Eqs, Event};
use crate::field::{get16, put, put32};
use crate::identity::Identity;
use crate::memory::Memory;
use crate::mutation::{Mutation, Mutations};
use crate::number::Numbers;
use crate::pages::Pages;
use crate::regs::Regs;
use crate::status::Status;
use crate::violation::{Kind, Violations};
use crate::vport::Vport;

/// The uid of resources shared by all user contexts.
pub const SHARED_UID: u16 = 0xffff;
/// The capability of a user context that may use the tools commands.
pub const TOOLS: u32 = 0x4;
/// The first UAR page behind the init segment and its room to grow.
pub const FIRST_UAR: u32 = 16;
/// The last UAR page of BAR0.
pub const LAST_UAR: u32 = 8191;

/// How far a function has been brought up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hca {
    /// Nothing but ENABLE_HCA is answered.
    Off,
    /// Enabled: pages, capabilities, registers.
    Enabled,
    /// Initialised: everything.
    Ready,
}

/// A command as the handlers see it.
pub struct Request<'a> {
    /// the whole input, at least 8 bytes.
    pub input: &'a [u8],
    /// Bytes of the output buffer.
    pub outlen: usize,
}

impl Request<'_> {
    /// Returns the opcode.
    pub fn opcode(&self) -> u16 {
        get16(self.input, 0)
    }

    /// Returns the user context, zero for the kernel itself.
    pub fn uid(&self) -> u16 {
        get16(self.input, 2)
    }

    /// Returns the operation modifier.
    pub fn op_mod(&self) -> u16 {
        get16(self.input, 6)
    }
}

/// Why a command was refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: Status,
    /// The syndrome: tells the refusals of one status apart.
    pub syndrome: u32,
    /// The violation it is if the kernel itself sent the command.
    pub violation: Option<(Kind, String)>,
}

impl Refusal {
    /// Returns a refusal that is no violation.
    pub fn new(status: Status, syndrome: u32) -> Self {
        Self {
            status,
            syndrome,
            violation: None,
        }
    }

    /// Makes the refusal a violation of the kernel driver.
    pub fn because(mut self, kind: Kind, what: String) -> Self {
        self.violation = Some((kind, what));
        self
    }
}

/// What a handler returns: the whole output, or a refusal.
pub type Answer = Result<Vec<u8>, Refusal>;

/// What a command runs in.
pub struct Context<'a> {
    /// Guest memory.
    pub memory: &'a dyn Memory,
    /// The violations so far.
    pub violations: &'a mut Violations,
    /// The planted lies.
    pub mutations: &'a Mutations,
}

/// The firmware state of one function.
pub struct Firmware {
    /// Who the device is.
    pub identity: Identity,
    /// How far it is brought up.
    pub hca: Hca,
    /// The interface step sequence in force.
    pub issi: u16,
    /// Capabilities.
    pub caps: Caps,
    /// Registers.
    pub regs: Regs,
    /// The page account.
    pub pages: Pages,
    /// Event queues.
    pub eqs: Eqs,
    /// UAR pages.
    pub uars: Numbers,
    /// User contexts.
    pub uctxs: Numbers,
    /// Capabilities of each user context.
    pub uctx_caps: BTreeMap<u32, u32>,
    /// Protection domains.
    pub pds: Numbers,
    /// Transport domains.
    pub tds: Numbers,
    /// XRC domains.
    pub xrcds: Numbers,
    /// The virtual port.
    pub vport: Vport,
    /// What SET_DRIVER_VERSION said.
    pub driver_version: Vec<u8>,
    /// Events waiting for a place in a queue.
    pub events: Vec<Event>,
    /// What commands that the device does not execute tell user contexts, by opcode.
    pub planted: BTreeMap<u16, Vec<u8>>,
}

impl Firmware {
    /// Returns a function after power-on.
    pub fn new(identity: Identity) -> Self {
        let mut firmware = Self {
            vport: Vport::new(&identity),
            identity,
            hca: Hca::Off,
            issi: 0,
            caps: Caps::default(),
            regs: Regs::default(),
            pages: Pages::default(),
            eqs: Eqs::default(),
            uars: Numbers::new(FIRST_UAR, LAST_UAR),
            uctxs: Numbers::new(1, 0xfffe),
            uctx_caps: BTreeMap::new(),
            pds: Numbers::new(1, 0xff_ffff),
            tds: Numbers::new(1, 0xff_ffff),
            xrcds: Numbers::new(1, 0xff_ffff),
            driver_version: Vec::new(),
            events: Vec::new(),
            planted: BTreeMap::new(),
        };
        firmware.pages.configure(8, 32);
        firmware.identify();
        firmware.reset();
        firmware
    }

    /// Spreads the identity over the places that repeat it.
    pub fn identify(&mut self) {
        let node_desc = self.identity.node_desc_bytes();
        self.regs.set_text(0x6001, &node_desc);
        self.vport = Vport::new(&self.identity);
    }

    /// Function reset: everything but the identity and the configuration is gone.
    pub fn reset(&mut self) {
        self.hca = Hca::Off;
        self.issi = 0;
        self.caps.reset();
        self.regs.reset();
        self.pages.reset();
        self.drop_objects();
        self.vport = Vport::new(&self.identity);
        self.driver_version.clear();
        self.events.clear();
    }

    /// Forgets every object without a word.
    pub fn drop_objects(&mut self) {
        self.eqs.clear();
        self.uctx_caps.clear();
        for numbers in [
            &mut self.uars,
            &mut self.uctxs,
            &mut self.pds,
            &mut self.tds,
            &mut self.xrcds,
        ] {
            numbers.clear();
        }
    }

    /// Executes a command and returns its output, the status in its first byte.
    pub fn execute(&mut self, request: &Request<'_>, context: &mut Context<'_>) -> Vec<u8> {
        match self.attempt(request, context) {
            Ok(output) => output,
            Err(refusal) => {
                let what = refusal
                    .violation
                    .filter(|(kind, _)| request.uid() == 0 || *kind == Kind::Uid);
                if let Some((kind, what)) = what {
                    context.violations.count(kind, what);
                }
                refused(refusal.status as u8, refusal.syndrome)
            }
        }
    }

    fn attempt(&mut self, request: &Request<'_>, context: &mut Context<'_>) -> Answer {
        let opcode = request.opcode();
        let planted = request.uid() != 0 && self.planted.contains_key(&opcode);
        let planted = planted.then_some(&command::PLANTED);
        let Some(command) = command::find(opcode).or(planted) else {
            if context.mutations.has(Mutation::OpcodeUnchecked) {
                return Ok(vec![0; 16]);
            }
            let what = format!(
                "Opcode {opcode:#x} ({}) is not supported",
                command::name(opcode)
            );
            let early = self.hca == Hca::Off && request.uid() == 0;
            let kind = if early {
                Kind::TooEarly
            } else {
                Kind::UnknownOpcode
            };
            return Err(Refusal::new(Status::BadOp, 0x1000_0001).because(kind, what));
        };
        self.check_uid(command, request, context)?;
        self.check_phase(command)?;
        check_lengths(command, request)?;
        (command.run)(self, request, context)
    }

    fn check_uid(
        &self,
        command: &Command,
        request: &Request<'_>,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        let uid = request.uid();
        if uid == 0 || context.mutations.has(Mutation::UidUnchecked) {
            return Ok(());
        }
        let name = command.name;
        if uid == SHARED_UID && command.shared && self.caps.general("log_max_uctx") != 0 {
            return Ok(());
        }
        let Some(caps) = self.uctx_caps.get(&uid.into()) else {
            let what = format!("{name} carries uid {uid}, which no user context has");
            return Err(Refusal::new(Status::BadResource, 0x1000_0002).because(Kind::Uid, what));
        };
        if !command.user {
            return Err(Refusal::new(Status::BadParam, 0x1000_0003));
        }
        if command.tools && caps & TOOLS == 0 {
            return Err(Refusal::new(Status::BadParam, 0x1000_0004));
        }
        Ok(())
    }

    fn check_phase(&self, command: &Command) -> Result<(), Refusal> {
        let allowed = match command.phase {
            Phase::Off => self.hca == Hca::Off,
            Phase::Enabled => self.hca != Hca::Off,
            Phase::Resting => self.hca == Hca::Enabled,
            Phase::Ready => self.hca == Hca::Ready,
        };
        if allowed {
            return Ok(());
        }
        let what = format!(
            "{} came while the function was {:?}",
            command.name, self.hca
        );
        Err(Refusal::new(Status::BadSysState, 0x1000_0005).because(Kind::TooEarly, what))
    }
}

fn check_lengths(command: &Command, request: &Request<'_>) -> Result<(), Refusal> {
    let (given, name) = (request.input.len(), command.name);
    let fits = match command.input {
        Length::Exactly(n) if request.uid() == 0 => given == n,
        Length::Exactly(n) | Length::AtLeast(n) => given >= n,
    };
    if !fits {
        let what = format!(
            "{name} has an input of {given} bytes, expected {:?}",
            command.input
        );
        return Err(Refusal::new(Status::BadInputLen, 0x1000_0006).because(Kind::InputLength, what));
    }
    if request.outlen < command.output {
        let what = format!(
            "{name} has room for {} bytes of output, {} are needed",
            request.outlen, command.output
        );
        return Err(
            Refusal::new(Status::BadOutputLen, 0x1000_0007).because(Kind::OutputLength, what)
        );
    }
    Ok(())
}

/// Returns the output of a refused command.
pub fn refused(status: u8, syndrome: u32) -> Vec<u8> {
    let mut output = vec![0; 16];
    put(&mut output, 0, &[status]);
    put32(&mut output, 4, syndrome);
    output
}

#[cfg(test)]
pub mod tests;
