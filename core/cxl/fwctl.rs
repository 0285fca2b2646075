// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The vendor's half of fwctl: programs list, read and set features.
//!
//! As upstream's (`drivers/cxl/core/features.c`): the list of features is the one that the device
//! gave in bring-up; the scope that may set one follows from the effects that the device states; and
//! what is exclusive to the kernel cannot be set in any scope.

use auxcore::{
    class::fwctl::{
        Answer,
        Kind,
        Protocol,
        Reply,
        RpcScope,
        Rule,
        Service,
        Session,
        Unanswered, //
    },
    client::Attachment,
    deadline::Deadline,
    journal::Command, //
};
use core::fmt::Write;
use kernel::{
    new_mutex,
    prelude::*,
    sync::{lock::Guard, Arc, Mutex},
    time::{delay::fsleep, Delta}, //
};

use super::{
    command::{Opcode, SUCCESS},
    device::{CxlDevice, Features},
    exclusive,
    feature::{self, Entry, Get, Set},
    mailbox::{self, End},
    permitted::Scope,
    ring::CxlRing,
    rpc::{self, List, Request}, //
};

/// How long the device may take for one request, however many commands that is.
const REQUEST: Delta = Delta::from_secs(30);
/// Pause between two looks whether another program's transfer is over.
const TRANSFER: Delta = Delta::from_millis(1);

/// The fwctl service of one device.
#[pin_data]
pub(crate) struct FwctlService<'bound> {
    device: Arc<CxlDevice<'bound>>,
    #[pin]
    consumer: Attachment<CxlRing<'bound>>,
    /// Held while a feature is set, or read in parts: the parts of two values must not mix.
    #[pin]
    transfer: Mutex<()>,
}

impl<'bound> FwctlService<'bound> {
    /// Returns the service of `device`. Errors: `ENOMEM`.
    pub(crate) fn new(device: Arc<CxlDevice<'bound>>) -> Result<Arc<Self>> {
        Arc::pin_init(
            try_pin_init!(Self {
                device,
                consumer <- Attachment::new(),
                transfer <- new_mutex!(()),
            }? Error),
            GFP_KERNEL,
        )
    }

    fn features(&self) -> &Features {
        self.device.features()
    }

    /// Lists features: what the device said in bring-up, with those that are the kernel's shown as
    /// not changeable.
    fn list(&self, payload: &[u8]) -> Result<KVVec<u8>> {
        let entries = &self.features().entries;
        let list = List::read(payload, entries.len()).ok_or(EINVAL)?;
        let shown = entries.iter().skip(list.first).take(list.count);
        let size = feature::LISTED_LEN + list.count * feature::ENTRY_LEN;
        let mut response = KVVec::with_capacity(rpc::RESPONSE_LEN + size, GFP_KERNEL)?;
        response.extend_from_slice(&rpc::response(size, SUCCESS), GFP_KERNEL)?;
        response.extend_from_slice(&list.header(entries.len()), GFP_KERNEL)?;
        for entry in shown {
            response.extend_from_slice(&entry.shown(exclusive::FEATURES).0, GFP_KERNEL)?;
        }
        Ok(response)
    }

    /// Reads a feature.
    fn get(&self, payload: &[u8], max_reply: usize) -> Result<(KVVec<u8>, u16)> {
        let get = Get::read(payload).ok_or(EINVAL)?;
        let count = usize::from(get.count);
        let room = max_reply.checked_sub(rpc::RESPONSE_LEN).ok_or(EINVAL)?;
        if count == 0 || count > room {
            return Err(EINVAL);
        }
        let mut response = KVVec::from_elem(0, rpc::RESPONSE_LEN + count, GFP_KERNEL)?;
        let (header, value) = response.split_at_mut(rpc::RESPONSE_LEN);
        let user = self.consumer.client()?;
        let deadline = Deadline::after(REQUEST);
        let _transfer = match count > user.ring().payload() {
            true => Some(self.begin_transfer(deadline)?),
            false => None,
        };
        let end = mailbox::get_feature(&user, &get, value, deadline)?;
        let (size, code) = match end {
            End::Done(size) => (size, SUCCESS),
            End::Refused(code) => (0, code),
        };
        header.copy_from_slice(&rpc::response(size, code));
        response.truncate(rpc::RESPONSE_LEN + size);
        Ok((response, code))
    }

    /// Reads a request to set a feature, and returns the memory of its response too: the device must
    /// not be changed for want of it.
    fn prepare<'a>(
        &self,
        payload: &'a [u8],
        max_reply: usize,
    ) -> Result<(Set<'a>, &Entry, KVVec<u8>)> {
        let set = Set::read(payload).ok_or(EINVAL)?;
        if let Some(why) = feature::why_exclusive(exclusive::FEATURES, set.uuid) {
            dev_dbg!(self.device.device(), "the kernel's own feature: {why}\n");
            return Err(EPERM);
        }
        if max_reply < rpc::RESPONSE_LEN {
            return Err(EINVAL);
        }
        let mut entries = self.features().entries.iter();
        let entry = entries.find(|entry| entry.uuid() == set.uuid);
        let room = KVVec::with_capacity(rpc::RESPONSE_LEN, GFP_KERNEL)?;
        Ok((set, entry.ok_or(EINVAL)?, room))
    }

    /// Sets a feature.
    fn set(&self, payload: &[u8], max_reply: usize) -> Result<(KVVec<u8>, u16), Unanswered> {
        let deadline = Deadline::after(REQUEST);
        let (set, entry, mut response) = self
            .prepare(payload, max_reply)
            .map_err(Unanswered::Unsent)?;
        let _transfer = self.begin_transfer(deadline).map_err(Unanswered::Unsent)?;
        let user = self.consumer.client().map_err(Unanswered::Unsent)?;
        let core = self.device.up().client();
        let code = match mailbox::set_feature(&user, core, entry, &set, deadline)? {
            End::Done(_) => SUCCESS,
            End::Refused(code) => code,
        };
        response
            .extend_from_slice(&rpc::response(0, code), GFP_KERNEL)
            .map_err(Error::from)?;
        Ok((response, code))
    }

    /// Waits until no other program's transfer is under way.
    ///
    /// # Errors
    ///
    /// `ETIMEDOUT`; `ENODEV`: there is no consumer any more.
    fn begin_transfer(
        &self,
        deadline: Deadline,
    ) -> Result<Guard<'_, (), kernel::sync::lock::mutex::MutexBackend>> {
        loop {
            if let Some(guard) = self.transfer.try_lock() {
                return Ok(guard);
            }
            if deadline.remaining().is_none() {
                return Err(ETIMEDOUT);
            }
            self.consumer.client()?;
            fsleep(TRANSFER);
        }
    }
}

impl Service for FwctlService<'_> {
    fn protocol(&self) -> Protocol {
        Protocol {
            kind: Kind::Cxl,
            min_request: rpc::HEADER_LEN,
            // A list may be cut to nothing; the others look themselves.
            min_reply: 0,
            too_short: EINVAL,
            denied: EINVAL,
        }
    }

    fn attach(&self) -> Result {
        self.consumer.attach(self.device.up().user()?)
    }

    fn detach(&self) {
        self.consumer.detach();
    }

    fn open(&self) -> Result<Session> {
        // The device knows no contexts.
        Ok(Session::new(0))
    }

    fn close(&self, _session: Session) {}

    fn info(&self, _session: Session) -> Result<KVec<u8>> {
        Ok(KVec::new())
    }

    fn rule(&self, request: &[u8]) -> Option<Rule> {
        let request = Request::parse(request)?;
        let features = self.features();
        let need = rpc::need(&request, features.access, &features.entries)?;
        // What is exclusive is refused before the device is asked.
        let set = need
            .sets
            .filter(|uuid| feature::why_exclusive(exclusive::FEATURES, *uuid).is_none());
        Some(Rule {
            scope: match need.scope {
                Scope::Configuration => RpcScope::Configuration,
                Scope::DebugWrite => RpcScope::DebugWrite,
                Scope::DebugWriteFull => RpcScope::DebugWriteFull,
            },
            why: need.why,
            change: set.map(|uuid| {
                let mut command = Command::new();
                // Writing to a text cannot fail.
                let _ = write!(command, "SET_FEATURE/{uuid}");
                command
            }),
        })
    }

    fn execute(
        &self,
        _session: Session,
        request: &mut [u8],
        max_reply: usize,
    ) -> Result<Answer, Unanswered> {
        let request = Request::parse(request).ok_or(EINVAL)?;
        let (reply, code) = match request.opcode {
            Opcode::GetSupportedFeatures => (self.list(request.payload)?, SUCCESS),
            Opcode::GetFeature => self.get(request.payload, max_reply)?,
            Opcode::SetFeature => self.set(request.payload, max_reply)?,
            Opcode::Identify | Opcode::GetSupportedLogs | Opcode::GetLog => {
                return Err(Unanswered::Unsent(EINVAL))
            }
        };
        Ok(Answer {
            status: code.into(),
            reply: Reply::New(reply),
        })
    }
}
