// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! fwctl children that send nothing to firmware: a request is its own response. There are none
//! unless a module parameter asks for them, since the vendor has no device type of its own; they
//! say they are of one that exists.

use auxcore::class::fwctl::{
    Answer,
    Kind,
    Protocol,
    Reply,
    RpcScope,
    Rule,
    Service,
    Session,
    Unanswered, //
};
use kernel::{
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc, //
    }, //
};

/// The vendor's half.
pub(crate) struct Echo {
    revoked: Atomic<bool>,
}

impl Echo {
    pub(crate) fn new() -> Result<Arc<Self>> {
        let revoked = Atomic::new(true);
        Ok(Arc::new(Self { revoked }, GFP_KERNEL)?)
    }

    fn alive(&self) -> Result {
        if self.revoked.load(Relaxed) {
            return Err(ENODEV);
        }
        Ok(())
    }
}

impl Service for Echo {
    fn protocol(&self) -> Protocol {
        Protocol {
            kind: Kind::Pds,
            min_request: 1,
            min_reply: 1,
            too_short: EMSGSIZE,
            denied: EBADMSG,
        }
    }

    fn attach(&self) -> Result {
        self.revoked.store(false, Relaxed);
        Ok(())
    }

    fn detach(&self) {
        self.revoked.store(true, Relaxed);
    }

    fn open(&self) -> Result<Session> {
        self.alive()?;
        Ok(Session::new(0))
    }

    fn close(&self, _session: Session) {}

    fn info(&self, _session: Session) -> Result<KVec<u8>> {
        Ok(KVec::new())
    }

    fn rule(&self, _request: &[u8]) -> Option<Rule> {
        Some(Rule {
            scope: RpcScope::Configuration,
            why: "it goes nowhere",
            change: None,
        })
    }

    fn execute(&self, _: Session, request: &mut [u8], _: usize) -> Result<Answer, Unanswered> {
        self.alive().map_err(Unanswered::Unsent)?;
        Ok(Answer {
            status: 0,
            reply: Reply::InPlace(request.len()),
        })
    }
}
